import { AsyncLocalStorage } from "node:async_hooks";

/** Is told how long things take that are done for one piece of work. Must not throw. */
export interface Meter {
  /** A request was answered, or failed. `fromMs` is a `performance.now()`. */
  call(method: string, fromMs: number, ms: number): void;
  /** An event of a turn was worked into its state. */
  reduced(ms: number): void;
}

/**
 * The meter of the work that is being done, where somebody wants to know. It goes along with the asynchronous context, so
 * that nothing has to be passed on, and a connection that several share tells each of its own requests. Without one it
 * costs a look at the context for every request and every turn.
 */
export const meter = new AsyncLocalStorage<Meter>();

/** Does it, and tells the meter of this context how long it took. */
export async function metered<T>(method: string, ask: () => Promise<T>): Promise<T> {
  const told = meter.getStore();
  if (!told) return ask();
  const fromMs = performance.now();
  try {
    return await ask();
  } finally {
    told.call(method, fromMs, performance.now() - fromMs);
  }
}

export function reducing<T>(told: Meter, work: () => T): T {
  const fromMs = performance.now();
  const done = work();
  told.reduced(performance.now() - fromMs);
  return done;
}
