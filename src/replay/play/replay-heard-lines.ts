import { setImmediate as immediately } from "node:timers/promises";
import { BridgeError } from "../../errors.ts";
import type { ProcessRecorder } from "../../server/recorder.ts";
import type { RequestId } from "../../wire/contract.ts";
import type { RecordedProcess } from "./lanes.ts";
import { Heard } from "./replay-heard.ts";
import { Names } from "./replay-ids.ts";

const patienceMs = 10_000;

interface Envelope {
  readonly id?: RequestId;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** How far into a recording the lines are that a harness has read, whatever process they came from. */
export class HeardLines {
  readonly #processes: readonly RecordedProcess[];
  readonly #onProblem: (problem: BridgeError) => void;
  #started = Promise.withResolvers<void>();
  readonly #heard: { readonly process: RecordedProcess; readonly heard: Heard }[] = [];

  constructor(processes: readonly RecordedProcess[], onProblem: (problem: BridgeError) => void) {
    this.#processes = processes;
    this.#onProblem = onProblem;
  }

  /** The next recorded process was started. */
  spawned(): ProcessRecorder {
    const process = this.#processes[this.#heard.length];
    const heard = process && new Heard(process, new Names(), "exact");
    if (process && heard) this.#heard.push({ process, heard });
    this.#started.resolve();
    this.#started = Promise.withResolvers();
    const asked = new Map<RequestId, string>();
    return {
      line: (direction, line) => {
        const message = parsed(line);
        const { id, method, params } = message;
        if (direction === "out") {
          if (id !== undefined && method !== undefined) asked.set(id, method);
        } else if (method !== undefined) {
          heard?.note({ kind: id === undefined ? "notification" : "request", method, body: params });
        } else if (id !== undefined) {
          const body = message.error ?? message.result;
          heard?.note({ kind: "answer", method: asked.get(id) ?? "", body });
        }
      },
      ready: () => undefined,
      closing: () => undefined,
      exited: ({ exitCode }, stderr) => {
        if (exitCode !== 3) return;
        // What the recorded server says of itself when the client asks for what it does not have.
        const code = /\breplay_exhausted\b/.test(stderr) ? "replay_exhausted" : "replay_mismatch";
        this.#onProblem(new BridgeError(code, stderr.trim()));
      },
    };
  }

  /** Waits for everything that had been said before a line, in all processes that run. */
  async upTo(seq: number): Promise<void> {
    const running = this.#processes.filter(({ messages }) => (messages[0]?.seq ?? seq) < seq).length;
    while (this.#heard.length < running) await this.#started.promise;
    for (const { process, heard } of this.#heard) {
      const lanes = new Set(process.messages.map(({ lane }) => lane));
      for (const lane of lanes) await heard.before({ seq, lane, kind: "notification" }, patienceMs);
    }
    // A line that was read has its effect only when whoever waited for it has had a turn.
    await immediately();
    await immediately();
  }
}

function parsed(line: string): Envelope {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Noise says nothing.
  }
  return {};
}
