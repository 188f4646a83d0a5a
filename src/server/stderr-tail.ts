import type { Readable } from "node:stream";
import { nodeUtil } from "../node-util.ts";
import { redactSecrets } from "../redact.ts";
import { plain } from "../visible.ts";

/** Drains a stream for good (a full stderr pipe blocks its writer) and keeps the last bytes of it. */
export class StderrTail {
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #cut = false;

  constructor(stream: Readable, limitBytes = 8192) {
    this.#limitBytes = limitBytes;
    stream.on("data", (chunk: Buffer) => this.#add(chunk));
    stream.on("error", () => undefined);
  }

  #add(chunk: Buffer): void {
    if (chunk.length > this.#limitBytes) this.#cut = true;
    this.#chunks.push(chunk.length > this.#limitBytes ? chunk.subarray(-this.#limitBytes) : chunk);
    this.#size += Math.min(chunk.length, this.#limitBytes);
    while (this.#chunks.length > 1 && this.#size - this.#chunks[0]!.length >= this.#limitBytes) {
      this.#size -= this.#chunks.shift()!.length;
      this.#cut = true;
    }
  }

  /** The last lines, without colours, control characters and anything that looks like a secret. */
  text(maxChars = 2000): string {
    // Whatever could stand inside a secret goes before it is looked for, and the cut comes after: neither a secret with a
    // colour in it nor half of one would be recognised.
    const text = Buffer.concat(this.#chunks).toString("utf8");
    const whole = plain(nodeUtil().stripVTControlCharacters(text));
    return redactSecrets(this.#cut ? fromTheFirstBreak(whole) : whole)
      .trim()
      .slice(-maxChars);
  }
}

/** What was cut off at its beginning may be the rest of a secret, up to where a new word begins. */
function fromTheFirstBreak(text: string): string {
  const line = text.indexOf("\n");
  const at = line < 0 ? text.search(/\s/) : line;
  return at < 0 ? "" : text.slice(at);
}
