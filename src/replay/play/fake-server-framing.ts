/** How the lines of a server reach its client. All but `eof` are the same messages. */
export const framings = ["plain", "bytes", "utf8", "crlf", "noise", "long", "eof"] as const;
export type Framing = (typeof framings)[number];

const longBytes = 8 * 1024 * 1024;
const noise = [
  "",
  "warning: not a message",
  "[1, 2]",
  '"text"',
  "null",
  "\u001b[2m2026-01-01T00:00:00Z\u001b[0m WARN x",
  "{",
];

export interface FramingOptions {
  readonly framing: Framing;
  /** Takes what would be one write on a pipe. */
  write(bytes: Buffer): void;
  /** `eof`: the stream ends in the middle of this line, counted from 0 over all lines. */
  readonly endsInLine?: number;
  /** `eof`: the stream is over. */
  end?(): void;
}

/** Writes lines as unkindly as a pipe may. */
export class FramedWriter {
  readonly #options: FramingOptions;
  #lines = 0;

  constructor(options: FramingOptions) {
    this.#options = options;
  }

  /** @param line without its newline */
  line(line: string): void {
    const { framing, write } = this.#options;
    const index = this.#lines;
    this.#lines += 1;
    const bytes = Buffer.from(`${line}${framing === "crlf" ? "\r\n" : "\n"}`);
    switch (framing) {
      case "bytes":
        for (let at = 0; at < bytes.length; at += 1) write(bytes.subarray(at, at + 1));
        return;
      case "utf8":
        for (const piece of insideCharacters(bytes)) write(piece);
        return;
      case "noise":
        write(Buffer.from(`${noise[index % noise.length]}\n`));
        break;
      case "long":
        if (index === 1) write(Buffer.from(longLine()));
        break;
      case "eof":
        this.#until(index, bytes);
        return;
    }
    write(bytes);
  }

  #until(index: number, bytes: Buffer): void {
    const { write, end, endsInLine = 0 } = this.#options;
    if (index < endsInLine) write(bytes);
    if (index !== endsInLine) return;
    write(bytes.subarray(0, bytes.length >> 1));
    end?.();
  }
}

/** Cut inside every character of several bytes, or in the middle where there is none. */
function insideCharacters(bytes: Buffer): Buffer[] {
  const cuts = [...bytes.keys()].filter((at) => (bytes[at]! & 0xc0) === 0x80);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const at of cuts.length > 0 ? cuts : [bytes.length >> 1]) {
    pieces.push(bytes.subarray(from, at));
    from = at;
  }
  return [...pieces, bytes.subarray(from)];
}

let long: string | undefined;

/** A message nobody knows, of 8 MiB. */
function longLine(): string {
  long ??= `${JSON.stringify({ method: "replay/long", params: { text: "x".repeat(longBytes) } })}\n`;
  return long;
}
