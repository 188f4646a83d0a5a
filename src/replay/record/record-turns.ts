import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { BridgeError, toBridgeError } from "../../errors.ts";
import type { HarnessRecorder, RecordedHostEvent } from "../../harness/recorder.ts";
import { settlesWithin } from "../../server/child-process.ts";
import type { RedactionMode } from "./lines.ts";
import { manifestFacts } from "./manifest-facts.ts";
import { Ring } from "./ring.ts";
import { tapeBytes } from "./tape.ts";
import { taping } from "./taping.ts";
import type { RecordingOutcome } from "./writer.ts";

export interface TurnRecordingOptions {
  /** Folder of the recordings, one folder each. Made when missing. */
  readonly dir: string;
  /** Of one recording, and of what is kept in memory for it. Default 32 MiB. */
  readonly maxBytes?: number;
  /** How many recordings stay; the oldest are removed. Default 20. */
  readonly keep?: number;
  /** Only turns that did not complete are saved, with the last minutes before. Absent: every turn is. */
  readonly lastMinutes?: number;
  readonly mode?: RedactionMode;
  readonly secrets?: readonly string[];
  /** Told what became of each, for a log. */
  readonly onSaved?: (outcome: RecordingOutcome) => void;
}

/** Begins with the time, so that names sort by age; ends with how the turn did. */
export const recordingName = /^\d{8}T\d{9}Z-\d+-\d+-[a-z_]+(?:\.partial)?$/;
/** More of the last minutes than these that wait to be saved are left out: a storm of failures says the same again. */
const maxPending = 2;
const saveMs = 60_000;

/**
 * Keeps the newest lines in memory and saves a recording when a turn ends: of every turn, or with `lastMinutes` only of one
 * that ended abnormally. Give it to `createCodexHarness` as `recorder`.
 */
export function recordTurns(options: TurnRecordingOptions): HarnessRecorder {
  return new TurnRecorder(options);
}

class TurnRecorder implements HarnessRecorder {
  readonly #options: TurnRecordingOptions;
  readonly #maxBytes: number;
  readonly #ring: Ring;
  readonly #taping = taping(
    (event) => this.#ring.push(event),
    (server) => this.#ring.closeHead(server),
  );
  /** When the running attempt of each session began. */
  readonly #begun = new Map<string, number>();
  /** When the running questions on the side began. */
  readonly #asides = new Map<RecordedHostEvent, number>();
  #saving: Promise<void> = Promise.resolve();
  #pending = 0;
  #pendingBytes = 0;
  #count = 0;

  readonly spawned = this.#taping.spawned;

  constructor(options: TurnRecordingOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? 32 * 1024 * 1024;
    const { lastMinutes } = options;
    const maxUs = lastMinutes === undefined ? Number.POSITIVE_INFINITY : lastMinutes * 60e6;
    this.#ring = new Ring({ maxUs, maxBytes: this.#maxBytes });
  }

  host(event: RecordedHostEvent, sha256?: Promise<string>): void {
    const nowUs = this.#taping.nowUs();
    // Half a question on the side is none that could be played again.
    if (event.event === "attempt") this.#begun.set(event.session, Math.min(nowUs, ...this.#asides.values()));
    if (event.event === "aside") this.#asides.set(event, nowUs);
    this.#taping.host(event, sha256);
    if (event.event === "result") this.#ended(event);
  }

  over(event: RecordedHostEvent): void {
    this.#asides.delete(event);
  }

  async close(): Promise<void> {
    await this.#saving;
  }

  #ended({ session, outcome }: Extract<RecordedHostEvent, { event: "result" }>): void {
    const kind = String((outcome as { kind?: unknown } | null)?.kind ?? "unknown");
    const everyTurn = this.#options.lastMinutes === undefined;
    const sinceUs = everyTurn ? (this.#begun.get(session) ?? 0) : 0;
    this.#begun.delete(session);
    if (!everyTurn && (kind === "completed" || this.#pending >= maxPending)) return;
    const snapshot = this.#ring.snapshot(sinceUs);
    if (everyTurn) {
      this.#ring.forget(Math.min(...this.#begun.values(), ...this.#asides.values(), this.#taping.nowUs()));
    }
    const dir = this.#dirFor(kind);
    const bytes = snapshot.events.reduce((sum, event) => sum + tapeBytes(event), 0);
    if (this.#pending > 0 && this.#pendingBytes + bytes > this.#maxBytes) {
      const text = "Turns ended faster than their recordings could be written.";
      this.#tell({ saved: false, dir, error: new BridgeError("recording_unwritable", text) });
      return;
    }
    this.#pending += 1;
    this.#pendingBytes += bytes;
    this.#saving = this.#saving.then(async () => {
      const outcomeOfSave = await this.#save(dir, snapshot);
      this.#pending -= 1;
      this.#pendingBytes -= bytes;
      this.#tell(outcomeOfSave);
    });
  }

  #dirFor(kind: string): string {
    this.#count += 1;
    const time = new Date().toISOString().replace(/[-:.]/g, "");
    return path.join(path.resolve(this.#options.dir), `${time}-${process.pid}-${this.#count}-${kind}`);
  }

  async #save(dir: string, { events, dropped }: ReturnType<Ring["snapshot"]>): Promise<RecordingOutcome> {
    const { dir: parent, mode = "blank", secrets = [] } = this.#options;
    const saved = (async (): Promise<RecordingOutcome> => {
      const { RecordingWriter } = await import("./writer.ts");
      await this.#taping.known();
      const writer = new RecordingWriter({ dir, mode, maxBytes: this.#maxBytes, secrets, cut: dropped > 0 });
      await writer.write(events);
      const lost = dropped > 0 ? ({ reason: "window", dropped } as const) : undefined;
      const outcome = await writer.finish(manifestFacts(this.#taping.codex, mode, {}, lost));
      // An old recording that cannot be removed is no reason to call the new one lost.
      await prune(parent, this.#options.keep ?? 20).catch(() => undefined);
      return outcome;
    })().catch((thrown: unknown): RecordingOutcome => ({ saved: false, dir, error: toBridgeError(thrown) }));
    if (await settlesWithin(saved, saveMs)) return saved;
    return {
      saved: false,
      dir,
      error: new BridgeError("recording_unwritable", "The disk is too slow for a recording."),
    };
  }

  #tell(outcome: RecordingOutcome): void {
    try {
      this.#options.onSaved?.(outcome);
    } catch {
      // Whoever logs it badly must not end the saving of others.
    }
  }
}

/** Removes the oldest recordings, and what a process left half written that died an hour ago. Nothing else. */
async function prune(parent: string, keep: number): Promise<void> {
  const names = (await readdir(parent)).filter((name) => recordingName.test(name)).sort();
  const whole = names.filter((name) => !name.endsWith(".partial"));
  const old = whole.slice(0, Math.max(0, whole.length - keep));
  const partial = names.filter((name) => name.endsWith(".partial"));
  for (const name of partial) {
    const { mtimeMs } = await stat(path.join(parent, name));
    if (Date.now() - mtimeMs > 3_600_000) old.push(name);
  }
  for (const name of old) await rm(path.join(parent, name), { recursive: true, force: true });
}
