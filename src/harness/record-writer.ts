import type { TranscriptEntry, TranscriptSink } from "../transcript/entry.ts";

/**
 * Writes a session's entries to its host's transcript. What could not be written is written before whatever comes next,
 * in this attempt or in the session's next one: a disk that was full for a moment costs no entry and no order.
 */
export class RecordWriter {
  readonly #sink: TranscriptSink;
  #pending: readonly TranscriptEntry[];
  #error: unknown;

  /** @param pending what the attempt before could not write */
  constructor(sink: TranscriptSink, pending: readonly TranscriptEntry[] = []) {
    this.#sink = sink;
    this.#pending = pending;
  }

  /** Not written yet, oldest first. */
  get pending(): readonly TranscriptEntry[] {
    return this.#pending;
  }

  /** Why something is not written; undefined when everything is. */
  get error(): unknown {
    return this.#error;
  }

  /** Never rejects: see `error`. */
  async write(entries: readonly TranscriptEntry[]): Promise<void> {
    const all = this.#pending.length === 0 ? entries : [...this.#pending, ...entries];
    if (all.length === 0) return;
    try {
      await this.#sink.append(all);
      this.#pending = [];
      this.#error = undefined;
    } catch (thrown) {
      this.#pending = all;
      this.#error = thrown;
    }
  }
}
