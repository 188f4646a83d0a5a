import { constants } from "node:buffer";

/** A line beyond the limit: only its first bytes are kept. */
export interface OversizedLine {
  head: string;
}

/** Either whole lines, each ended by a newline, as one decoded string; or the trace of one that was too long. */
export type Piece = string | OversizedLine;

const NEWLINE = 0x0a;
const HEAD_BYTES = 256;
const INITIAL_CARRY_BYTES = 4096;
/** A carry that had to grow beyond this is released after use, so that one huge line does not stay in memory. */
const KEPT_CARRY_BYTES = 1024 * 1024;

/**
 * Cuts a byte stream into lines. It splits on bytes and decodes only whole lines, so a chunk border inside a UTF-8
 * character is harmless. All whole lines of a chunk are decoded by one call, which is what makes it fast. The incomplete
 * last line is carried in a buffer that doubles: linear for a huge line in any chunking, even one byte at a time.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #carry = Buffer.allocUnsafe(INITIAL_CARRY_BYTES);
  #carryBytes = 0;
  #discarding = false;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = Math.min(maxLineBytes, constants.MAX_STRING_LENGTH);
  }

  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    if (this.#discarding || this.#carryBytes > 0) {
      const end = chunk.indexOf(NEWLINE);
      this.#extendLine(chunk.subarray(0, end < 0 ? chunk.length : end + 1), end >= 0, pieces);
      if (end < 0) return pieces;
      start = end + 1;
    }
    // When the rest fits the limit as a whole, no line in it can exceed the limit: one decode for all of them.
    while (chunk.length - start > this.#maxLineBytes) {
      const end = chunk.indexOf(NEWLINE, start);
      this.#extendLine(chunk.subarray(start, end < 0 ? chunk.length : end + 1), end >= 0, pieces);
      if (end < 0) return pieces;
      start = end + 1;
    }
    const last = chunk.lastIndexOf(NEWLINE);
    if (last >= start) {
      pieces.push(chunk.toString("utf8", start, last + 1));
      start = last + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
    return pieces;
  }

  /** The incomplete last line, or undefined. */
  flush(): string | undefined {
    const rest = this.#carryBytes > 0 ? this.#takeCarry() : undefined;
    this.#discarding = false;
    return rest;
  }

  /** Adds bytes to the current line; with `complete` they end in its newline. */
  #extendLine(bytes: Buffer, complete: boolean, pieces: Piece[]): void {
    if (!this.#discarding && this.#carryBytes + bytes.length - (complete ? 1 : 0) > this.#maxLineBytes) {
      const missing = Math.max(0, HEAD_BYTES - this.#carryBytes);
      const head = Buffer.concat([
        this.#carry.subarray(0, Math.min(this.#carryBytes, HEAD_BYTES)),
        bytes.subarray(0, missing),
      ]);
      pieces.push({ head: head.toString("utf8").trimEnd() });
      this.#resetCarry();
      this.#discarding = true;
    }
    if (this.#discarding) {
      this.#discarding = !complete;
      return;
    }
    this.#append(bytes);
    if (complete) pieces.push(this.#takeCarry());
  }

  #append(bytes: Buffer): void {
    const needed = this.#carryBytes + bytes.length;
    if (needed > this.#carry.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#carry.length * 2));
      this.#carry.copy(grown, 0, 0, this.#carryBytes);
      this.#carry = grown;
    }
    bytes.copy(this.#carry, this.#carryBytes);
    this.#carryBytes = needed;
  }

  #takeCarry(): string {
    const text = this.#carry.toString("utf8", 0, this.#carryBytes);
    this.#resetCarry();
    return text;
  }

  #resetCarry(): void {
    this.#carryBytes = 0;
    if (this.#carry.length > KEPT_CARRY_BYTES) this.#carry = Buffer.allocUnsafe(INITIAL_CARRY_BYTES);
  }
}
