import { markerName, type ProcessRow } from "./process-table.ts";
import type { ListedPlatform } from "./process-table-listed.ts";
import { signalProcess } from "./signal-process.ts";

/*
 * Not measured, only unit-tested: the parsing, on lines as ps documents them. ps shows the environment of our own
 * processes (-E) behind their arguments, but not of those the system protects (/bin/sleep, /bin/zsh): these are found by
 * their parents and groups while the server or one of its commands lives, and no longer once all of those are gone.
 * Start times are whole seconds. Sessions are not shown.
 */
const facts = ["-A", "-ww", "-o", "pid=,ppid=,pgid=,rss=,stat=,lstart=,command="];

export const macos: ListedPlatform = {
  listings: [
    { file: "/bin/ps", args: facts },
    { file: "/bin/ps", args: ["-A", "-E", "-ww", "-o", "pid=,command="] },
  ],
  boot: { file: "/usr/sbin/sysctl", args: ["-n", "kern.bootsessionuuid"] },
  parse: ([listed = "", environments = ""]) => {
    const markers = markersIn(environments);
    return listed.split("\n").flatMap((line) => {
      const row = rowOf(line);
      const marker = row && markers.get(row.pid);
      return row ? [marker === undefined ? row : { ...row, marker }] : [];
    });
  },
  now: () => Math.floor(Date.now() / 1000),
  kill: signalProcess,
};

/** `501 1 501 2048 Ss Sat Nov 21 22:03:18 2026 codex app-server` */
function rowOf(line: string): ProcessRow | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d{4})\s(.*)$/.exec(line);
  if (!match) return undefined;
  const [, pid, parent, group, rssKiB, state, start, command] = match as unknown as string[];
  if (state?.startsWith("Z")) return undefined;
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    session: 0,
    started: Math.floor(Date.parse(start!) / 1000),
    command: command!,
    rssBytes: Number(rssKiB) * 1024,
  };
}

/** The last one counts: arguments come first, and could hold anything. */
function markersIn(text: string): Map<number, string> {
  const markers = new Map<number, string>();
  const mark = new RegExp(`^\\s*(\\d+)\\s.*\\s${markerName}=(\\S+)`);
  for (const line of text.split("\n")) {
    const [, pid, marker] = mark.exec(line) ?? [];
    if (marker !== undefined) markers.set(Number(pid), marker);
  }
  return markers;
}
