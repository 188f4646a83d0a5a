import path from "node:path";
import { Ledger, type LedgerEntry, ledgerFolder, whereabouts } from "../server/ledger.ts";
import { type ProcessRow, type ProcessTable, treeOf } from "../server/process-table.ts";
import { processTable } from "../server/processes.ts";
import { markOf, ownerLives, reapLeftovers } from "../server/reap.ts";
import { plain } from "../visible.ts";
import { defaultStateDir } from "./setup.ts";

export interface ServersOptions {
  readonly json?: boolean;
  readonly state?: string;
  readonly reap?: boolean;
}

/** What is known of one server in the ledger. */
interface ListedServer {
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

/** `codex-bridge servers`: the servers of a state folder. */
export async function servers(options: ServersOptions): Promise<void> {
  const folder = ledgerFolder(path.resolve(options.state ?? defaultStateDir(process.env)));
  const ledger = new Ledger(folder, (message, facts) =>
    process.stderr.write(`${plain(message)}: ${plain(JSON.stringify(facts))}\n`),
  );
  const table = processTable();
  const reaped = options.reap ? await reapLeftovers(ledger, table) : undefined;
  const listed = await list(ledger, table);
  const ended = reaped?.reduce((sum, each) => sum + each.ended, 0);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(ended === undefined ? listed : { ended, servers: listed })}\n`);
    return;
  }
  if (ended !== undefined) process.stdout.write(`${ended} ${ended === 1 ? "process" : "processes"} ended\n`);
  process.stdout.write(listed.length === 0 ? "no servers\n" : listed.map(line).join(""));
}

async function list(ledger: Ledger, table: ProcessTable): Promise<ListedServer[]> {
  const entries = await ledger.entries();
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

function line(server: ListedServer): string {
  const { status, pid, owner, ageMs, processes, rssBytes, version = "?", home = "", threads = 0, turns = 0 } = server;
  const of = status === "elsewhere" ? `${owner.pid} on ${owner.host}` : `${owner.pid}${owner.alive ? "" : " (gone)"}`;
  const size = `${Math.round(rssBytes / 1_048_576)} MiB in ${processes} ${processes === 1 ? "process" : "processes"}`;
  const work = `${threads} ${threads === 1 ? "thread" : "threads"}, ${turns} at work`;
  const facts = `pid ${pid}  of ${of}  ${age(ageMs)}  codex ${version}  ${size}  ${work}  ${home}`;
  return `${plain(`${status.padEnd(9)}  ${facts}`.trim())}\n`;
}

function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}
