import { setImmediate as immediately } from "node:timers/promises";
import type { SessionOwner } from "../thread/binding.ts";
import { type Lease, takeLease } from "../thread/lease.ts";
import { SessionQueue } from "../thread/session-queue.ts";
import type { BindingStore } from "../thread/store.ts";
import type { PreparedReset, SessionRef } from "./types.ts";

export function ownerOf(session: SessionRef): SessionOwner {
  return { agentId: session.agentId ?? "main", sessionKey: session.key };
}

/** Something to be done when a session's work is over, before anybody else may have it. */
export type Afterwards = (work: () => Promise<void>) => void;

/** One thing at a time per session: in this process by a queue, between processes by a lease. */
export class Sessions {
  readonly #queue = new SessionQueue();
  readonly #store: BindingStore;
  readonly #waitMs: number;
  readonly #running = new Set<Promise<void>>();
  readonly #finishing = new Set<Promise<void>>();

  constructor(store: BindingStore, waitMs: number) {
    this.#store = store;
    this.#waitMs = waitMs;
  }

  /**
   * The result does not wait for what is done afterwards, nor for the lease to be given back; the next work does.
   * @throws BridgeError `session_busy` naming the process that has the session
   */
  exclusively<T>(
    session: SessionRef,
    work: (afterwards: Afterwards) => Promise<T>,
    signal?: AbortSignal,
    waitMs = this.#waitMs,
  ): Promise<T> {
    const owner = ownerOf(session);
    const result = Promise.withResolvers<T>();
    const inTurn = async (): Promise<void> => {
      const lease = await takeLease(await this.#store.database(), owner, waitMs, signal);
      const later: (() => Promise<void>)[] = [];
      await work((each) => later.push(each)).then(result.resolve, result.reject);
      const finish = this.#finish(later, lease).finally(() => this.#finishing.delete(finish));
      this.#finishing.add(finish);
      await finish;
    };
    const running = this.#queue
      .run(`${owner.agentId}\0${owner.sessionKey}`, waitMs, inTurn, signal)
      .catch(result.reject)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return result.promise;
  }

  async #finish(later: readonly (() => Promise<void>)[], lease: Lease): Promise<void> {
    // The result goes first.
    await immediately();
    for (const each of later) await each();
    // A lease that cannot be given back expires.
    await lease.release().catch(() => undefined);
  }

  /** How much is running or waiting. */
  get size(): number {
    return this.#running.size;
  }

  /** Resolves when what has its result already is over and done with. */
  async finished(): Promise<void> {
    await Promise.all(this.#finishing);
  }

  /** Resolves when nothing runs any more and every lease is given back. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
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
