import { setTimeout as sleep } from "node:timers/promises";
import type { Clocks } from "../clocks.ts";
import type { AppServer } from "../server/app-server.ts";
import type { ThreadBinding } from "../thread/binding.ts";
import { readNewestTurn, readTurnRecord } from "../thread/history.ts";
import { interrupt } from "../turn/interrupt.ts";
import { RpcError } from "../wire/errors.ts";
import type { Running } from "./attempt-context.ts";
import type { LiveServer } from "./server-slot.ts";

const askEveryMs = 100;

/**
 * A server that somebody else runs goes on with our turn when the connection to it is lost, or our process dies. Nobody
 * would see what it does, so it is ended as the death of a server of our own would have ended it; what there is of it
 * is read back by whoever completes the record.
 */
export async function endLeftTurn(
  running: Pick<Running, "context" | "clocks">,
  live: LiveServer,
  bound: Pick<ThreadBinding, "threadId" | "lastTurnId" | "lastTurnStatus">,
): Promise<void> {
  const { context, clocks } = running;
  if (live.server.process !== undefined) return;
  const seen = context.unfinished.get(bound.threadId);
  if (!seen && !isOpen(bound)) return;
  try {
    const named = seen ? seen.turnId : bound.lastTurnId;
    const turnId = named ?? (await unnamed(live.server, bound, clocks));
    if (turnId === undefined) return;
    if (seen && seen.turnId === undefined) context.unfinished.set(bound.threadId, { ...seen, turnId });
    await end(live.server, { threadId: bound.threadId, turnId, children: [...(seen?.children.keys() ?? [])] }, clocks);
  } catch (thrown) {
    // What the server does not know, it does not run.
    if (!(thrown instanceof RpcError)) throw thrown;
  }
}

/** A turn of which we noted that it began, and not that it ended. */
function isOpen({ lastTurnId, lastTurnStatus }: Pick<ThreadBinding, "lastTurnId" | "lastTurnStatus">): boolean {
  return lastTurnId !== undefined && !["completed", "failed", "interrupted"].includes(lastTurnStatus ?? "completed");
}

/** The connection was lost before the server named the turn: if it began, it is the newest and one we do not know. */
async function unnamed(
  server: AppServer,
  { threadId, lastTurnId }: Pick<ThreadBinding, "threadId" | "lastTurnId">,
  { requestMs }: Clocks,
): Promise<string | undefined> {
  const newest = await readNewestTurn(server, threadId, requestMs);
  return newest?.id === lastTurnId ? undefined : newest?.id;
}

interface Left {
  readonly threadId: string;
  readonly turnId: string;
  readonly children: readonly string[];
}

async function end(server: AppServer, { threadId, turnId, children }: Left, clocks: Clocks): Promise<void> {
  const until = performance.now() + clocks.settlementMs;
  for (;;) {
    const { turn } = await readTurnRecord(server, threadId, turnId, clocks.requestMs);
    if (turn?.status !== "inProgress" || performance.now() > until) return;
    // Also from a connection that does not follow the thread.
    await interrupt(server, threadId, children);
    await sleep(askEveryMs);
  }
}
