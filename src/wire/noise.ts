import { stripVTControlCharacters } from "node:util";

const REPORTED_LINES = 20;
const PREVIEW_LENGTH = 200;

/** A line that is no message, as shown to a reader. */
export interface Noise {
  /** At most 200 characters, without control characters. */
  preview: string;
  /** How many noise lines there have been so far, this one included. */
  count: number;
}

/** Reports the first 20 noise lines and counts the rest, so that a chatty peer cannot flood a log. */
export class NoiseReporter {
  readonly #report: ((noise: Noise) => void) | undefined;
  #count = 0;

  constructor(report: ((noise: Noise) => void) | undefined) {
    this.#report = report;
  }

  add(line: string): void {
    this.#count += 1;
    if (this.#report === undefined || this.#count > REPORTED_LINES) return;
    // Cut first: the line may be megabytes long.
    const start = stripVTControlCharacters(line.slice(0, 4 * PREVIEW_LENGTH));
    const preview = start.replace(/\p{Cc}/gu, "").slice(0, PREVIEW_LENGTH).toWellFormed();
    this.#report({ preview, count: this.#count });
  }
}
