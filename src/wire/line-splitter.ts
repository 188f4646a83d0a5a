const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const HEAD_BYTES = 256;
const FIRST_CARRY_BYTES = 64 * 1024;
const KEPT_CARRY_BYTES = 1024 * 1024;
const NO_BYTES = Buffer.alloc(0);

/** A line that was longer than the limit. Its bytes are gone but for the first few. */
export interface OversizedLine {
  /** The first 256 bytes, decoded as Latin-1: enough to see which message it was. */
  readonly head: string;
}

/**
 * Cuts a byte stream into lines. Bytes go in with `push`, lines come out with `next`, so that a consumer who lags
 * leaves the rest of a block where it is.
 *
 * Splitting is on the byte 0x0A, which is never part of another UTF-8 character; decoding happens once per block and
 * only up to its last newline, so a character cut by a chunk border is always whole again by then.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  /** Chunks nobody has looked at yet; more than one only while the consumer lags. */
  readonly #chunks: Buffer[] = [];
  /** Decoded whole lines, each with its newline, and how far they have been handed out. */
  #text = "";
  #position = 0;
  /** The start of a line whose end has not come yet. Doubles in size as it grows, so copying stays linear. */
  #carry: Buffer = NO_BYTES;
  #carryBytes = 0;
  #discarding = false;
  #oversized: OversizedLine | undefined;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Adds the next bytes of the stream. The chunk must not be changed afterwards. */
  push(chunk: Buffer): void {
    if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /** The next line without its line ending, an oversized line, or undefined when more bytes are needed. */
  next(): string | OversizedLine | undefined {
    for (;;) {
      const end = this.#text.indexOf("\n", this.#position);
      if (end !== -1) {
        const line = this.#text.slice(this.#position, withoutCarriageReturn(this.#text, this.#position, end));
        this.#position = end + 1;
        return line;
      }
      const oversized = this.#oversized;
      if (oversized !== undefined) {
        this.#oversized = undefined;
        return oversized;
      }
      this.#text = "";
      this.#position = 0;
      const chunk = this.#chunks.shift();
      if (chunk === undefined) return undefined;
      this.#decode(chunk);
    }
  }

  /** The last line when the stream ended without a newline. Call after `next` has returned undefined. */
  end(): string | undefined {
    if (this.#carryBytes === 0) return undefined;
    const line = this.#carry.toString("utf8", 0, this.#carryBytes);
    this.#carry = NO_BYTES;
    this.#carryBytes = 0;
    return line;
  }

  #decode(chunk: Buffer): void {
    if (this.#discarding) {
      const end = chunk.indexOf(NEWLINE);
      if (end === -1) return;
      this.#discarding = false;
      this.#decode(chunk.subarray(end + 1));
      return;
    }
    const wholeBytes = chunk.lastIndexOf(NEWLINE) + 1;
    if (wholeBytes > 0 && this.#carryBytes + wholeBytes > this.#maxLineBytes) {
      this.#decodeOneLine(chunk);
      return;
    }
    if (wholeBytes > 0) this.#text = this.#takeText(chunk, wholeBytes);
    if (wholeBytes < chunk.length) this.#keep(chunk.subarray(wholeBytes));
    if (this.#carryBytes > this.#maxLineBytes) {
      this.#discardCarry();
      this.#discarding = true;
    }
  }

  /** The careful way, for a block in which some line may be too long: one line, and the rest back into the queue. */
  #decodeOneLine(chunk: Buffer): void {
    const end = chunk.indexOf(NEWLINE);
    if (this.#carryBytes + end <= this.#maxLineBytes) {
      this.#text = this.#takeText(chunk, end + 1);
    } else {
      this.#keep(chunk.subarray(0, Math.min(end, HEAD_BYTES)));
      this.#discardCarry();
    }
    if (end + 1 < chunk.length) this.#chunks.unshift(chunk.subarray(end + 1));
  }

  #takeText(chunk: Buffer, byteCount: number): string {
    if (this.#carryBytes === 0) return chunk.toString("utf8", 0, byteCount);
    this.#keep(chunk.subarray(0, byteCount));
    const text = this.#carry.toString("utf8", 0, this.#carryBytes);
    this.#emptyCarry();
    return text;
  }

  #keep(bytes: Buffer): void {
    const needed = this.#carryBytes + bytes.length;
    if (needed > this.#carry.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#carry.length * 2, FIRST_CARRY_BYTES));
      this.#carry.copy(grown, 0, 0, this.#carryBytes);
      this.#carry = grown;
    }
    bytes.copy(this.#carry, this.#carryBytes);
    this.#carryBytes = needed;
  }

  #discardCarry(): void {
    this.#oversized = { head: this.#carry.toString("latin1", 0, Math.min(this.#carryBytes, HEAD_BYTES)) };
    this.#emptyCarry();
  }

  #emptyCarry(): void {
    this.#carryBytes = 0;
    // One huge line must not cost its memory for the rest of the connection.
    if (this.#carry.length > KEPT_CARRY_BYTES) this.#carry = NO_BYTES;
  }
}

function withoutCarriageReturn(text: string, start: number, end: number): number {
  return end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
}
