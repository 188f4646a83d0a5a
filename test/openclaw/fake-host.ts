import type { HostApi, HostHarness } from "../../src/openclaw/sdk.ts";

type Command = Parameters<HostApi["registerCommand"]>[0];
type Provider = Parameters<HostApi["registerProvider"]>[0];

/** A labelled fake of the API a host hands to `register`; what real hosts do is shown by test/host-e2e. */
export function fakeHost(stateDir: string, config: object = {}, takenIds: readonly string[] = []) {
  const harnesses: HostHarness[] = [];
  const providers: Provider[] = [];
  const commands: Command[] = [];
  const logged: string[] = [];
  const reloads: { noopPrefixes?: readonly string[] }[] = [];
  const disposers: (() => unknown)[] = [];
  let current = withEntry(config);
  const log = (message: string): void => void logged.push(message);

  const api = {
    pluginConfig: config,
    config: { plugins: { entries: {} } },
    logger: { debug: () => undefined, info: () => undefined, warn: log, error: log },
    runtime: {
      state: { resolveStateDir: () => stateDir },
      config: { current: () => current },
    },
    lifecycle: { onDispose: (dispose: () => unknown) => void disposers.push(dispose) },
    // A host copies a harness it accepts property by property, and only notes one whose id is taken.
    registerAgentHarness(harness: HostHarness) {
      if (!takenIds.includes(harness.id)) harnesses.push({ ...harness });
    },
    registerCommand: (command: Command) => void commands.push(command),
    registerService: () => undefined,
    registerReload: (reload: { noopPrefixes?: readonly string[] }) => void reloads.push(reload),
    registerSessionCatalog: () => undefined,
    registerProvider: (provider: Provider) => void providers.push(provider),
  } as unknown as HostApi;

  return {
    api,
    harnesses,
    commands,
    providers,
    logged,
    reloads,
    get harness(): HostHarness {
      const [harness] = harnesses;
      if (!harness) throw new Error("no harness is registered");
      return harness;
    },
    /** As when the operator saves another configuration. */
    configure(changed: object): void {
      current = withEntry(changed);
    },
    async dispose(): Promise<void> {
      for (const each of disposers) await each();
    },
  };
}

function withEntry(config: object) {
  return { plugins: { entries: { "codex-bridge": { config } } } };
}
