/**
 * What recording adds to a streaming turn (2,000 deltas), in CPU time of this process.
 *
 *   node bench/record.ts [--json] [--turns N]
 *
 * Three bridges: with the ring that is saved only when a turn ends badly (`ring`), with one recording of all turns that is
 * written when they rest (`recording`), and with a recording of its own for every turn (`turns`; its CPU counts until it is
 * saved, on all threads). Each is compared with itself: its recorder is switched on and off from turn to turn (on off, off
 * on, ...), so that both have the same server, thread and process. A fourth one, whose recorder never does anything, shows
 * the noise of the machine (`control`). Because that is often larger than what is measured, the recorder is also given the
 * lines of a turn by itself (`alone`). Writing when the turns are over is measured by itself, too: one recording of
 * all turns, and one of each, first when everything runs for the first time and then when the engine knows it.
 * How long the event loop was kept from other work is told by the delays of a 1 ms timer.
 */
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import type { HarnessRecorder } from "../src/harness/recorder.ts";
import { recordTurns } from "../src/replay/record/record-turns.ts";
import { recordTo } from "../src/replay/record/recorder.ts";
import { alone, cpuOf, everyTurn, writingEach, writingOne } from "./record-parts.ts";
import { onStage } from "./stage.ts";
import { machineFacts, median, ratioInterval } from "./stats.ts";
import { bridgeClient, type Client } from "./turn-clients.ts";
import { DELTAS } from "./turn-model.ts";

const WARM_UP = 3;
const TARGET = 1.03;
const PAUSE_MS = 25;
const scenario = "deltas";
const expected = "word ".repeat(DELTAS);

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: { json: { type: "boolean", default: false }, turns: { type: "string", default: "31" } },
});
const turns = wholeNumber("turns", values.turns);

/** A recorder that can be switched off: then lines come to it and go nowhere. */
function switchable(recorder: HarnessRecorder | undefined) {
  const state = { on: true };
  const tell = (say: (to: HarnessRecorder) => void): void => {
    if (state.on && recorder) say(recorder);
  };
  const watched: HarnessRecorder = {
    spawned(args, origin) {
      const own = recorder?.spawned(args, origin);
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
  readonly on: Samples;
  readonly off: Samples;
  /** Whatever the turn has left behind is done. */
  readonly settled: () => Promise<unknown>;
  /** Nothing of it is left that could be done while another is measured. */
  readonly done: () => Promise<unknown>;
}

interface Samples {
  readonly cpuMs: number[];
  /** Of each turn: the longest time that a timer of 1 ms had to wait, and what only one of a hundred waited longer for. */
  readonly longestMs: number[];
  readonly p99Ms: number[];
}

const samples = (): Samples => ({ cpuMs: [], longestMs: [], p99Ms: [] });
const blockedMs = ({ longestMs, p99Ms }: Samples): { p99: number; longest: number; worst: number } => ({
  p99: median(p99Ms),
  longest: median(longestMs),
  worst: Math.max(...longestMs),
});

async function measure(tested: readonly Tested[]): Promise<void> {
  for (const { client, state, on, off, settled, done } of tested) {
    for (let turn = -WARM_UP; turn < turns; turn += 1) {
      for (const which of turn % 2 === 0 ? [on, off] : [off, on]) {
        state.on = which === on;
        const delay = monitorEventLoopDelay({ resolution: 1 });
        delay.enable();
        const cpuMs = await cpuOf(async () => {
          const { text } = await client.turn(scenario);
          if (text !== expected) throw new Error(`${client.name}: a wrong answer`);
          if (state.on) await settled();
        });
        delay.disable();
        if (turn >= 0) {
          which.cpuMs.push(cpuMs);
          which.longestMs.push(delay.max / 1e6);
          which.p99Ms.push(delay.percentile(99) / 1e6);
        }
        await sleep(PAUSE_MS);
      }
    }
    await done();
  }
}

await onStage("record", "turn-model.ts", async (stage) => {
  const tested: Tested[] = [];
  const dir = (name: string): string => path.join(stage.folder, name);
  const ring = (name: string): HarnessRecorder => recordTurns({ dir: dir(name), lastMinutes: 5 });
  // Nothing is to be written while a turn is measured: what waits is written at the end, and measured there.
  const folderRecording = (name: string) =>
    recordTo({ dir: dir(name), writeAtBytes: Number.POSITIVE_INFINITY, maxWaitingBytes: 1 << 30, maxBytes: 1 << 30 });
  const recording = folderRecording("saved");
  const turnsOf = everyTurn(dir("every-turn"));
  const recorders = { control: undefined, ring: ring("saved-turns"), recording, turns: turnsOf.recorder };
  for (const [name, recorder] of Object.entries(recorders)) {
    const watched = switchable(recorder);
    const client = await stage.client(bridgeClient, name, { recorder: watched.recorder });
    const settled = name === "turns" ? turnsOf.saved : () => Promise.resolve();
    // What rests is written: between the turns of another that would be, and be counted as theirs.
    const done = name === "recording" ? () => recording.finish() : () => Promise.resolve();
    tested.push({ name, client, state: watched.state, on: samples(), off: samples(), settled, done });
  }
  await measure(tested);
  const writing = {
    ofOneMs: await writingOne(folderRecording("one"), turns),
    ofEachMs: await writingEach(dir("each"), turns),
  };
  const outcome = await recording.finish();
  if (!outcome.saved || outcome.incomplete) throw new Error(`the recording is not whole: ${JSON.stringify(outcome)}`);
  const aloneMs: Record<string, number> = {
    ring: await alone(ring("alone-turns"), 200),
    recording: await alone(folderRecording("alone"), 200),
  };
  const results = tested.map(({ name, on, off }) => ({
    name,
    offMs: median(off.cpuMs),
    onMs: median(on.cpuMs),
    ratio: median(on.cpuMs) / median(off.cpuMs),
    interval: ratioInterval(on.cpuMs, off.cpuMs),
    offBlockedMs: blockedMs(off),
    onBlockedMs: blockedMs(on),
    ...(name in aloneMs ? { aloneMs: aloneMs[name], aloneRatio: 1 + aloneMs[name]! / median(off.cpuMs) } : {}),
  }));
  if (values.json) {
    console.log(JSON.stringify({ turns, target: TARGET, machine: machineFacts(), writing, results }, null, 2));
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
    console.log("\nthe event loop was kept, of a median turn p99 and longest, and the worst of all turns:");
    for (const { name, offBlockedMs: without, onBlockedMs: recorded } of results) {
      const told = ({ p99, longest, worst }: typeof without): string =>
        `${[p99, longest, worst].map((ms) => ms.toFixed(1)).join(" / ")} ms`;
      console.log(`${name.padEnd(9)} off ${told(without)}, on ${told(recorded)}`);
    }
    const { ofOneMs, ofEachMs } = writing;
    console.log(
      `\nwriting, by itself, per turn: ${ofOneMs.toFixed(2)} ms of one recording, ${ofEachMs.laterMs.toFixed(2)} ms of`,
    );
    console.log(
      `its own each time (of the first five ${ofEachMs.firstMs.toFixed(2)} ms); a ring writes only of what ends badly`,
    );
  }
});
