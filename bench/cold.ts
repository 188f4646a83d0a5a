/**
 * The first turn of a process: from its start to its first token, and to its result.
 *
 *   node bench/cold.ts [--json] [--runs N]
 *
 * A process is started, loads its code (bundled, as a package has it), starts Codex, opens a thread and runs a turn
 * against a scripted model in another process. One side is the bridge in the embedded host, the other the raw driver. Each
 * has a Codex home that was used before; they take turns (A B, B A, ...), the median counts. The bridge is also started
 * with Node's compile cache (NODE_COMPILE_CACHE), which is up to whoever starts a process.
 */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { scriptedOverrides } from "../src/library/scripted.ts";
import { managedBinary } from "../src/server/binary.ts";
import { built, removeBuilt } from "./built.ts";
import { ratio, report } from "./figure.ts";
import { onStage, type Stage } from "./stage.ts";
import { machineFacts, median, ratioInterval } from "./stats.ts";

const TARGET = 1.1;
const WARM_UP = 2;
const { values } = scriptArguments(headOf(import.meta.filename), {
  options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "15" } },
});
const runs = wholeNumber("runs", values.runs);

const roles = ["ours", "cached", "raw"] as const;
type Role = (typeof roles)[number];
interface Run {
  /** Milliseconds since the process was started, by mark. */
  marks: Record<string, number>;
  cpuMs: number;
}

const run = promisify(execFile);
const { file: binary } = managedBinary(import.meta.url);

async function coldTurn(role: Role, { folder, cwd }: Stage): Promise<Run> {
  const startedMs = Number(process.hrtime.bigint()) / 1e6;
  const args = [
    path.join(code, "cold-roles.js"),
    role === "raw" ? "raw" : "ours",
    path.join(folder, role),
    cwd,
    binary,
  ];
  const env = role === "cached" ? { ...process.env, NODE_COMPILE_CACHE: path.join(folder, "compiled") } : process.env;
  const { stdout } = await run(process.execPath, args, { env });
  const { marks, cpuMs } = JSON.parse(stdout) as Run;
  if (marks.first === undefined) throw new Error(`${role}: no token came`);
  return { cpuMs, marks: Object.fromEntries(Object.entries(marks).map(([name, at]) => [name, at - startedMs])) };
}

const code = await built(["cold-roles"]);
try {
  await onStage("cold", "turn-model.ts", compare);
} finally {
  await removeBuilt(code);
}

async function compare(stage: Stage): Promise<void> {
  for (const role of roles) {
    const home = path.join(stage.folder, role, "codex-home");
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, "config.toml"), `${scriptedOverrides(stage.modelUrl).join("\n")}\n`);
  }
  const samples: Record<Role, Run[]> = { ours: [], cached: [], raw: [] };
  for (let n = -WARM_UP; n < runs; n += 1) {
    for (const role of n % 2 === 0 ? roles : roles.toReversed()) {
      const sample = await coldTurn(role, stage);
      if (n >= 0) samples[role].push(sample);
    }
  }
  const at = (role: Role, name: string): number[] => samples[role].map(({ marks }) => marks[name] ?? Number.NaN);
  const cpuMs = (role: Role): number => median(samples[role].map((each) => each.cpuMs));
  const names = ["started", "imported", "spawned", "server_ready", "thread_ready", "first", "result"];
  const detail = Object.fromEntries(
    roles.map((role) => [
      role,
      {
        ...Object.fromEntries(names.map((name) => [name, median(at(role, name))])),
        cpuMs: cpuMs(role),
      },
    ]),
  );
  const [a, b] = [at("ours", "first"), at("raw", "first")];
  const later = (name: string, since: string): string => {
    const took = (role: Role): number => median(at(role, name)) - median(at(role, since));
    return (took("ours") - took("raw")).toFixed(0);
  };
  const figure = ratio({
    what: "cold first turn, from the start of the process to the first token",
    ours: median(a),
    other: median(b),
    against: "raw driver",
    unit: "ms",
    target: TARGET,
    interval: ratioInterval(a, b),
    note:
      `loading code takes ${later("imported", "started")} ms more, the way to starting Codex ` +
      `${later("spawned", "imported")} ms, its start beside more code ${later("server_ready", "spawned")} ms, ` +
      `the thread ${later("thread_ready", "server_ready")} ms, and the way to the first token, with the rest of the code, ` +
      `${later("first", "thread_ready")} ms. The process takes ${cpuMs("ours").toFixed(0)} ms of CPU, the raw driver ${cpuMs("raw").toFixed(0)}, and most of what is ` +
      `more is loading code, beside a Codex that starts on the same processors; with Node's compile cache the ratio is ` +
      `${(median(at("cached", "first")) / median(b)).toFixed(2)}`,
  });
  report({ machine: machineFacts(), figures: [figure], detail }, values);
  if (!values.json) console.table(detail);
}
