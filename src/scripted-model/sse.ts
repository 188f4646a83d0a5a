import { once } from "node:events";
import type { ServerResponse } from "node:http";

const BATCH_CHARS = 64 * 1024;

/** One Server-Sent Event of the Responses API; the event name is the `type` of its data. */
export function sseEvent(data: { type: string; [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Thrown inside a reply when the client left or the server closes; nobody is there to read the rest. */
export class StreamGone extends Error {}

/** Collects events into large writes: one write per event would cost more than making the event. */
export class SseStream {
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  #batch = "";
  #cut = false;

  constructor(response: ServerResponse, signal: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
  }

  /** Aborts when the client left or the server closes. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  /** True once the script, and not the client, closed the connection. */
  get wasCut(): boolean {
    return this.#cut;
  }

  /** Adds text of whole events. Callers in a loop check `full` and then flush. */
  push(text: string): void {
    this.#batch += text;
  }

  get full(): boolean {
    return this.#batch.length >= BATCH_CHARS;
  }

  /** Writes what was collected and waits while the client reads slower than we write. */
  async flush(): Promise<void> {
    if (this.#signal.aborted) throw new StreamGone();
    if (this.#batch === "") return;
    const batch = this.#batch;
    this.#batch = "";
    if (this.#response.write(batch)) return;
    await once(this.#response, "drain", { signal: this.#signal }).catch(() => {
      throw new StreamGone();
    });
  }

  async end(): Promise<void> {
    await this.flush();
    this.#response.end();
  }

  /** Closes the connection without ending the stream, after what was pushed so far has left. */
  async cut(): Promise<void> {
    await this.flush();
    // Destroying drops bytes still queued in the socket; the empty write's callback runs after they left.
    await new Promise((resolve) => this.#response.write(": cut\n\n", resolve));
    if (this.#signal.aborted) throw new StreamGone();
    this.#cut = true;
    this.#response.destroy();
  }
}
