import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { BridgeError } from "../errors.ts";
import type { HarnessRecorder } from "../harness/recorder.ts";
import { formatVersion, type IncompleteReason } from "./format.ts";
import type { RedactionMode } from "./lines.ts";
import { redactionVersion } from "./redact.ts";
import { type TapeEvent, tapeBytes } from "./tape.ts";
import { taping } from "./taping.ts";
import { type RecordingOutcome, RecordingWriter } from "./writer.ts";

export interface RecordingOptions {
  /** Folder of the recording; must not exist, or be empty. */
  readonly dir: string;
  /** `keep` for one's own fixtures; see RedactionMode. Default `blank`. */
  readonly mode?: RedactionMode;
  /** Of all files together. Default 256 MiB; what comes after it is dropped, and the recording marked. */
  readonly maxBytes?: number;
  /** What may wait in memory to be written. Default 32 MiB. */
  readonly maxWaitingBytes?: number;
  readonly scenario?: string;
  /** How to record this again. */
  readonly command?: string;
  readonly schemaSha256?: string;
}

/** Give it to `createCodexHarness` as `recorder`; disposing the harness saves it. */
export interface Recording extends HarnessRecorder {
  /** What became of it; saves it when nobody has yet. Never rejects. */
  finish(): Promise<RecordingOutcome>;
}

/** A turn is over or rests when nothing has come for so long: the time to write. */
const restMs = 500;
/** So much is not left waiting for a rest. */
const pressureBytes = 8 * 1024 * 1024;

/**
 * Records everything that a harness (or a server, as `AppServerOptions.recorder`) does into one folder. While a turn runs,
 * lines are only kept; they are redacted and written when it rests, or when too many wait.
 * @throws BridgeError `recording_exists`
 */
export function recordTo(options: RecordingOptions): Recording {
  const dir = path.resolve(options.dir);
  refuseOccupied(dir);
  return new FolderRecording({ ...options, dir });
}

class FolderRecording implements Recording {
  readonly #options: RecordingOptions;
  readonly #writer: RecordingWriter;
  readonly #taping = taping((event) => this.#keep(event));
  readonly #maxWaitingBytes: number;
  #waiting: TapeEvent[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #lost: IncompleteReason | undefined;
  #lastAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #outcome: Promise<RecordingOutcome> | undefined;

  readonly spawned = this.#taping.spawned;
  readonly host = this.#taping.host;

  constructor(options: RecordingOptions) {
    const { dir, mode = "blank", maxBytes = 256 * 1024 * 1024, maxWaitingBytes = 32 * 1024 * 1024 } = options;
    this.#options = options;
    this.#maxWaitingBytes = maxWaitingBytes;
    this.#writer = new RecordingWriter({ dir, mode, maxBytes });
  }

  async close(): Promise<void> {
    await this.finish();
  }

  finish(): Promise<RecordingOutcome> {
    this.#outcome ??= this.#finish();
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
    this.#lastAt = event.tUs;
    if (this.#waitingBytes > pressureBytes) this.#write();
    else this.#timer ??= setTimeout(() => this.#rest(), restMs).unref();
  }

  #rest(): void {
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const restedMs = this.#taping.nowUs() / 1000 - this.#lastAt / 1000;
    if (restedMs >= restMs) this.#write();
    else this.#timer = setTimeout(() => this.#rest(), restMs - restedMs).unref();
  }

  #write(): void {
    if (this.#writing) return;
    const events = this.#waiting;
    const bytes = this.#waitingBytes;
    this.#waiting = [];
    this.#writing = this.#writer.write(events).then(() => {
      this.#waitingBytes -= bytes;
      this.#writing = undefined;
      if (this.#waitingBytes > pressureBytes) this.#write();
    });
  }

  async #finish(): Promise<RecordingOutcome> {
    clearTimeout(this.#timer);
    while (this.#writing || this.#waiting.length > 0) {
      this.#write();
      await this.#writing;
    }
    const { mode = "blank", scenario, command, schemaSha256 } = this.#options;
    return this.#writer.finish({
      format: formatVersion,
      codex: this.#taping.codex,
      platform: `${process.platform}-${process.arch}`,
      ...(schemaSha256 === undefined ? {} : { schemaSha256 }),
      ...(scenario === undefined ? {} : { scenario }),
      redaction: { version: redactionVersion, keepText: mode !== "blank" },
      ...(command === undefined ? {} : { command }),
      ...(this.#lost ? { incomplete: { reason: this.#lost, dropped: this.#dropped } } : {}),
    });
  }
}

function refuseOccupied(dir: string): void {
  const taken = existsSync(`${dir}.partial`) ? `${dir}.partial` : dir;
  if (!existsSync(taken) || (taken === dir && readdirSync(dir).length === 0)) return;
  throw new BridgeError("recording_exists", `There is already something at ${taken}.`, {
    remedy: "Choose a folder that does not exist yet, or remove this one.",
  });
}
