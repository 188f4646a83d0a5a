import { endProcesses } from "./end-processes.ts";
import { type Ledger, type LedgerEntry, whereabouts } from "./ledger.ts";
import { type ProcessRow, type ProcessTable, type ServerMark, treeOf } from "./process-table.ts";

/** Entries about machines and containers that cannot be seen from here are forgotten after this. */
const forgetMs = 30 * 86_400_000;

export interface Reaped {
  readonly entry: LedgerEntry;
  /** How many processes were ended. */
  readonly ended: number;
  /** How many would not go; their entry stays. */
  readonly left: number;
}

/** What tells an entry's processes from all others. */
export function markOf({ id, server, seen }: LedgerEntry): ServerMark {
  return { id, pid: server.pid, started: server.started, digest: server.digest, seen };
}

/** A pid that was given to another process is no owner. */
export function ownerLives({ owner }: LedgerEntry, rows: readonly ProcessRow[]): boolean {
  return rows.some(({ pid, started }) => pid === owner.pid && started === owner.started);
}

/**
 * Ends what is left of servers whose owner was killed, and nothing else: the entry says by pid, start time, arguments and
 * marker which processes those are. A server with a living owner is left alone.
 */
export async function reapLeftovers(ledger: Ledger, table: ProcessTable): Promise<Reaped[]> {
  const entries = await ledger.entries();
  if (entries.length === 0) return [];
  const rows = await table.find([process.pid, ...entries.map(({ owner }) => owner.pid)]);
  // A table that does not even list ourselves says nothing about others.
  if (!rows.some(({ pid }) => pid === process.pid)) return [];
  const reaped = await Promise.all(
    entries.map(async (entry): Promise<Reaped | undefined> => {
      const where = whereabouts(entry, table.place);
      if (where === "here") return ownerLives(entry, rows) ? undefined : reap(entry, ledger, table);
      if (where === "before_reboot" || Date.now() - entry.startedAtMs > forgetMs) await ledger.remove(entry.id);
      return undefined;
    }),
  );
  return reaped.filter((each) => each !== undefined);
}

async function reap(entry: LedgerEntry, ledger: Ledger, table: ProcessTable): Promise<Reaped> {
  const ended = new Set<number>();
  const left = await endProcesses(table, entry.server.started, (rows) => {
    const tree = treeOf(rows, markOf(entry));
    for (const { pid } of tree) ended.add(pid);
    return tree;
  });
  if (left.length === 0) await ledger.remove(entry.id);
  return { entry, ended: ended.size - left.length, left: left.length };
}
