/**
 * What recording adds to a streaming turn (2,000 deltas), in CPU time of this process.
 *
 *   node bench/record.ts [--json] [--turns N]
 *
 * Two bridges, one with the ring that is saved only when a turn ends badly, one that records everything. Each is compared
 * with itself: its recorder is switched on and off from turn to turn (on off, off on, ...), so that both have the same
 * server, thread and process. A third one, whose recorder never does anything, shows the noise of the machine (`control`).
 * Because that is often larger than what is measured, the recorder is also given the lines of a turn by itself (`alone`).
 * What comes when the turns are over (redacting, hashing, writing) is measured apart and given per turn.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { HarnessRecorder } from "../src/harness/recorder.ts";
import { recordTurns } from "../src/replay/record/record-turns.ts";
import { recordTo } from "../src/replay/record/recorder.ts";
import { LineSplitter } from "../src/wire/splitter.ts";
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

/** A recorder that can be switched off: then lines come to it and go nowhere. */
function switchable(recorder: HarnessRecorder | undefined) {
  const state = { on: true };
  const tell = (say: (to: HarnessRecorder) => void): void => {
    if (state.on && recorder) say(recorder);
  };
  const watched: HarnessRecorder = {
    spawned(args) {
      const own = recorder?.spawned(args);
      return {
        line: (direction, line) => {
          if (state.on) own?.line(direction, line);
        },
        ready: (info) => own?.ready(info),
        closing: () => own?.closing(),
        exited: (exit, stderr) => own?.exited(exit, stderr),
      };
    },
    host: (event) => tell((to) => to.host(event)),
    close: async () => recorder?.close(),
  };
  return { state, recorder: watched };
}

interface Tested {
  readonly name: string;
  readonly client: Client;
  readonly state: { on: boolean };
  readonly on: number[];
  readonly off: number[];
}

async function measure(tested: readonly Tested[]): Promise<void> {
  for (let turn = -WARM_UP; turn < turns; turn += 1) {
    for (const { client, state, on, off } of tested) {
      for (const which of turn % 2 === 0 ? [on, off] : [off, on]) {
        state.on = which === on;
        const { cpuMs, text } = await client.turn(scenario);
        if (text !== expected) throw new Error(`${client.name}: a wrong answer`);
        if (turn >= 0) which.push(cpuMs);
        await sleep(PAUSE_MS);
      }
    }
  }
}

async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** CPU milliseconds of a recorder for the lines of one turn, cut out of 64 KiB blocks as they come from a pipe. */
async function alone(recorder: HarnessRecorder, repeats: number): Promise<number> {
  const ids = { threadId: crypto.randomUUID(), turnId: crypto.randomUUID(), itemId: "msg_0a1b2c3d4e5f" };
  const message = { method: "item/agentMessage/delta", params: { ...ids, delta: "word " }, emittedAtMs: Date.now() };
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`.repeat(DELTAS));
  const process = recorder.spawned(["app-server"]);
  const turn = (tap: boolean): void => {
    const splitter = new LineSplitter(1 << 20);
    for (let at = 0; at < bytes.length; at += 65_536) {
      for (const piece of splitter.push(bytes.subarray(at, at + 65_536))) {
        for (const line of String(piece).split("\n")) if (tap && line !== "") process.line("in", line);
      }
    }
  };
  const both: Record<"with" | "without", number[]> = { with: [], without: [] };
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    both.without.push(await cpuOf(() => turn(false)));
    both.with.push(await cpuOf(() => turn(true)));
  }
  return median(both.with) - median(both.without);
}

const state = path.join(import.meta.dirname, "../node_modules/.cache/codex-bridge");
await mkdir(state, { recursive: true });
const folder = await mkdtemp(path.join(state, "bench-record-"));
const model = fork(path.join(import.meta.dirname, "turn-model.ts"), { stdio: "inherit" });
const modelGone = once(model, "exit");
const tested: Tested[] = [];
const dir = (name: string): string => path.join(folder, name);
const ring = (name: string): HarnessRecorder => recordTurns({ dir: dir(name), lastMinutes: 5 });
// Nothing is to be written while a turn is measured: what waits is written at the end, and measured there.
const folderRecording = (name: string) =>
  recordTo({ dir: dir(name), writeAtBytes: Number.POSITIVE_INFINITY, maxWaitingBytes: 1 << 30, maxBytes: 1 << 30 });
try {
  const [modelUrl] = (await once(model, "message")) as [string];
  const cwd = dir("work");
  await mkdir(cwd);
  const recording = folderRecording("saved");
  for (const [name, recorder] of Object.entries({ control: undefined, ring: ring("saved-turns"), recording })) {
    const watched = switchable(recorder);
    const client = await bridgeClient({ name, folder: dir(name), cwd, modelUrl, recorder: watched.recorder });
    tested.push({ name, client, state: watched.state, on: [], off: [] });
  }
  await measure(tested);
  const writingMs = (await cpuOf(() => recording.finish())) / (turns + WARM_UP);
  const outcome = await recording.finish();
  if (!outcome.saved || outcome.incomplete) throw new Error(`the recording is not whole: ${JSON.stringify(outcome)}`);
  const aloneMs: Record<string, number> = {
    ring: await alone(ring("alone-turns"), 200),
    recording: await alone(folderRecording("alone"), 200),
  };
  const results = tested.map(({ name, on, off }) => ({
    name,
    offMs: median(off),
    onMs: median(on),
    ratio: median(on) / median(off),
    interval: ratioInterval(on, off),
    ...(name in aloneMs ? { aloneMs: aloneMs[name], aloneRatio: 1 + aloneMs[name]! / median(off) } : {}),
  }));
  if (values.json) {
    console.log(JSON.stringify({ turns, target: TARGET, machine: machineFacts(), writingMs, results }, null, 2));
  } else {
    console.log(Object.values(machineFacts()).join(" · "));
    console.log(`CPU of a turn with ${DELTAS} deltas, median of ${turns}; target: ratio <= ${TARGET}\n`);
    for (const { name, offMs, onMs, ratio, interval, aloneMs: own, aloneRatio } of results) {
      const bounds = interval.map((bound) => bound.toFixed(3)).join("–");
      const by = own === undefined ? "" : `; alone ${own.toFixed(2)} ms, ratio ${aloneRatio?.toFixed(3)}`;
      console.log(
        `${name.padEnd(9)} off ${offMs.toFixed(2)} ms, on ${onMs.toFixed(2)} ms, ratio ${ratio.toFixed(3)} (${bounds})${by}`,
      );
    }
    console.log(
      `\nwriting a recording when its turns are over: ${writingMs.toFixed(2)} ms per turn; a ring writes nothing then`,
    );
  }
} finally {
  await Promise.allSettled(tested.map(({ client }) => client.close()));
  if (model.connected) model.disconnect();
  await modelGone;
  await rm(folder, { recursive: true, force: true });
}
