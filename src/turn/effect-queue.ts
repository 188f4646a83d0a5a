import type { HostEffect } from "./state.ts";

export type EffectHandler = (effect: HostEffect) => void | Promise<void>;

const highWaterChars = 1_048_576;

/**
 * Carries out effects one after the other, off the reader. Neighbouring deltas of one item are merged while they wait,
 * so a slow consumer sees fewer and larger pieces; past `highWater` effects, or a megabyte of merged text, the producer
 * is told to wait, which slows the pipe.
 */
export class EffectQueue {
  readonly #handle: EffectHandler;
  readonly #onError: (error: unknown) => void;
  readonly #highWater: number;
  #waiting: HostEffect[] = [];
  #running: Promise<void> | undefined;
  #wake: (() => void)[] = [];

  constructor(handle: EffectHandler, onError: (error: unknown) => void, highWater = 256) {
    this.#handle = handle;
    this.#onError = onError;
    this.#highWater = highWater;
  }

  /** Adds effects; the returned promise is for a producer that should not run further ahead. */
  push(effects: readonly HostEffect[]): void | Promise<void> {
    for (const effect of effects) if (!this.#merge(effect)) this.#waiting.push(effect);
    if (!this.#running && this.#waiting.length > 0) this.#drain();
    if (this.#waiting.length <= this.#highWater && this.#waitingChars() <= highWaterChars) return undefined;
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  /** Resolves when everything pushed so far was carried out. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  #waitingChars(): number {
    const last = this.#waiting.at(-1);
    return last?.type === "delta" ? last.delta.length : 0;
  }

  #merge(effect: HostEffect): boolean {
    const last = this.#waiting.at(-1);
    if (effect.type === "delta") {
      if (last?.type !== "delta" || last.channel !== effect.channel || last.item.id !== effect.item.id) return false;
      const replace = last.replace === true || effect.replace === true;
      const delta = effect.replace ? "" : last.delta + effect.delta;
      this.#waiting[this.#waiting.length - 1] = { ...effect, delta, ...(replace ? { replace: true } : {}) };
      return true;
    }
    // A preview holds everything the one before it showed that still matters.
    if (effect.type !== "tool.output" || last?.type !== "tool.output" || last.item.id !== effect.item.id) return false;
    this.#waiting[this.#waiting.length - 1] = effect;
    return true;
  }

  /** Synchronous as long as the handler is: a delta whose handler returns nothing costs no promise. */
  #drain(): void {
    while (this.#waiting.length > 0) {
      const effect = this.#waiting.shift()!;
      try {
        const pending = this.#handle(effect);
        if (pending) {
          this.#running = this.#continue(pending);
          return;
        }
      } catch (thrown) {
        this.#onError(thrown);
      }
    }
    this.#running = undefined;
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #continue(pending: Promise<void>): Promise<void> {
    try {
      await pending;
    } catch (thrown) {
      this.#onError(thrown);
    }
    if (this.#waiting.length <= this.#highWater / 2) for (const wake of this.#wake.splice(0)) wake();
    this.#drain();
  }
}
