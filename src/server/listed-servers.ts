import { type Ledger, type LedgerEntry, whereabouts } from "./ledger.ts";
import { type ProcessRow, type ProcessTable, treeOf } from "./process-table.ts";
import { markOf, ownerLives } from "./reap.ts";

/** What is known of one server in the ledger. */
export interface ListedServer {
  readonly id: string;
  /**
   * `running`: its owner lives. `leftover`: it, or something it started, outlived its owner; the next start ends it.
   * `gone`: nothing of it is left. `elsewhere`: another machine or container has it.
   */
  readonly status: "running" | "leftover" | "gone" | "elsewhere";
  readonly pid: number;
  readonly owner: { readonly pid: number; readonly alive: boolean; readonly host: string };
  readonly ageMs: number;
  /** Of the server and everything it started. */
  readonly processes: number;
  readonly rssBytes: number;
  readonly binary: string;
  readonly version?: string;
  readonly home?: string;
  /** As its owner noted lately. */
  readonly threads?: number;
  readonly turns?: number;
}

/**
 * The servers of a state folder, oldest first.
 * @param look only looks: damaged entries of the ledger stay where they are
 */
export async function listServers(ledger: Ledger, table: ProcessTable, look = false): Promise<ListedServer[]> {
  const entries = await ledger.entries({ look });
  const rows = entries.length === 0 ? [] : await table.read(Math.min(...entries.map(({ server }) => server.started)));
  return entries.map((entry) => describe(entry, rows, table));
}

function describe(entry: LedgerEntry, rows: readonly ProcessRow[], table: ProcessTable): ListedServer {
  const { id, server, owner, place, startedAtMs, binary, version, home, threads, turns } = entry;
  const where = whereabouts(entry, table.place);
  const alive = where === "here" && ownerLives(entry, rows);
  const tree = where === "here" ? treeOf(rows, markOf(entry)) : [];
  const here = alive ? "running" : tree.length > 0 ? "leftover" : "gone";
  return {
    id,
    status: where === "elsewhere" ? "elsewhere" : here,
    pid: server.pid,
    owner: { pid: owner.pid, alive, host: place.host },
    ageMs: Math.max(0, Date.now() - startedAtMs),
    processes: tree.length,
    rssBytes: tree.reduce((sum, { rssBytes = 0 }) => sum + rssBytes, 0),
    binary,
    ...(version === undefined ? {} : { version }),
    ...(home === undefined ? {} : { home }),
    ...(threads === undefined ? {} : { threads }),
    ...(turns === undefined ? {} : { turns }),
  };
}
