import { BridgeError } from "../errors.ts";

/**
 * Does one thing at a time per session, in the order of asking: turns, compactions, forks and resets never race. Who
 * would have to wait longer than allowed is refused.
 */
export class SessionQueue {
  readonly #tails = new Map<string, Promise<void>>();

  /** @throws BridgeError `session_busy` after `waitMs`; `aborted` when `signal` aborts while waiting */
  async run<T>(key: string, waitMs: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#tails.get(key);
    const done = Promise.withResolvers<void>();
    const tail = before ? before.then(() => done.promise) : done.promise;
    this.#tails.set(key, tail);
    try {
      if (before) await inTime(before, waitMs, signal);
      return await work();
    } finally {
      done.resolve();
      // Who was refused leaves its place in the queue to those before it.
      void tail.then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    }
  }
}

async function inTime(turn: Promise<void>, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  const late = Promise.withResolvers<never>();
  const refuse = (): void =>
    late.reject(
      new BridgeError("session_busy", "This session already has a turn running.", {
        remedy: "Wait for it, interrupt it, or use another session.",
        facts: { pid: process.pid },
      }),
    );
  const abort = (): void => late.reject(abortedWhileWaiting());
  const timer = setTimeout(refuse, waitMs);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([turn, late.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

export function abortedWhileWaiting(): BridgeError {
  return new BridgeError("aborted", "The attempt was aborted while it waited for its session.");
}
