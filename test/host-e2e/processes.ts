import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/*
 * A gateway and everything it starts has the state folder of its host in the environment: that is how a tree is found
 * after its root is gone. Linux only; elsewhere nothing is found.
 */

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
  readonly residentBytes: number;
}

/** Processes, except this one, that have `marker` in their environment or command line. */
export async function processesWith(marker: string): Promise<FoundProcess[]> {
  if (process.platform !== "linux") return [];
  const pids = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid): Promise<FoundProcess[]> => {
      if (pid === process.pid) return [];
      const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
      const [environment, command, status] = await Promise.all([read("environ"), read("cmdline"), read("status")]);
      if (/^State:\s+Z/m.test(status) || !(environment.includes(marker) || command.includes(marker))) return [];
      const kib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
      return [{ pid, command: command.replaceAll("\0", " ").trim(), residentBytes: kib * 1024 }];
    }),
  );
  return found.flat();
}

/** Waits until no process has `marker` any more; returns those that are still there after `timeoutMs`. */
export async function waitUntilGone(marker: string, timeoutMs: number): Promise<FoundProcess[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const left = await processesWith(marker);
    if (left.length === 0 || Date.now() >= deadline) return left;
    await sleep(250);
  }
}

/** Kills every process that has `marker`: ours, since the marker is a folder only we use. */
export async function killAll(marker: string): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    const left = await processesWith(marker);
    if (left.length === 0) return;
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It went by itself.
      }
    }
    await sleep(200);
  }
}
