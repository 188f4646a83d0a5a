import { createHash } from "node:crypto";

/** A process as the system lists it. Zombies are not listed: nothing of them runs. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** Process group and session; 0 where the system has none. */
  readonly group: number;
  readonly session: number;
  /** When it started, in a unit of the platform's own. With the pid it names one process of this boot and no other. */
  readonly started: number;
  /** Its arguments joined by blanks. As `marker` and `rssBytes` only of processes that started at or after `since`. */
  readonly command?: string;
  /** The server it belongs to, as its environment says; absent where that cannot be seen. */
  readonly marker?: string;
  readonly rssBytes?: number;
}

/** Which system a pid is about: a ledger may be seen by several machines and containers, and lives through reboots. */
export interface Place {
  readonly host: string;
  /** Empty where the system does not name its boots. */
  readonly boot: string;
  /** The namespace of pids; empty where there is only one. */
  readonly namespace: string;
}

/** The processes of this machine. One for each platform, chosen by `processTable`. */
export interface ProcessTable {
  readonly place: Place;
  /** This moment, in the unit of `started`. */
  now(): number;
  /** @param since command, marker and memory are looked up only for processes that started at or after this */
  read(since?: number): Promise<ProcessRow[]>;
  /** Those of these that there are; cheaper than all of them where processes can be looked up one by one. */
  find(pids: readonly number[]): Promise<ProcessRow[]>;
  /** The same without giving up the thread: at the end of a process there is no later. */
  readSync(since?: number): ProcessRow[];
  /** Sends a signal; a process that is gone, or is not ours to signal, is passed over. */
  kill(pid: number, signal: "SIGTERM" | "SIGKILL"): void;
}

/** The variable by which everything a server starts is known to be its own, whatever group or parent it moved to. */
export const markerName = "CODEX_BRIDGE_SERVER";

/** What tells one server's processes from all others. */
export interface ServerMark {
  /** The value of the marker: made for this server alone. */
  readonly id: string;
  readonly pid: number;
  readonly started: number;
  /** Of the arguments it was started with. */
  readonly digest: string;
  /** When the server was last known to live, in the unit of `started`. */
  readonly seen: number;
}

/**
 * Everything that belongs to a server: itself, what carries its marker, what is in its own process group or session, and
 * what any of those started. Each is proven by pid and start time together; a name proves nothing.
 *
 * A group, a session or a parent's pid outlives its process, and then the number says little: it can have been given out
 * again. What is known by it alone counts only when it is older than the server's last sign of life.
 *
 * @param self this process: neither it, nor what it descends from, nor what it started on its own is ever meant
 */
export function treeOf(rows: readonly ProcessRow[], server: ServerMark, self = process.pid): ProcessRow[] {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const spared = ancestorsOf(byPid, self);
  const pidTaken = byPid.get(server.pid);
  const root = pidTaken && isServer(pidTaken, server) ? pidTaken : undefined;
  const found = new Map<number, ProcessRow>();
  const queue: ProcessRow[] = [];
  const take = (row: ProcessRow): void => {
    if (found.has(row.pid) || row.pid === self) return;
    found.set(row.pid, row);
    queue.push(row);
  };
  if (root) take(root);
  for (const row of rows) {
    if (row.started < server.started || (row.pid === server.pid && !root)) continue;
    if (row.marker === server.id) take(row);
    else if (row.started <= server.seen && (root || !pidTaken || row.started < pidTaken.started)) {
      if (row.group === server.pid || row.session === server.pid) take(row);
      // Windows, which has no groups, keeps the pid of a parent that is gone.
      else if (row.group === 0 && row.parent === server.pid) take(row);
    }
  }
  for (let each = queue.shift(); each; each = queue.shift()) {
    const { pid, started } = each;
    for (const row of rows) {
      if (row.started < started || spared.has(pid)) continue;
      if (row.parent === pid || row.group === pid || row.session === pid) take(row);
    }
  }
  return [...found.values()].filter(({ pid }) => !spared.has(pid));
}

/** A wrapper may have started Codex with other arguments in its own place; the marker is as good as these. */
function isServer(row: ProcessRow, { started, digest, id }: ServerMark): boolean {
  if (row.started !== started) return false;
  return row.command === undefined || row.marker === id || endsWithDigest(row.command, digest);
}

function ancestorsOf(byPid: ReadonlyMap<number, ProcessRow>, self: number): Set<number> {
  const ancestors = new Set([self]);
  for (let row = byPid.get(self); row && !ancestors.has(row.parent); row = byPid.get(row.parent)) {
    ancestors.add(row.parent);
  }
  return ancestors;
}

/**
 * A digest of the arguments a process was started with. Systems quote and escape them differently when they list them,
 * and a script is listed behind its interpreter, so only their plain characters count, and only the end of a line.
 */
export function commandDigest(args: readonly string[]): string {
  const text = plainOf(args.join(" "));
  return `${text.length}:${createHash("sha256").update(text).digest("hex")}`;
}

/** Whether a listed command ends with the arguments of which this is the digest. */
export function endsWithDigest(command: string, digest: string): boolean {
  const length = Number(digest.split(":")[0]);
  const text = plainOf(command);
  return text.length >= length && commandDigest([text.slice(text.length - length)]) === digest;
}

function plainOf(text: string): string {
  return text.replace(/[^!#-[\]-~]/g, "");
}
