import { setTimeout as sleep } from "node:timers/promises";
import type { Clocks } from "../clocks.ts";
import { BridgeError } from "../errors.ts";
import { readTurnRecord } from "../thread/history.ts";
import { RpcError } from "../wire/errors.ts";
import type { LiveServer } from "./server-slot.ts";

const askEveryMs = 250;

/** A thread that is said to be busy is asked: the word that it rests may have been lost. */
export async function restsInTime(
  { server, router }: LiveServer,
  threadId: string,
  clocks: Pick<Clocks, "sessionWaitMs" | "requestMs">,
): Promise<boolean> {
  const until = performance.now() + clocks.sessionWaitMs;
  while (!(await router.rests(threadId, 0))) {
    const { threadStatus } = await readTurnRecord(server, threadId, undefined, clocks.requestMs);
    router.noteStatus(threadId, threadStatus);
    const leftMs = until - performance.now();
    if (leftMs <= 0) return false;
    await router.rests(threadId, Math.min(leftMs, 1000));
  }
  return true;
}

/**
 * Waits until nobody works on a thread of a server that somebody else runs. Opening it anew, with the settings of this
 * attempt, would end the turn of another client.
 * @throws BridgeError `thread_busy`
 */
export async function waitForRest(
  { server }: LiveServer,
  threadId: string,
  clocks: Pick<Clocks, "sessionWaitMs" | "requestMs">,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (server.process !== undefined) return;
  const until = performance.now() + clocks.sessionWaitMs;
  try {
    while ((await readTurnRecord(server, threadId, undefined, clocks.requestMs)).threadStatus === "active") {
      if (signal?.aborted) return;
      if (performance.now() > until) throw threadBusy(threadId);
      await sleep(askEveryMs);
    }
  } catch (thrown) {
    // What the server does not know, it does not run.
    if (!(thrown instanceof RpcError)) throw thrown;
  }
}

export function threadBusy(threadId: string): BridgeError {
  return new BridgeError("thread_busy", "Codex is still running another turn on this thread.", {
    remedy: "Wait for it, or interrupt it in the client that started it.",
    facts: { threadId, clock: "sessionWaitMs" },
  });
}
