import type { Readable } from "node:stream";
import { Pace } from "./pace.ts";
import { LineSplitter, type OversizedLine, type Piece } from "./splitter.ts";

export interface LineReaderOptions {
  readable: Readable;
  maxLineBytes: number;
  /** Called in order, without the newline; at the end of the stream also with the incomplete last line. While a returned promise is pending nothing else is delivered. Must not throw. */
  onLine(line: string): void | Promise<void>;
  onOversized(line: OversizedLine): void;
  onBytes(count: number): void;
  onPause(): void;
  /** Once, after everything that arrived has been delivered. */
  onEnd(cause: Error | undefined): void;
}

/** Delivers the lines of a stream one by one and turns a lagging consumer into backpressure on the stream. */
export class LineReader {
  readonly #options: LineReaderOptions;
  readonly #splitter: LineSplitter;
  readonly #pace: Pace;
  /** Pieces not delivered yet; more than one chunk's worth only in the case described at #onData. */
  #pieces: Piece[] = [];
  #offset = 0;
  #delivering = false;
  #lagging = false;
  #paused = false;
  #stopped = false;
  #ended = false;
  #reported = false;
  #cause: Error | undefined;

  constructor(options: LineReaderOptions) {
    this.#options = options;
    this.#splitter = new LineSplitter(options.maxLineBytes);
    const { readable } = options;
    this.#pace = new Pace(readable);
    readable.on("error", (error) => this.end(error));
    readable.on("end", () => this.end(undefined));
    // A destroyed stream emits neither end nor error.
    readable.on("close", () => this.end(undefined));
    readable.on("data", this.#onData);
    if (readable.destroyed || readable.readableEnded) {
      queueMicrotask(() => this.end(readable.errored ?? undefined));
    }
  }

  /** Treats the stream as ended: delivers what has arrived, then reports the end. Idempotent. */
  end(cause: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cause = cause;
    const rest = this.#splitter.flush();
    // Marked by its missing newline, it takes its turn behind everything before it.
    if (rest !== undefined) this.#pieces.push(rest);
    if (!this.#lagging) this.#deliver();
  }

  get isLagging(): boolean {
    return this.#lagging;
  }

  /** Delivers nothing more. The stream is drained into nothing, or the process behind it could never exit. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#pieces = [];
    this.#pace.end();
    this.#options.readable.off("data", this.#onData);
    this.#options.readable.resume();
  }

  readonly #onData = (chunk: Buffer | string): void => {
    if (this.#stopped || this.#ended) return;
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.#options.onBytes(bytes.length);
    this.#pace.block(bytes.length);
    const pieces = this.#splitter.push(bytes);
    for (const piece of pieces) this.#pieces.push(piece);
    if (!this.#lagging) this.#deliver();
    // Node resumes the stdout of an exited child behind our back. What was left in the pipe is bounded; it is kept.
    else this.#options.readable.pause();
  };

  #deliver(): void {
    // A callback may write into an in-process stream that emits `data` at once; the outer loop takes care of that.
    if (this.#delivering) return;
    this.#delivering = true;
    const lag = this.#deliverPieces();
    this.#delivering = false;
    if (this.#stopped) return;
    if (lag !== undefined) {
      this.#wait(lag);
    } else if (this.#ended) {
      if (this.#reported) return;
      this.#reported = true;
      this.#options.onEnd(this.#cause);
    } else if (this.#paused) {
      this.#paused = false;
      this.#options.readable.resume();
    }
  }

  /** Delivers all there is, or up to a consumer that lags: then its promise is returned. */
  #deliverPieces(): Promise<void> | undefined {
    let index = 0;
    while (index < this.#pieces.length) {
      const piece = this.#pieces[index]!;
      let lag: Promise<void> | undefined;
      if (typeof piece === "string") lag = this.#deliverLines(piece);
      else this.#options.onOversized(piece);
      if (lag !== undefined) {
        if (index > 0) this.#pieces.splice(0, index);
        return lag;
      }
      index += 1;
      this.#offset = 0;
    }
    this.#pieces = [];
    return undefined;
  }

  /** Delivers from #offset on; returns the consumer's promise if it lags. */
  #deliverLines(text: string): Promise<void> | undefined {
    while (this.#offset < text.length && !this.#stopped) {
      const start = this.#offset;
      const end = text.indexOf("\n", start);
      this.#offset = end < 0 ? text.length : end + 1;
      const lag = this.#options.onLine(text.slice(start, end < 0 ? text.length : end));
      if (lag !== undefined) return lag;
    }
    return undefined;
  }

  #wait(lag: Promise<void>): void {
    this.#lagging = true;
    if (!this.#paused && !this.#ended) {
      this.#paused = true;
      this.#options.onPause();
      this.#options.readable.pause();
    }
    const goOn = (): void => {
      this.#lagging = false;
      if (!this.#stopped) this.#deliver();
    };
    lag.then(goOn, goOn);
  }
}
