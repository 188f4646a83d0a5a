import path from "node:path";
import { Ledger, ledgerFolder } from "../server/ledger.ts";
import { type ListedServer, listServers } from "../server/listed-servers.ts";
import { processTable } from "../server/processes.ts";
import { reapLeftovers } from "../server/reap.ts";
import { plain } from "../visible.ts";
import { defaultStateDir } from "./setup.ts";

export interface ServersOptions {
  readonly json?: boolean;
  readonly state?: string;
  readonly reap?: boolean;
}

/** `codex-bridge servers`: the servers of a state folder. */
export async function servers(options: ServersOptions): Promise<void> {
  const folder = ledgerFolder(path.resolve(options.state ?? defaultStateDir(process.env)));
  const ledger = new Ledger(folder, (message, facts) =>
    process.stderr.write(`${plain(message)}: ${plain(JSON.stringify(facts))}\n`),
  );
  const table = processTable();
  const reaped = options.reap ? await reapLeftovers(ledger, table) : undefined;
  const listed = await listServers(ledger, table);
  const ended = reaped?.reduce((sum, each) => sum + each.ended, 0);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(ended === undefined ? listed : { ended, servers: listed })}\n`);
    return;
  }
  if (ended !== undefined) process.stdout.write(`${ended} ${ended === 1 ? "process" : "processes"} ended\n`);
  process.stdout.write(listed.length === 0 ? "no servers\n" : listed.map(line).join(""));
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
