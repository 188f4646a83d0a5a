import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { BridgeError } from "../errors.ts";
import { procStat } from "../server/proc-stat.ts";
import type { SessionOwner } from "./binding.ts";
import type { Database, Row } from "./database.ts";
import { abortedWhileWaiting } from "./session-queue.ts";

export const leaseSchema = `CREATE TABLE leases (
  agent_id TEXT NOT NULL, session_key TEXT NOT NULL, owner TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
  pid_started TEXT NOT NULL, since INTEGER NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (agent_id, session_key)) WITHOUT ROWID;`;

/** A lease says when it expires, and is renewed three times as often. */
const leaseMs = 30_000;
/**
 * An expired lease is watched this long before it is taken over. Clocks of machines differ, and wall clocks jump: only a
 * lease that is not renewed either is one whose owner is gone.
 */
const expiredWatchMs = leaseMs / 2;
/** How often a waiting process looks again. */
const pollMs = 100;

/** The right to run something on a session's thread. */
export interface Lease {
  release(): Promise<void>;
}

/** Who holds a session, for people. */
export interface LeaseOwner {
  readonly pid: number;
  readonly host: string;
  readonly sinceMs: number;
}

/**
 * The leases of this process, also where it has loaded this file twice. Any other one in its name could not be given
 * back: nobody has it.
 */
const ownLeases = Symbol.for("codex-bridge.leases");
const shared = globalThis as { [ownLeases]?: Set<string> };
shared[ownLeases] ??= new Set();
const own = shared[ownLeases];
const here = { host: hostname(), pid: process.pid, started: startOf(process.pid) };

/**
 * Takes the session for this process, waiting up to `waitMs` for another one. A lease whose process is gone is taken
 * over at once; any other when it has expired and is seen not to be renewed.
 * @throws BridgeError `session_busy` naming the owner; `aborted` when `signal` aborts while waiting
 */
export async function takeLease(
  database: Database,
  session: SessionOwner,
  waitMs: number,
  signal?: AbortSignal,
  watchMs = expiredWatchMs,
): Promise<Lease> {
  const token = randomUUID();
  own.add(token);
  try {
    await waitFor(database, session, token, { waitMs, watchMs, ...(signal ? { signal } : {}) });
  } catch (thrown) {
    own.delete(token);
    throw thrown;
  }
  const { agentId, sessionKey } = session;
  const renewal = setInterval(() => {
    // A renewal that fails costs nothing as long as the next one succeeds.
    void database
      .write((run) =>
        run(
          "UPDATE leases SET expires = ? WHERE agent_id = ? AND session_key = ? AND owner = ?",
          Date.now() + leaseMs,
          agentId,
          sessionKey,
          token,
        ),
      )
      .catch(() => undefined);
  }, leaseMs / 3);
  renewal.unref();
  return {
    async release() {
      clearInterval(renewal);
      own.delete(token);
      await database.write((run) =>
        run("DELETE FROM leases WHERE agent_id = ? AND session_key = ? AND owner = ?", agentId, sessionKey, token),
      );
    },
  };
}

async function waitFor(
  database: Database,
  session: SessionOwner,
  token: string,
  { waitMs, watchMs, signal }: { readonly waitMs: number; readonly watchMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  const until = performance.now() + waitMs;
  let seen: Seen | undefined;
  for (;;) {
    const row = await tryTake(database, session, token, seen);
    if (!row) return;
    const mark = markOf(row);
    if (seen?.mark !== mark) seen = { mark, sinceMs: performance.now(), watchMs };
    if (signal?.aborted) throw abortedWhileWaiting();
    if (performance.now() >= until) throw busy(holderOf(row));
    await sleep(Math.min(pollMs, Math.max(1, until - performance.now())));
  }
}

/** Who holds a session now; undefined when nobody living does. */
export function leaseHolder(database: Database, session: SessionOwner): LeaseOwner | undefined {
  const row = database.get(
    "SELECT * FROM leases WHERE agent_id = ? AND session_key = ?",
    session.agentId,
    session.sessionKey,
  );
  return row && isAlive(row) && Number(row.expires) >= Date.now() ? holderOf(row) : undefined;
}

/** A lease somebody else has, as it was found, and since when it has not changed (monotonic). */
interface Seen {
  readonly mark: string;
  readonly sinceMs: number;
  /** How long it is watched once it has expired. */
  readonly watchMs: number;
}

const markOf = ({ owner, expires }: Row): string => `${owner} ${expires}`;

/** @returns the row of whoever has the session; undefined when it is ours now */
async function tryTake(
  database: Database,
  session: SessionOwner,
  token: string,
  seen: Seen | undefined,
): Promise<Row | undefined> {
  return database.write((run) => {
    const row = database.get(
      "SELECT * FROM leases WHERE agent_id = ? AND session_key = ?",
      session.agentId,
      session.sessionKey,
    );
    if (row && isAlive(row) && !isAbandoned(row, seen)) return row;
    const now = Date.now();
    run(
      "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      session.agentId,
      session.sessionKey,
      token,
      here.host,
      here.pid,
      here.started,
      now,
      now + leaseMs,
    );
    return undefined;
  });
}

/** Whether the process may still be there that took the lease. */
function isAlive({ host, pid, pid_started, owner }: Row): boolean {
  if (host !== here.host) return true;
  if (pid === here.pid && pid_started === here.started) return own.has(String(owner));
  return startOf(Number(pid)) === pid_started;
}

/** By this clock it may seem to expire in years: what is not renewed for as long as a lease lives is abandoned, too. */
function isAbandoned(row: Row, seen: Seen | undefined): boolean {
  if (seen?.mark !== markOf(row)) return false;
  return performance.now() - seen.sinceMs >= (Number(row.expires) < Date.now() ? seen.watchMs : leaseMs);
}

function holderOf(row: Row): LeaseOwner {
  return { pid: Number(row.pid), host: String(row.host), sinceMs: Number(row.since) };
}

function busy(holder: LeaseOwner): BridgeError {
  const where = holder.host === here.host ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
  return new BridgeError("session_busy", `This session already has a turn running, in ${where}.`, {
    remedy: "Wait for it, interrupt it, or use another session.",
    facts: { pid: holder.pid, host: holder.host, sinceMs: holder.sinceMs },
  });
}

/**
 * When a process started, as far as the system tells: a pid that was given to another process has another start. Empty
 * for a process that is gone; `?` where only its existence can be seen.
 */
function startOf(pid: number): string {
  try {
    return procStat(pid).started || "?";
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT" && process.platform === "linux") return "";
  }
  try {
    process.kill(pid, 0);
    return "?";
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM" ? "?" : "";
  }
}
