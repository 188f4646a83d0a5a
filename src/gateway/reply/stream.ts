import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** Codex gives a stream up that says nothing; only events of the API count as something. */
const heartbeatMs = 10_000;

/** Thrown when Codex has gone: nobody is there to read the rest. */
export class ReaderGone extends Error {}

/** Server-sent events to Codex, with a sign of life while there is nothing else to say. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #beat: NodeJS.Timeout;
  #batch = "";

  /** @param beatEvent what is said when nothing was for a while */
  constructor(response: ServerResponse, signal: AbortSignal, beatEvent: () => object, beatMs = heartbeatMs) {
    this.#response = response;
    this.#signal = signal;
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.flushHeaders();
    this.#beat = setInterval(() => {
      if (!response.writableNeedDrain && !response.writableEnded) response.write(eventText(beatEvent()));
    }, beatMs);
    this.#beat.unref();
  }

  push(event: object): void {
    this.#batch += eventText(event);
  }

  /** An event whose text is made already. */
  pushText(text: string): void {
    this.#batch += text;
  }

  /** Writes what was pushed, and waits while Codex reads slower than that. */
  async flush(): Promise<void> {
    if (this.#signal.aborted) throw new ReaderGone();
    if (this.#batch === "") return;
    const batch = this.#batch;
    this.#batch = "";
    this.#beat.refresh();
    if (this.#response.write(batch)) return;
    await once(this.#response, "drain", { signal: this.#signal }).catch(() => {
      throw new ReaderGone();
    });
  }

  async end(): Promise<void> {
    await this.flush();
    clearInterval(this.#beat);
    this.#response.end();
  }

  stop(): void {
    clearInterval(this.#beat);
  }
}

function eventText(event: object): string {
  const type = (event as { type?: unknown }).type;
  return `event: ${String(type)}\ndata: ${JSON.stringify(event)}\n\n`;
}
