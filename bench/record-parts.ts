/** A recorder without a bridge: what it costs while the lines of a turn come, and when they are written. */
import type { HarnessRecorder } from "../src/harness/recorder.ts";
import { recordTurns } from "../src/replay/record/record-turns.ts";
import type { Recording } from "../src/replay/record/recorder.ts";
import type { RecordingOutcome } from "../src/replay/record/writer.ts";
import { LineSplitter } from "../src/wire/splitter.ts";
import { median } from "./stats.ts";
import { DELTAS } from "./turn-model.ts";

/** CPU milliseconds of this process, all threads together. */
export async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Records every turn; `saved` resolves when the last one's recording is there. */
export function everyTurn(dir: string): { recorder: HarnessRecorder; saved: () => Promise<void> } {
  let next = Promise.withResolvers<RecordingOutcome>();
  const recorder = recordTurns({ dir, keep: 2, onSaved: (outcome) => next.resolve(outcome) });
  return {
    recorder,
    saved: async () => {
      const outcome = await next.promise;
      next = Promise.withResolvers();
      if (!outcome.saved) throw outcome.error;
    },
  };
}

/** The lines of one turn, as a server says them. */
function linesOfTurn(): string[] {
  const ids = { threadId: crypto.randomUUID(), turnId: crypto.randomUUID(), itemId: "msg_0a1b2c3d4e5f" };
  return Array.from({ length: DELTAS }, () =>
    JSON.stringify({ method: "item/agentMessage/delta", params: { ...ids, delta: "word " }, emittedAtMs: Date.now() }),
  );
}

/** CPU milliseconds per turn of writing them into one recording, all threads together. */
export async function writingOne(recording: Recording, count: number): Promise<number> {
  const process = recording.spawned(["app-server"]);
  for (let turn = 0; turn < count; turn += 1) for (const line of linesOfTurn()) process.line("in", line);
  const cpuMs = await cpuOf(() => recording.finish());
  const outcome = await recording.finish();
  if (!outcome.saved || outcome.incomplete) throw new Error(`the recording is not whole: ${JSON.stringify(outcome)}`);
  return cpuMs / count;
}

/** The same for a recording of its own for each; in the first turns everything runs for the first time. */
export async function writingEach(dir: string, count: number): Promise<{ firstMs: number; laterMs: number }> {
  const { recorder, saved } = everyTurn(dir);
  const process = recorder.spawned(["app-server"]);
  const cpuMs: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    recorder.host({ event: "attempt", session: "s", prompt: "", settings: {}, clocks: {} });
    for (const line of linesOfTurn()) process.line("in", line);
    cpuMs.push(
      await cpuOf(async () => {
        recorder.host({ event: "result", session: "s", threadId: "", turnId: "", outcome: { kind: "completed" } });
        await saved();
      }),
    );
  }
  return { firstMs: median(cpuMs.slice(0, 5)), laterMs: median(cpuMs.slice(-count / 2)) };
}

/** CPU milliseconds of a recorder for the lines of one turn, cut out of 64 KiB blocks as they come from a pipe. */
export async function alone(recorder: HarnessRecorder, repeats: number): Promise<number> {
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
  await recorder.close();
  return median(both.with) - median(both.without);
}
