/**
 * What the plugin costs a host that loads it and runs no turn.
 *
 *   node bench/load.ts [--json] [--runs N]
 *
 * A fresh process has loaded the host's SDK, as a host has; then it imports the plugin (bundled) and lets it register.
 * Memory is what is still held after a collection: code, and what registering made. Beside it, a plugin that does nothing.
 */
import { execFile } from "node:child_process";
import path from "node:path";
import { parseArgs, promisify } from "node:util";
import { built, removeBuilt } from "./built.ts";
import { absolute, report } from "./figure.ts";
import { machineFacts, median } from "./stats.ts";

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "21" } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs takes a positive whole number");

interface Cost {
  readonly cpuMs: number;
  readonly heldMb: number;
}

const run = promisify(execFile);
const code = await built(["load-role"]);
try {
  const costs: Record<"plugin" | "nothing", Cost[]> = { plugin: [], nothing: [] };
  for (let n = 0; n < runs; n += 1) {
    for (const what of ["plugin", "nothing"] as const) {
      const { stdout } = await run(process.execPath, ["--expose-gc", path.join(code, "load-role.js"), what]);
      costs[what].push(JSON.parse(stdout) as Cost);
    }
  }
  const of = (what: keyof typeof costs, key: keyof Cost): number => median(costs[what].map((cost) => cost[key]));
  const figures = [
    absolute({ what: "loading the plugin without using it, CPU", ours: of("plugin", "cpuMs"), unit: "ms", target: 5 }),
    absolute({ what: "what that keeps in memory", ours: of("plugin", "heldMb"), unit: "MB", target: 2 }),
  ];
  const detail = { nothing: { cpuMs: of("nothing", "cpuMs"), heldMb: of("nothing", "heldMb") } };
  report({ machine: machineFacts(), figures, detail }, values);
} finally {
  await removeBuilt(code);
}
