/**
 * The process of bench/load.ts: loads a plugin as a host does that will not use it, and prints what that cost: CPU in
 * milliseconds, or with --expose-gc the megabytes that are kept. Collecting makes what comes after it dearer.
 */
import { pathToFileURL } from "node:url";
import "openclaw/plugin-sdk/plugin-entry";

const [file = ""] = process.argv.slice(2);
const collect = (globalThis as { gc?: () => void }).gc;

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

// Every host has these. Not imported by name: a bundler leaves out what nothing is used of.
for (const part of ["node:async_hooks", "node:fs", "node:path", "node:util"]) await import(part);
// The loader itself is warm in a host: it has loaded modules before.
await import("./stats.ts");
process.cpuUsage();
const held = memory();
const before = process.cpuUsage();
const { default: plugin } = (await import(pathToFileURL(file).href)) as { default: { register(api: object): void } };
plugin.register(hostApi());
const { user, system } = process.cpuUsage(before);
process.stdout.write(String(collect ? (memory() - held) / 1_048_576 : (user + system) / 1000));

function memory(): number {
  collect?.();
  collect?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
