import { type TapeEvent, tapeBytes } from "./tape.ts";

/** Handshakes of so many servers are remembered; an older one's lines are long gone. */
const maxHeads = 8;
/** A handshake is a few lines; what goes on after so many is none. */
const maxHeadEvents = 50;

/** The newest events within a time and a size, and of every server in them how it began. */
export class Ring {
  readonly #maxUs: number;
  readonly #maxBytes: number;
  readonly #heads = new Map<number, TapeEvent[]>();
  readonly #closedHeads = new Set<number>();
  #events: TapeEvent[] = [];
  #first = 0;
  #bytes = 0;
  /** How many events were let go. */
  dropped = 0;

  constructor(limits: { readonly maxUs: number; readonly maxBytes: number }) {
    this.#maxUs = limits.maxUs;
    this.#maxBytes = limits.maxBytes;
  }

  push(event: TapeEvent): void {
    this.#noteHead(event);
    this.#events.push(event);
    this.#bytes += tapeBytes(event);
    const oldestUs = event.tUs - this.#maxUs;
    while (this.#first < this.#events.length - 1) {
      if (this.#bytes <= this.#maxBytes && this.#events[this.#first]!.tUs >= oldestUs) break;
      this.#dropOldest();
    }
    this.#moveUp();
  }

  /** Nobody will ask for what came before; how its servers began stays. */
  forget(beforeUs: number): void {
    while (this.#first < this.#events.length && this.#events[this.#first]!.tUs < beforeUs) this.#dropOldest();
    this.#moveUp();
  }

  #dropOldest(): void {
    this.#bytes -= tapeBytes(this.#events[this.#first]!);
    this.#first += 1;
    this.dropped += 1;
  }

  #moveUp(): void {
    // Moving the rest is paid for by as many that were let go.
    if (this.#first > 1024 && this.#first * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The server is ready: what came before is how it began. */
  closeHead(server: number): void {
    this.#closedHeads.add(server);
  }

  /**
   * What is kept now, with the beginnings of its servers before it.
   * @param sinceUs leaves out what came before
   */
  snapshot(sinceUs = 0): { events: TapeEvent[]; dropped: number } {
    const kept = this.#events.slice(this.#first);
    const recent = kept.filter(({ tUs }) => tUs >= sinceUs);
    const inside = new Set(recent);
    const servers = new Set(recent.filter(({ dir }) => dir !== "host").map(({ server }) => server));
    const heads = [...this.#heads].flatMap(([server, head]) => (servers.has(server) ? head : []));
    const before = heads.filter((event) => !inside.has(event));
    const events = [...before, ...recent].sort((a, b) => a.tUs - b.tUs);
    return { events, dropped: this.dropped + kept.length - recent.length };
  }

  #noteHead(event: TapeEvent): void {
    const { server, dir } = event;
    if (dir === "host" || this.#closedHeads.has(server)) return;
    const head = this.#heads.get(server);
    if (head && head.length >= maxHeadEvents) this.#closedHeads.add(server);
    else if (head) head.push(event);
    else this.#heads.set(server, [event]);
    if (this.#heads.size > maxHeads) this.#heads.delete(this.#heads.keys().next().value!);
  }
}
