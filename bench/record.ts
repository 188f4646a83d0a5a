/**
 * What recording adds to a streaming turn (2,000 deltas), in CPU time of this process: three bridges side by side, one
 * without a recorder, one with the ring that is saved only when a turn ends badly, one that records everything.
 *
 *   node bench/record.ts [--json] [--turns N]
 *
 * Each has its own app-server and thread; they take turns in changing order after three warm-up turns. `control` is a
 * second bridge without a recorder: how far its ratio is from 1 is the noise of the machine. What a recording costs after
 * the turns (redacting, hashing, writing) is measured apart, and is given per turn.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { recordTurns } from "../src/replay/record-turns.ts";
import { recordTo } from "../src/replay/recorder.ts";
import { machineFacts, median, ratioInterval } from "./stats.ts";
import { bridgeClient, type Client } from "./turn-clients.ts";
import { DELTAS } from "./turn-model.ts";

const WARM_UP = 3;
const TARGET = 1.03;
const PAUSE_MS = 25;
const scenario = "deltas";
const expected = "word ".repeat(DELTAS);

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, turns: { type: "string", default: "31" } },
});
const turns = Number(values.turns);
if (!Number.isInteger(turns) || turns < 1) throw new Error("--turns takes a positive whole number");

async function cpuOf(client: Client): Promise<number> {
  const { cpuMs, text } = await client.turn(scenario);
  if (text !== expected) throw new Error(`${client.name}: a wrong answer`);
  await sleep(PAUSE_MS);
  return cpuMs;
}

/** Turn by turn, beginning with another client each time. */
async function measure(clients: readonly Client[]): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>(clients.map(({ name }) => [name, []]));
  for (let turn = -WARM_UP; turn < turns; turn += 1) {
    for (const index of clients.keys()) {
      const client = clients[(index + turn + WARM_UP) % clients.length]!;
      const cpuMs = await cpuOf(client);
      if (turn >= 0) samples.get(client.name)!.push(cpuMs);
    }
  }
  return samples;
}

async function cpuDuring(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const state = path.join(import.meta.dirname, "../node_modules/.cache/codex-bridge");
await mkdir(state, { recursive: true });
const folder = await mkdtemp(path.join(state, "bench-record-"));
const model = fork(path.join(import.meta.dirname, "turn-model.ts"), { stdio: "inherit" });
const modelGone = once(model, "exit");
const clients: Client[] = [];
try {
  const [modelUrl] = (await once(model, "message")) as [string];
  const cwd = path.join(folder, "work");
  await mkdir(cwd);
  // Nothing is to be written while a turn is measured: what waits is written at the end, and measured there.
  const recording = recordTo({ dir: path.join(folder, "saved"), writeAtBytes: Number.POSITIVE_INFINITY });
  const ring = recordTurns({ dir: path.join(folder, "saved-turns"), lastMinutes: 5 });
  for (const [name, recorder] of Object.entries({ plain: undefined, control: undefined, ring, recording })) {
    const options = { name, folder: path.join(folder, name), cwd, modelUrl };
    clients.push(await bridgeClient(recorder ? { ...options, recorder } : options));
  }
  const samples = await measure(clients);
  const writingMs = (await cpuDuring(() => recording.finish())) / (turns + WARM_UP);
  const outcome = await recording.finish();
  if (!outcome.saved || outcome.incomplete) throw new Error(`the recording is not whole: ${JSON.stringify(outcome)}`);
  const plain = samples.get("plain")!;
  const results = ["control", "ring", "recording"].map((name) => {
    const tested = samples.get(name)!;
    return {
      name,
      cpuMs: median(tested),
      ratio: median(tested) / median(plain),
      interval: ratioInterval(tested, plain),
    };
  });
  const report = { turns, target: TARGET, plainMs: median(plain), writingMsPerTurn: writingMs, results };
  if (values.json) console.log(JSON.stringify({ ...report, machine: machineFacts() }, null, 2));
  else {
    console.log(Object.values(machineFacts()).join(" · "));
    console.log(`CPU of a turn with ${DELTAS} deltas, median of ${turns}; target: ratio <= ${TARGET}\n`);
    console.log(`without a recorder: ${report.plainMs.toFixed(2)} ms`);
    for (const { name, cpuMs, ratio, interval } of results) {
      const bounds = interval.map((bound) => bound.toFixed(3)).join("–");
      console.log(`${name.padEnd(10)} ${cpuMs.toFixed(2)} ms, ratio ${ratio.toFixed(3)} (95 %: ${bounds})`);
    }
    console.log(`writing it down when the turns are over: ${writingMs.toFixed(2)} ms per turn`);
  }
} finally {
  await Promise.allSettled(clients.map((client) => client.close()));
  if (model.connected) model.disconnect();
  await modelGone;
  await rm(folder, { recursive: true, force: true });
}
