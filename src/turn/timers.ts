import type { TurnClock } from "./state.ts";

/** The timers of one turn by name: arming one again starts it anew. */
export class Timers {
  readonly #running = new Map<TurnClock, NodeJS.Timeout>();
  readonly #onFired: (clock: TurnClock) => void;

  constructor(onFired: (clock: TurnClock) => void) {
    this.#onFired = onFired;
  }

  arm(clock: TurnClock, ms: number): void {
    this.disarm(clock);
    this.#running.set(
      clock,
      setTimeout(() => {
        this.#running.delete(clock);
        this.#onFired(clock);
      }, ms),
    );
  }

  disarm(clock: TurnClock): void {
    clearTimeout(this.#running.get(clock));
    this.#running.delete(clock);
  }

  clear(): void {
    for (const timer of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }
}

/** A deadline that stands still while a person is asked. Timers longer than Node's limit are cut at it (24.8 days). */
export class Budget {
  readonly #onOver: () => void;
  #leftMs: number;
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, onOver: () => void) {
    this.#leftMs = Math.min(ms, 2 ** 31 - 1);
    this.#onOver = onOver;
  }

  resume(): void {
    if (this.#since !== undefined) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#onOver, this.#leftMs);
  }

  pause(): void {
    if (this.#since === undefined) return;
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#since));
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#since = undefined;
  }
}

/**
 * Says when nothing has happened for a while, and again after each further while. Noting an activity is one
 * assignment: the timer looks when it fires, and sleeps for the rest.
 */
export class QuietWatch {
  readonly #quietMs: number;
  readonly #onQuiet: () => void;
  #lastAt = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(quietMs: number, onQuiet: () => void) {
    this.#quietMs = quietMs;
    this.#onQuiet = onQuiet;
    this.#sleep(quietMs);
  }

  note(): void {
    this.#lastAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #sleep(ms: number): void {
    this.#timer = setTimeout(() => {
      const restMs = this.#lastAt + this.#quietMs - performance.now();
      if (restMs > 0) {
        this.#sleep(restMs);
        return;
      }
      this.#lastAt = performance.now();
      this.#sleep(this.#quietMs);
      this.#onQuiet();
    }, ms);
  }
}
