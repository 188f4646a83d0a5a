import { setTimeout as sleep } from "node:timers/promises";
import { RpcError } from "../wire/errors.ts";

/** A server that is being stopped keeps its threads for as long as it takes to end it: up to 3.5 s. */
const waitMs = 4000;
const pollMs = 100;

/** Newer releases let one server at a time write to a thread, in whatever process. Matched by text, as in refusals.ts. */
export function hasOtherWriter(thrown: unknown): boolean {
  return thrown instanceof RpcError && /already has an active writer/i.test(thrown.rpcMessage);
}

/** Asks again for a while as long as another server has the thread. */
export async function whenWritable<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const until = performance.now() + waitMs;
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      if (!hasOtherWriter(thrown) || signal?.aborted || performance.now() >= until) throw thrown;
    }
    await sleep(pollMs);
  }
}
