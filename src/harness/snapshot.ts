import type { AttemptContext } from "./attempt-context.ts";
import type { LiveServer } from "./server-slot.ts";
import type { Sessions } from "./session.ts";

/**
 * How much a harness holds in memory right now, for tests and long runs. With no work under way everything that counts
 * open work is 0; the rest is bounded.
 */
export interface HarnessSnapshot {
  /** Running servers; on their way out: `leaving`. */
  readonly servers: number;
  readonly leaving: number;
  /** Work in sessions that is running or waiting. */
  readonly sessions: number;
  /** Our requests without an answer yet. */
  readonly requests: number;
  /** The servers' requests without an answer of ours yet. */
  readonly serverRequests: number;
  /** Threads whose events go to a running turn. */
  readonly followed: number;
  /** Threads that the servers have loaded for us. */
  readonly loaded: number;
  /** Turns whose record is still to be completed, transcripts that are owed something, remembered approvals: capped. */
  readonly unfinished: number;
  readonly unwritten: number;
  readonly memories: number;
}

export function snapshotOf(
  { unfinished, unwritten, memories, leaving }: AttemptContext,
  sessions: Sessions,
  live: readonly LiveServer[],
): HarnessSnapshot {
  const sum = (count: (each: LiveServer) => number): number => live.reduce((total, each) => total + count(each), 0);
  return {
    servers: live.length,
    leaving: leaving.size,
    sessions: sessions.size,
    requests: sum(({ server }) => server.wire.pendingCount),
    serverRequests: sum(({ server }) => server.wire.openRequestCount),
    followed: sum(({ router }) => router.followed.length),
    loaded: sum(({ loaded }) => loaded.size),
    unfinished: unfinished.size,
    unwritten: unwritten.size,
    memories: memories.size,
  };
}
