import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { BridgeError } from "../errors.ts";
import type { SessionOwner } from "./binding.ts";
import type { Database, Row } from "./database.ts";
import { abortedWhileWaiting } from "./session-queue.ts";

export const leaseSchema = `CREATE TABLE leases (
  agent_id TEXT NOT NULL, session_key TEXT NOT NULL, owner TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
  pid_started TEXT NOT NULL, since INTEGER NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (agent_id, session_key)) WITHOUT ROWID;`;

/** A lease lives this long without a sign of its owner, and is renewed three times as often. */
const leaseMs = 30_000;
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

const here = { host: hostname(), pid: process.pid, started: startOf(process.pid) };

/**
 * Takes the session for this process, waiting up to `waitMs` for another one. A lease whose process is gone is taken
 * over at once, one of another machine when it has expired.
 * @throws BridgeError `session_busy` naming the owner; `aborted` when `signal` aborts while waiting
 */
export async function takeLease(
  database: Database,
  session: SessionOwner,
  waitMs: number,
  signal?: AbortSignal,
): Promise<Lease> {
  const token = randomUUID();
  const until = performance.now() + waitMs;
  for (;;) {
    const holder = await tryTake(database, session, token);
    if (!holder) break;
    if (signal?.aborted) throw abortedWhileWaiting();
    if (performance.now() >= until) throw busy(holder);
    await sleep(Math.min(pollMs, Math.max(1, until - performance.now())));
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
      await database.write((run) =>
        run("DELETE FROM leases WHERE agent_id = ? AND session_key = ? AND owner = ?", agentId, sessionKey, token),
      );
    },
  };
}

/** Who holds a session now; undefined when nobody living does. */
export function leaseHolder(database: Database, session: SessionOwner): LeaseOwner | undefined {
  const row = database.get(
    "SELECT * FROM leases WHERE agent_id = ? AND session_key = ?",
    session.agentId,
    session.sessionKey,
  );
  return row && isHeld(row) ? holderOf(row) : undefined;
}

async function tryTake(database: Database, session: SessionOwner, token: string): Promise<LeaseOwner | undefined> {
  return database.write((run) => {
    const holder = leaseHolder(database, session);
    if (holder) return holder;
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

function isHeld(row: Row): boolean {
  if (Number(row.expires) < Date.now()) return false;
  return row.host !== here.host || startOf(Number(row.pid)) === row.pid_started;
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
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name may hold spaces and brackets; the fields after it do not. Start time is field 22.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "?";
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
