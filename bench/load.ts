/**
 * What the plugin costs a host that loads it and runs no turn.
 *
 *   node bench/load.ts [--json] [--runs N]
 *
 * A fresh process has loaded the host's SDK and the parts of Node that every host has, then it imports the plugin as it is
 * packed and lets it register. Memory is what is still held after a collection: code, and what registering made. Beside
 * it, a plugin that does nothing.
 */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { built, removeBuilt } from "./built.ts";
import { absolute, report } from "./figure.ts";
import { machineFacts, median } from "./stats.ts";

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "21" } },
});
const runs = wholeNumber("runs", values.runs);

/** The least plugin there is: what a host pays for any. */
const leastPlugin = `
import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";
export default definePluginEntry({ id: "least", name: "Least", description: "Does nothing.", register() {} });
`;

const run = promisify(execFile);
// Stripping types is WebAssembly, which V8 goes on compiling beside what is measured: the role is built as well.
const folder = await built(["load-role"]);
try {
  const plugin = path.join(folder, "openclaw", "plugin.js");
  const least = path.join(folder, "least.js");
  await writeFile(least, leastPlugin);
  const costs = {
    plugin: { cpu: [] as number[], held: [] as number[] },
    least: { cpu: [] as number[], held: [] as number[] },
  };
  for (let n = 0; n < runs; n += 1) {
    for (const [name, file] of [
      ["plugin", plugin],
      ["least", least],
    ] as const) {
      costs[name].cpu.push(await cost(file));
      costs[name].held.push(await cost(file, "--expose-gc"));
    }
  }
  const ours = { cpuMs: median(costs.plugin.cpu), heldMb: median(costs.plugin.held) };
  const figures = [
    absolute({
      what: "loading the plugin without using it, CPU",
      ours: ours.cpuMs,
      unit: "ms",
      target: 5,
      note: `a plugin that does nothing takes ${median(costs.least.cpu).toFixed(1)} ms: Node looks for it, and for the host's SDK`,
    }),
    absolute({ what: "what that keeps in memory", ours: ours.heldMb, unit: "MB", target: 2 }),
  ];
  const detail = { leastPlugin: { cpuMs: median(costs.least.cpu), heldMb: median(costs.least.held) } };
  report({ machine: machineFacts(), figures, detail }, values);
  if (!values.json) console.log(`a plugin that does nothing: ${detail.leastPlugin.cpuMs} ms`);
} finally {
  await removeBuilt(folder);
}

async function cost(file: string, ...options: string[]): Promise<number> {
  const { stdout } = await run(process.execPath, [...options, path.join(folder, "load-role.js"), file]);
  return Number(stdout);
}
