import type { SessionOwner } from "../thread/binding.ts";
import { type Lease, takeLease } from "../thread/lease.ts";
import { SessionQueue } from "../thread/session-queue.ts";
import type { BindingStore } from "../thread/store.ts";
import type { PreparedReset, SessionRef } from "./types.ts";

export function ownerOf(session: SessionRef): SessionOwner {
  return { agentId: session.agentId ?? "main", sessionKey: session.key };
}

/** One thing at a time per session: in this process by a queue, between processes by a lease. */
export class Sessions {
  readonly #queue = new SessionQueue();
  readonly #store: BindingStore;
  readonly #waitMs: number;

  constructor(store: BindingStore, waitMs: number) {
    this.#store = store;
    this.#waitMs = waitMs;
  }

  /** @throws BridgeError `session_busy` naming the process that has the session */
  exclusively<T>(session: SessionRef, work: () => Promise<T>, signal?: AbortSignal, waitMs = this.#waitMs): Promise<T> {
    const owner = ownerOf(session);
    const inTurn = async (): Promise<T> => {
      const lease: Lease = await takeLease(await this.#store.database(), owner, waitMs, signal);
      try {
        return await work();
      } finally {
        // A lease that cannot be given back expires.
        await lease.release().catch(() => undefined);
      }
    };
    return this.#queue.run(`${owner.agentId}\0${owner.sessionKey}`, waitMs, inTurn, signal);
  }
}

/** Holds a session until a change is committed or rolled back; only a commit makes it. */
export async function prepare(
  sessions: Sessions,
  session: SessionRef,
  change: () => Promise<void>,
): Promise<PreparedReset> {
  const held = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<boolean>();
  const over = sessions.exclusively(session, async () => {
    held.resolve();
    if (await decided.promise) await change();
  });
  over.catch(held.reject);
  await held.promise;
  const decide = (commit: boolean) => (): Promise<void> => {
    decided.resolve(commit);
    return over;
  };
  return { commit: decide(true), rollback: decide(false) };
}
