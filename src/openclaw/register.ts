import { BridgeError } from "../errors.ts";
import { packageRoot } from "../package-root.ts";
import { redactSecrets } from "../redact.ts";
import { visible } from "../visible.ts";
import { bridgeCommand, commandPlace } from "./command/definition.ts";
import type { PluginConfig } from "./config.ts";
import { pluginId } from "./config-fields.ts";
import { requireHost } from "./host-features.ts";
import { harnessFor } from "./host-harness.ts";
import { LiveConfig, readable } from "./live-config.ts";
import { codexProvider } from "./provider.ts";
import type { HostApi, HostHarness } from "./sdk.ts";
import type { Place } from "./shared-harness.ts";

/**
 * Registers the harness with the host. Called several times per process, also by commands that never run a turn.
 *
 * A configuration that is wrong does not keep the harness from being registered: without it, a route that is not
 * pinned would silently go to another runtime. It refuses every turn instead, and says what is wrong.
 *
 * @throws BridgeError `host_too_old` | `harness_id_taken`; the host then shows the plugin as failed
 */
export function register(api: HostApi): void {
  requireHost(api);
  const config = new LiveConfig(api);
  const place: Place = {
    hostStateDir: api.runtime.state.resolveStateDir(process.env),
    packageDir: api.rootDir ?? packageRoot(),
    log: (level, message) => api.logger[level]?.(visible(redactSecrets(message))),
  };
  const harnessId = harnessIdOf(config, (message) => api.logger.error(message));
  const { harness, release } = harnessFor(harnessId, place, config);
  // A host that has onDispose calls it while the plugin may still act; its harness hook comes too late and is refused
  // ("was reloaded or disabled", 2026.9.6).
  const { onDispose } = api.lifecycle;
  registerOrExplain(api, harnessId, onDispose ? harness : { ...harness, dispose: release });
  // Beside the official plugin, which owns these refs then, we stand under another id.
  if (harnessId === "codex") api.registerProvider?.(codexProvider(() => readable(config)?.harnessModes));
  api.registerCommand?.(bridgeCommand(commandPlace(api, place, config)));
  api.registerService({ id: pluginId, start: () => undefined, stop: release });
  // Read anew with every turn: a change needs no reload, and no turn has to end for it. Another id has to be registered.
  const field = `plugins.entries.${pluginId}.config`;
  api.registerReload?.({ noopPrefixes: [field], restartPrefixes: [`${field}.harnessId`] });
  onDispose?.(release);
}

function harnessIdOf(config: LiveConfig, complain: (message: string) => void): PluginConfig["harnessId"] {
  try {
    return config.read().harnessId;
  } catch (thrown) {
    if (!(thrown instanceof BridgeError)) throw thrown;
    complain(`${thrown.code}: ${thrown.message} ${thrown.remedy ?? ""} Until then every turn is refused.`);
    return "codex";
  }
}

/**
 * The host does not throw when a harness id is taken, it only notes a diagnostic. It copies the harness (and thereby
 * reads `label`) only when it accepts it: that is how we learn what happened and can say what to do.
 */
function registerOrExplain(api: HostApi, harnessId: string, harness: HostHarness): void {
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
    `The agent harness id "${harnessId}" is already registered, most likely by the official Codex plugin.`,
    {
      remedy:
        "Disable the official plugin (`openclaw plugins disable codex`), or choose another id in " +
        `plugins.entries.${pluginId}.config.harnessId (for example "codex-bridge") and pin routes to it with ` +
        "models.providers.openai.agentRuntime.id.",
      facts: { harnessId },
    },
  );
}
