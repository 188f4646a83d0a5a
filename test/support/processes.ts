import { execFileSync } from "node:child_process";

/** Pids of living processes that descend from `pid`, zombies included, the asking `ps` excluded. */
export function runningBelow(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([own, parent, name]) => ({ pid: Number(own), parent: Number(parent), name }));
  const below: number[] = [];
  const queue = [pid];
  while (queue.length > 0) {
    const parent = queue.shift();
    for (const row of rows) {
      if (row.parent !== parent || row.name === "ps") continue;
      below.push(row.pid);
      queue.push(row.pid);
    }
  }
  return below;
}
