import type { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { redactSecrets } from "../redact.ts";

/** Drains a stream for good (a full stderr pipe blocks its writer) and keeps the last bytes of it. */
export class StderrTail {
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(stream: Readable, limitBytes = 8192) {
    this.#limitBytes = limitBytes;
    stream.on("data", (chunk: Buffer) => this.#add(chunk));
    stream.on("error", () => undefined);
  }

  #add(chunk: Buffer): void {
    this.#chunks.push(chunk.length > this.#limitBytes ? chunk.subarray(-this.#limitBytes) : chunk);
    this.#size += Math.min(chunk.length, this.#limitBytes);
    while (this.#chunks.length > 1 && this.#size - this.#chunks[0]!.length >= this.#limitBytes) {
      this.#size -= this.#chunks.shift()!.length;
    }
  }

  /** The last lines, without colours, control characters and anything that looks like a secret. */
  text(maxChars = 2000): string {
    // Redaction comes before the cut: half a secret would no longer be recognised.
    const clean = redactSecrets(stripVTControlCharacters(Buffer.concat(this.#chunks).toString("utf8")));
    return clean
      .replace(/(?![\n\t])\p{Cc}/gu, "")
      .trim()
      .slice(-maxChars);
  }
}
