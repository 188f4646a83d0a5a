/**
 * A turn of a million deltas, from the pipe to the transcript.
 *
 *   node bench/million.ts [--json] [--runs N] [--deltas N]
 *
 * The same fake server sends the same turn, as fast as its pipe takes it, to the whole bridge in the embedded host (wire,
 * decoding, reducer, effects, observer, transcript file) and to the least that any client has to do: split blocks into
 * lines and parse each. Each runs in a fresh process, in turns. CPU is that of the turn; memory is the most the process ever
 * had, its code included.
 */
import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { built, removeBuilt } from "./built.ts";
import { absolute, ratio, report } from "./figure.ts";
import { machineFacts, median, ratioInterval } from "./stats.ts";

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string", default: "15" },
    deltas: { type: "string", default: "1000000" },
  },
});
const runs = wholeNumber("runs", values.runs);
const deltas = wholeNumber("deltas", values.deltas, 10_000);

interface Cost {
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly chars: number;
}

const run = promisify(execFile);
const roles = ["ours", "floor"] as const;
const folder = path.join(import.meta.dirname, `../node_modules/.cache/codex-bridge/bench-million-${process.pid}`);
const code = await built(["million-roles"]);
try {
  const costs: Record<(typeof roles)[number], Cost[]> = { ours: [], floor: [] };
  for (let n = 0; n < runs; n += 1) {
    for (const role of n % 2 === 0 ? roles : roles.toReversed()) {
      const own = path.join(folder, `${role}-${n}`);
      await mkdir(own, { recursive: true });
      const server = path.join(import.meta.dirname, "million-server.mjs");
      const args = [path.join(code, "million-roles.js"), role, server, own, String(deltas)];
      const { stdout } = await run(process.execPath, args);
      costs[role].push(JSON.parse(stdout) as Cost);
      await rm(own, { recursive: true, force: true });
    }
  }
  const chars = new Set([...costs.ours, ...costs.floor].map((cost) => cost.chars));
  if (chars.size !== 1) throw new Error("the two sides did not see the same text");
  const of = (role: (typeof roles)[number], key: "cpuMs" | "rssMb"): number[] => costs[role].map((cost) => cost[key]);
  const figures = [
    ratio({
      what: "a turn of a million deltas through wire, reducer and transcript, CPU",
      ours: median(of("ours", "cpuMs")),
      other: median(of("floor", "cpuMs")),
      against: "block split + JSON.parse",
      unit: "ms",
      target: 2,
      interval: ratioInterval(of("ours", "cpuMs"), of("floor", "cpuMs")),
    }),
    absolute({
      what: "the most memory of that process",
      ours: median(of("ours", "rssMb")),
      unit: "MB",
      target: 150,
      note: `the least client: ${median(of("floor", "rssMb")).toFixed(0)} MB`,
    }),
  ];
  report({ machine: machineFacts(), figures, detail: costs }, values);
} finally {
  await removeBuilt(code);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
