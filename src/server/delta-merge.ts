import type { ServerEvent } from "../protocol/events.ts";

type Delta = Extract<ServerEvent, { type: "item.delta" }>;

/**
 * Makes one event of neighbouring deltas of an item that came in the same block of bytes: a server that streams fast sends
 * some hundred of them at once, and what follows costs by the event. Nothing is kept longer than that, and every other
 * event finds what came before it delivered.
 */
export class DeltaMerge {
  readonly #deliver: (event: ServerEvent) => void | Promise<void>;
  readonly #onError: (thrown: unknown) => void;
  #first: Delta | undefined;
  #text = "";
  /** What was delivered is more than its consumer can take: whoever sends more is told to wait. */
  #lag: Promise<void> | undefined;

  /** @param onError told what the consumer threw */
  constructor(deliver: (event: ServerEvent) => void | Promise<void>, onError: (thrown: unknown) => void) {
    this.#deliver = deliver;
    this.#onError = onError;
  }

  /** @returns a promise when the producer should not run further ahead; it never rejects */
  event(event: ServerEvent): void | Promise<void> {
    if (event.type !== "item.delta") {
      this.flush();
      this.#hand(event);
    } else if (this.#first && isOfSame(this.#first, event)) {
      this.#text += event.delta;
    } else {
      this.flush();
      this.#first = event;
      this.#text = event.delta;
      // After the block that is being read, and before anything that comes of another.
      queueMicrotask(() => this.flush());
    }
    return this.#lag;
  }

  /** Delivers what is kept. */
  flush(): void {
    const first = this.#first;
    if (!first) return;
    this.#first = undefined;
    this.#hand(first.delta.length === this.#text.length ? first : { ...first, delta: this.#text });
    this.#text = "";
  }

  #hand(event: ServerEvent): void {
    try {
      const lag = this.#deliver(event);
      if (lag) this.#wait(lag);
    } catch (thrown) {
      this.#onError(thrown);
    }
  }

  #wait(lag: Promise<void>): void {
    const before = this.#lag;
    const all = Promise.all([before, lag.catch(this.#onError)]).then(() => {
      if (this.#lag === all) this.#lag = undefined;
    });
    this.#lag = all;
  }
}

function isOfSame(one: Delta, other: Delta): boolean {
  return (
    one.itemId === other.itemId &&
    one.channel === other.channel &&
    one.turnId === other.turnId &&
    one.threadId === other.threadId
  );
}
