import type { Readable } from "node:stream";

/** What Node has below a pipe: not documented, and the same since there are streams. */
interface Handle {
  readStart(): number;
  readStop(): number;
}

/** So many blocks in so short a time are a flood. */
const floodBlocks = 16;
const floodMs = 4;
/** How long a flooded pipe is left alone. Timers do not know less than a millisecond. */
const restMs = 2;
/** Of a block that is worth its read. */
const worthBytes = 2048;
/** So many in a row that were not, and the flood is over. One alone is a server that had to wait for a processor. */
const poorBlocks = 4;
/** A pipe that gives this much at once holds more than words, and is emptied. */
const fullBytes = 32_768;

/**
 * Takes a flood from a pipe in few reads. A server that streams writes every word by itself, and taking one from the pipe
 * costs six times what it costs to understand it (`bench/flood.ts`). While words come by the thousand per second, the pipe
 * is left alone for two milliseconds after each read; whatever came meanwhile is one read. Nothing is held back otherwise,
 * and of streams that are no pipe nothing at all: pausing those leaves them reading.
 */
export class Pace {
  readonly #readable: Readable;
  #blocks = 0;
  #since = 0;
  /** How many reads in a row may still be not worth it; none while there is no flood. */
  #patience = 0;
  #rest: NodeJS.Timeout | undefined;

  constructor(readable: Readable) {
    this.#readable = readable;
  }

  /** To be called with the size of every block, before the next one can come. */
  block(bytes: number): void {
    if (this.#patience === 0) {
      if (!this.#floods()) return;
      this.#patience = poorBlocks;
    } else {
      if (bytes >= fullBytes) return;
      this.#patience = bytes < worthBytes ? this.#patience - 1 : poorBlocks;
    }
    if (this.#patience > 0) this.#leaveAlone();
  }

  /** Counts a block. @returns whether blocks have come too fast by now */
  #floods(): boolean {
    this.#blocks += 1;
    if (this.#blocks < floodBlocks) return false;
    const now = performance.now();
    const since = this.#since;
    this.#since = now;
    this.#blocks = 0;
    return now - since < floodMs;
  }

  /** Nothing is left alone any more. */
  end(): void {
    if (this.#rest === undefined) return;
    clearTimeout(this.#rest);
    this.#goOn();
  }

  #leaveAlone(): void {
    const handle = this.#handle;
    if (!handle || this.#rest !== undefined) return;
    handle.readStop();
    this.#rest = setTimeout(() => this.#goOn(), restMs);
  }

  #goOn(): void {
    this.#rest = undefined;
    this.#handle?.readStart();
  }

  /** Absent when the stream is no pipe, or is closed. */
  get #handle(): Handle | undefined {
    const { _handle: handle } = this.#readable as { _handle?: Partial<Handle> | null };
    return typeof handle?.readStart === "function" && typeof handle.readStop === "function"
      ? (handle as Handle)
      : undefined;
  }
}
