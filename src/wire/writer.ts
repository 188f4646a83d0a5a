import type { Writable } from "node:stream";

export interface LineWriterOptions {
  writable: Writable;
  onBytes(count: number): void;
  onDrain(): void;
  /** Once: the stream failed or was closed under us. */
  onFailure(cause: Error | undefined): void;
}

/** Writes lines in order, holds them back while the stream is full, and makes every stream error a call. */
export class LineWriter {
  readonly #options: LineWriterOptions;
  #backlog: string[] = [];
  #blocked = false;
  #stopped = false;

  constructor(options: LineWriterOptions) {
    this.#options = options;
    const { writable } = options;
    // The error listener stays for good: an EPIPE may come long after we lost interest.
    writable.on("error", (error) => this.#fail(error));
    writable.on("close", () => {
      // Ended by its owner, who may still want to hear the answers: no failure until somebody writes again.
      if (!writable.writableFinished) this.#fail(undefined);
    });
    writable.on("drain", () => this.#onDrain());
    if (writable.destroyed) queueMicrotask(() => this.#fail(writable.errored ?? undefined));
  }

  /** The stream is full; what is written now is held back. */
  get isBlocked(): boolean {
    return this.#blocked;
  }

  /** `line` ends in its newline. After a failure or `stop` it is dropped. */
  write(line: string): void {
    if (this.#stopped) return;
    if (this.#blocked) this.#backlog.push(line);
    else this.#send(line);
  }

  stop(): void {
    this.#stopped = true;
    this.#backlog = [];
  }

  #send(text: string): void {
    const { writable } = this.#options;
    if (!writable.writable) {
      this.#fail(writable.errored ?? undefined);
      return;
    }
    this.#options.onBytes(Buffer.byteLength(text));
    this.#blocked = !writable.write(text);
  }

  #onDrain(): void {
    this.#blocked = false;
    const waiting = this.#backlog;
    this.#backlog = [];
    for (const [index, line] of waiting.entries()) {
      if (this.#stopped) return;
      if (this.#blocked) {
        this.#backlog = waiting.slice(index);
        return;
      }
      this.#send(line);
    }
    if (!this.#blocked && !this.#stopped) this.#options.onDrain();
  }

  #fail(cause: Error | undefined): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.onFailure(cause);
  }
}
