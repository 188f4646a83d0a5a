import { fileURLToPath } from "node:url";
import { BridgeError } from "../errors.ts";
import { type PluginConfig, parsePluginConfig } from "./config.ts";
import type { HostApi, HostHarness } from "./sdk.ts";
import type { HarnessOptions } from "./shared-harness.ts";
import { claimedProviders, supportsRoute } from "./supports.ts";

/**
 * Registers the harness with the host. Called several times per process, also by commands that never run a turn.
 *
 * @throws BridgeError `plugin_config_invalid` | `harness_id_taken`; the host then shows the plugin as failed
 */
export function register(api: HostApi): void {
  const config = parsePluginConfig(api.pluginConfig);
  const owner = Symbol(config.harnessId);
  const options: HarnessOptions = {
    id: config.harnessId,
    hostStateDir: api.runtime.state.resolveStateDir(process.env),
    packageDir: api.rootDir ?? fileURLToPath(new URL("../..", import.meta.url)),
    appServer: config.appServer,
    clocks: config.clocks,
    ...(config.maxContextTokens === undefined ? {} : { maxContextTokens: config.maxContextTokens }),
    log: (level, message) => api.logger[level]?.(message),
  };
  const release = async (): Promise<void> => {
    const { releaseHarnesses } = await import("./shared-harness.ts");
    await releaseHarnesses(owner);
  };
  // A host that has onDispose calls it while the plugin may still act; its harness hook comes too late and is refused
  // ("was reloaded or disabled", 2026.9.6).
  const { onDispose } = api.lifecycle;
  const harness = hostHarness(config, options, owner);
  registerOrExplain(api, config, onDispose ? harness : { ...harness, dispose: release });
  api.registerService({ id: "codex-bridge", start: () => undefined, stop: release });
  onDispose?.(release);
}

/** The host copies this object property by property, so it has to be plain: methods of a class would be lost. */
function hostHarness(config: PluginConfig, options: HarnessOptions, owner: symbol): HostHarness {
  return {
    id: config.harnessId,
    label: "Codex (codex-bridge)",
    autoSelection: { providerIds: claimedProviders },
    supports: (context) => supportsRoute(config.harnessId, context),
    async runAttempt(params) {
      const [{ runHostAttempt }, { acquireHarness }] = await Promise.all([
        import("./attempt.ts"),
        import("./shared-harness.ts"),
      ]);
      return await runHostAttempt(params, config, (apiKey) => acquireHarness(options, owner, apiKey));
    },
    async reset(params) {
      if (params.sessionKey === undefined) return;
      const { acquireHarness } = await import("./shared-harness.ts");
      const session = {
        key: params.sessionKey,
        id: params.sessionId ?? "",
        ...(params.agentId === undefined ? {} : { agentId: params.agentId }),
      };
      // Also when no turn has run in this process yet: the session's thread is on record. No server is started for it.
      const harness = await acquireHarness(options, owner);
      await harness.reset(session, `the host ended the session (${params.reason ?? "no reason given"})`);
    },
  };
}

/**
 * The host does not throw when a harness id is taken, it only notes a diagnostic. It copies the harness (and thereby
 * reads `label`) only when it accepts it: that is how we learn what happened and can say what to do.
 */
function registerOrExplain(api: HostApi, config: PluginConfig, harness: HostHarness): void {
  const { label } = harness;
  let accepted = false;
  Object.defineProperty(harness, "label", {
    enumerable: true,
    get: () => {
      accepted = true;
      return label;
    },
  });
  api.registerAgentHarness(harness);
  const officialDisabled = api.config.plugins?.entries?.codex?.enabled === false;
  if (accepted || officialDisabled) return;
  throw new BridgeError(
    "harness_id_taken",
    `The agent harness id "${config.harnessId}" is already registered, most likely by the official Codex plugin.`,
    {
      remedy:
        "Disable the official plugin (`openclaw plugins disable codex`), or choose another id in " +
        'plugins.entries.codex-bridge.config.harnessId (for example "codex-bridge") and pin routes to it with ' +
        "models.providers.openai.agentRuntime.id.",
      facts: { harnessId: config.harnessId },
    },
  );
}
