import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { BridgeError } from "../../errors.ts";
import type { HarnessRecorder } from "../../harness/recorder.ts";
import { settlesWithin } from "../../server/child-process.ts";
import type { IncompleteReason } from "../format/format.ts";
import { fileInTheWay } from "./file-in-the-way.ts";
import type { RedactionMode } from "./lines.ts";
import { manifestFacts, type RecordingLabels } from "./manifest-facts.ts";
import { type TapeEvent, tapeBytes } from "./tape.ts";
import { taping } from "./taping.ts";
import type { RecordingOutcome, RecordingWriter } from "./writer.ts";

export interface RecordingOptions extends RecordingLabels {
  /** Folder of the recording; must not exist, or be empty. */
  readonly dir: string;
  /** `keep` for one's own fixtures; see RedactionMode. Default `blank`. */
  readonly mode?: RedactionMode;
  /** Of all files together. Default 256 MiB; what comes after it is dropped, and the recording marked. */
  readonly maxBytes?: number;
  /** What may wait in memory to be written, at most. Default 32 MiB; what comes after it is dropped. */
  readonly maxWaitingBytes?: number;
  /** So much is not left waiting for a rest. Default 8 MiB. */
  readonly writeAtBytes?: number;
  /** Values that must not be in it, besides the environment's secrets: a recording with one of them is not saved. */
  readonly secrets?: readonly string[];
}

/** Give it to `createCodexHarness` as `recorder`; disposing the harness saves it. */
export interface Recording extends HarnessRecorder {
  /** What became of it; saves it when nobody has yet. Never rejects. */
  finish(): Promise<RecordingOutcome>;
}

/** A turn is over or rests when nothing has come for so long: the time to write. */
const restMs = 500;
/** A disk that takes longer to save is not waited for. */
const saveMs = 60_000;

/**
 * Records everything that a harness (or a server, as `AppServerOptions.recorder`) does into one folder. While a turn runs,
 * lines are only kept; they are redacted and written when it rests, or when too many wait.
 * @throws BridgeError `recording_exists` | `recording_unwritable` (below a file)
 */
export function recordTo(options: RecordingOptions): Recording {
  const dir = path.resolve(options.dir);
  refuseOccupied(dir);
  // Known before anything runs, and not only when all of it is over.
  const inTheWay = fileInTheWay(dir);
  if (inTheWay) throw inTheWay;
  return new FolderRecording({ ...options, dir });
}

class FolderRecording implements Recording {
  readonly #options: RecordingOptions;
  readonly #taping = taping((event) => this.#keep(event));
  readonly #maxWaitingBytes: number;
  readonly #writeAtBytes: number;
  #writer: Promise<RecordingWriter> | undefined;
  #waiting: TapeEvent[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #lost: IncompleteReason | undefined;
  #lastUs = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #outcome: Promise<RecordingOutcome> | undefined;

  readonly spawned = this.#taping.spawned;
  readonly host = this.#taping.host;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#maxWaitingBytes = options.maxWaitingBytes ?? 32 * 1024 * 1024;
    this.#writeAtBytes = options.writeAtBytes ?? 8 * 1024 * 1024;
  }

  async close(): Promise<void> {
    await this.finish();
  }

  finish(): Promise<RecordingOutcome> {
    this.#outcome ??= this.#finishInTime();
    return this.#outcome;
  }

  #keep(event: TapeEvent): void {
    const bytes = tapeBytes(event);
    if (!this.#lost && this.#waitingBytes + bytes > this.#maxWaitingBytes) this.#lost = "memory";
    if (this.#lost || this.#outcome) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(event);
    this.#waitingBytes += bytes;
    this.#lastUs = event.tUs;
    if (this.#waitingBytes > this.#writeAtBytes) this.#write();
    else this.#timer ??= setTimeout(() => this.#rest(), restMs).unref();
  }

  #rest(): void {
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const restedMs = (this.#taping.nowUs() - this.#lastUs) / 1000;
    if (restedMs >= restMs) this.#write();
    else this.#timer = setTimeout(() => this.#rest(), restMs - restedMs).unref();
  }

  #write(): void {
    if (this.#writing) return;
    const events = this.#waiting;
    const bytes = this.#waitingBytes;
    this.#waiting = [];
    this.#writing = this.#opened()
      .then((writer) => writer.write(events))
      .then(() => {
        this.#waitingBytes -= bytes;
        this.#writing = undefined;
        if (this.#waitingBytes > this.#writeAtBytes) this.#write();
      });
  }

  /** Loaded when there is something to write: who does not record does not pay for it. */
  #opened(): Promise<RecordingWriter> {
    const { dir, mode = "blank", maxBytes = 256 * 1024 * 1024, secrets = [] } = this.#options;
    this.#writer ??= import("./writer.ts").then(
      ({ RecordingWriter: Writer }) => new Writer({ dir, mode, maxBytes, secrets }),
    );
    return this.#writer;
  }

  async #finishInTime(): Promise<RecordingOutcome> {
    const finished = this.#finish();
    if (await settlesWithin(finished, saveMs)) return finished;
    const { dir } = this.#options;
    const error = new BridgeError("recording_unwritable", `The recording was not saved within ${saveMs / 1000} s.`, {
      remedy: "Record to another disk.",
      facts: { dir },
    });
    return { saved: false, dir, error };
  }

  async #finish(): Promise<RecordingOutcome> {
    clearTimeout(this.#timer);
    while (this.#writing || this.#waiting.length > 0) {
      this.#write();
      await this.#writing;
    }
    const lost = this.#lost && { reason: this.#lost, dropped: this.#dropped };
    const writer = await this.#opened();
    return writer.finish(manifestFacts(this.#taping.codex, this.#options.mode ?? "blank", this.#options, lost));
  }
}

function refuseOccupied(dir: string): void {
  const taken = existsSync(`${dir}.partial`) ? `${dir}.partial` : dir;
  if (!existsSync(taken) || (taken === dir && isEmptyFolder(dir))) return;
  throw new BridgeError("recording_exists", `There is already something at ${taken}.`, {
    remedy: "Choose a folder that does not exist yet, or remove this one.",
  });
}

function isEmptyFolder(dir: string): boolean {
  try {
    return readdirSync(dir).length === 0;
  } catch {
    return false;
  }
}
