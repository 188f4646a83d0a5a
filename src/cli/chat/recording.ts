import path from "node:path";
import type { HarnessRecorder, RecordedHostEvent } from "../../harness/recorder.ts";
import { recordTurns } from "../../replay/record/record-turns.ts";
import type { Recording } from "../../replay/record/recorder.ts";
import type { RecordingOutcome } from "../../replay/record/writer.ts";
import type { ProcessRecorder, ServerRecorder } from "../../server/recorder.ts";
import type { RecordOptions } from "../record.ts";

/** So many turns are kept for `/trace`, of all chats together. */
const keep = 5;

/** Records each turn, so that its page can be had afterwards, and the whole session where that was asked for. */
export class ChatRecorder implements HarnessRecorder {
  readonly #turns: HarnessRecorder;
  readonly #all: readonly HarnessRecorder[];
  #last: RecordingOutcome | undefined;

  constructor(stateDir: string, { keepText = false }: RecordOptions, whole?: Recording) {
    const { OPENAI_API_KEY: key } = process.env;
    this.#turns = recordTurns({
      dir: path.join(stateDir, "chat-recordings"),
      keep,
      mode: keepText ? "keep" : "blank",
      secrets: key ? [key] : [],
      onSaved: (outcome) => {
        this.#last = outcome;
      },
    });
    this.#all = whole ? [this.#turns, whole] : [this.#turns];
  }

  spawned(...args: Parameters<ServerRecorder["spawned"]>): ProcessRecorder {
    const each = this.#all.map((recorder) => recorder.spawned(...args));
    return {
      line: (direction, line) => each.forEach((process) => void process.line(direction, line)),
      ready: (info) => each.forEach((process) => void process.ready(info)),
      closing: () => each.forEach((process) => void process.closing()),
      exited: (exit, stderr) => each.forEach((process) => void process.exited(exit, stderr)),
    };
  }

  host(event: RecordedHostEvent, sha256?: Promise<string>): void {
    for (const recorder of this.#all) recorder.host(event, sha256);
  }

  over(event: RecordedHostEvent): void {
    for (const recorder of this.#all) recorder.over?.(event);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((recorder) => recorder.close()));
  }

  /** What became of the recording of the turn that ended last; undefined before the first. */
  async lastTurn(): Promise<RecordingOutcome | undefined> {
    // It waits for what is being saved, and takes more afterwards.
    await this.#turns.close();
    return this.#last;
  }
}
