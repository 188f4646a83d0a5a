/** The process of bench/load.ts: loads the plugin as a host does that will not use it, and prints what that cost. */
import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";

const [what = ""] = process.argv.slice(2);
const collect = (globalThis as { gc?: () => void }).gc;
if (!collect) throw new Error("needs --expose-gc");

/** What a host hands to `register`; it keeps what it is given and calls none of it. */
function hostApi(): object {
  const nothing = (): undefined => undefined;
  return {
    config: { plugins: { entries: { codex: { enabled: false } } } },
    pluginConfig: {},
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    runtime: { state: { resolveStateDir: () => "/nowhere" }, config: { current: () => ({}) } },
    lifecycle: { onDispose: nothing },
    registerAgentHarness: (harness: { label: string }) => harness.label,
    registerService: nothing,
    registerSessionCatalog: nothing,
    registerProvider: nothing,
    registerReload: nothing,
    registerCommand: nothing,
    rootDir: import.meta.dirname,
  };
}

/** The least plugin there is: what a host pays for any. */
const least = { id: "least", name: "Least", description: "Does nothing.", register: () => undefined };

async function load(): Promise<{ register(api: object): void }> {
  if (what === "nothing") return definePluginEntry(least) as never;
  const { default: plugin } = (await import("../src/openclaw/plugin.ts")) as { default: unknown };
  return plugin as { register(api: object): void };
}

// The loader itself is warm in a host: this many modules were loaded before.
await import("../src/openclaw/record.ts");
const memory = (): number => {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const held = memory();
const before = process.cpuUsage();
const plugin = await load();
plugin.register(hostApi());
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ cpuMs: (user + system) / 1000, heldMb: (memory() - held) / 1_048_576 }));
