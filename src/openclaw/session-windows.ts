import type { HarnessCommons } from "../harness/commons.ts";
import { ownerOf } from "../harness/session.ts";
import type { SessionRef } from "../harness/types.ts";
import type { ThreadBinding } from "../thread/binding.ts";
import { sessionRef } from "./session-ref.ts";

/** What the host hands a window to decide with; both are called at the edge of its own transaction. */
export interface WindowMutation {
  commit(): void;
  rollback(): void;
}

export interface WindowParams {
  readonly agentId: string;
  readonly sessionKey: string;
  readonly sessionId: string;
  readonly previousSessionId?: string;
  assertCurrent(): void;
}

/** Why a session's thread ends, and whether the next one is told what is left of the conversation. */
export interface WindowEnd {
  readonly reason: string;
  readonly keepHistory: boolean;
}

export const deletion: WindowEnd = { reason: "the host deleted the session", keepHistory: false };
export const contextReset: WindowEnd = { reason: "the host changed the session's history", keepHistory: true };

/**
 * Holds the session while the host deletes it or cuts its history, and ends its thread exactly when the host's
 * transaction stands (host contract `withSessionDeletion`, `withSessionContextReset`). The thread is ended before the
 * transaction and restored unless it is committed: a process that dies in between leaves an ended thread, from which
 * nothing that was erased can come back.
 */
export async function inSessionWindow<T>(
  commons: HarnessCommons,
  params: WindowParams,
  end: WindowEnd,
  run: (mutation: WindowMutation) => Promise<T>,
): Promise<T> {
  const session = sessionRef(params);
  const owner = ownerOf(session);
  params.assertCurrent();
  const binding = async (): Promise<ThreadBinding | undefined> => {
    const bound = await commons.store.get(owner);
    const known = bound && (bound.sessionId === params.sessionId || bound.sessionId === params.previousSessionId);
    return known && bound.state === "active" ? bound : undefined;
  };
  // Most sessions never had a thread: nothing is held for those.
  if (!(await binding())) return run({ commit: () => undefined, rollback: () => undefined });
  return commons.sessions.exclusively(session, async () => {
    const bound = await binding();
    params.assertCurrent();
    if (!bound) return run({ commit: () => undefined, rollback: () => undefined });
    const { state, retiredReason, carryHistory } = bound;
    await commons.store.patch(owner, {
      state: "retired",
      retiredReason: end.reason,
      carryHistory: end.keepHistory ? 1 : 0,
    });
    let committed = false;
    try {
      return await run({
        commit: () => {
          committed = true;
        },
        rollback: () => {
          committed = false;
        },
      });
    } finally {
      if (!committed) await commons.store.patch(owner, { state, retiredReason, carryHistory });
    }
  });
}

/** Ends the session's thread; the next turn starts another one, which is told nothing of before. */
export function endThread(commons: HarnessCommons, session: SessionRef, reason: string): Promise<void> {
  const patch = { state: "retired", retiredReason: reason, carryHistory: 0 } as const;
  return commons.sessions.exclusively(session, () => commons.store.patch(ownerOf(session), patch));
}
