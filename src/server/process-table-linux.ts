import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { type ProcStat, procStat } from "./proc-stat.ts";
import { markerName, type Place, type ProcessRow, type ProcessTable } from "./process-table.ts";
import { signalProcess } from "./signal-process.ts";

/** `/proc` counts in hundredths of a second on every architecture Codex is released for. */
const ticksPerSecond = 100;

/** Reads `/proc`, which never touches a disk: about 10 µs for a process, 60 µs for one that is looked at closely. */
export class LinuxProcesses implements ProcessTable {
  #place: Place | undefined;

  get place(): Place {
    this.#place ??= {
      host: hostname(),
      boot: readOr("/proc/sys/kernel/random/boot_id").trim(),
      namespace: linkOr("/proc/self/ns/pid"),
    };
    return this.#place;
  }

  now(): number {
    return Math.floor(Number(readOr("/proc/uptime").split(" ")[0]) * ticksPerSecond);
  }

  async read(since?: number): Promise<ProcessRow[]> {
    return this.readSync(since);
  }

  async find(pids: readonly number[]): Promise<ProcessRow[]> {
    return pids.flatMap((pid) => readProcess(pid, Number.POSITIVE_INFINITY) ?? []);
  }

  readSync(since = Number.POSITIVE_INFINITY): ProcessRow[] {
    const rows: ProcessRow[] = [];
    for (const name of readdirSync("/proc")) {
      const row = /^\d+$/.test(name) ? readProcess(Number(name), since) : undefined;
      if (row) rows.push(row);
    }
    return rows;
  }

  kill(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
    signalProcess(pid, signal);
  }
}

function readProcess(pid: number, since: number): ProcessRow | undefined {
  const stat = statOr(pid);
  if (!stat || stat.started === "" || stat.state === "Z" || stat.state === "X") return undefined;
  const { parent, group, session } = stat;
  const started = Number(stat.started);
  const row = { pid, parent, group, session, started };
  if (started < since) return row;
  const marker = markerIn(readOr(`/proc/${pid}/environ`));
  const rss = /^VmRSS:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/status`))?.[1];
  return {
    ...row,
    command: readOr(`/proc/${pid}/cmdline`).replaceAll("\0", " "),
    rssBytes: Number(rss ?? 0) * 1024,
    ...(marker === undefined ? {} : { marker }),
  };
}

function markerIn(environment: string): string | undefined {
  const mark = `${markerName}=`;
  return environment
    .split("\0")
    .find((variable) => variable.startsWith(mark))
    ?.slice(mark.length);
}

/** A process may end while it is looked at, and one of another user keeps its environment to itself. */
function readOr(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function statOr(pid: number): ProcStat | undefined {
  try {
    return procStat(pid);
  } catch {
    return undefined;
  }
}

function linkOr(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
