import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessRow, ProcessTable } from "./process-table.ts";

/** How long processes may take to end by themselves when they are asked to. */
const politeMs = 500;
/** One that cannot even be killed (stuck in the kernel) is left to the next start. */
const hardMs = 3000;
const pollMs = 20;

export type FindProcesses = (rows: readonly ProcessRow[]) => ProcessRow[];

/**
 * Ends processes: SIGTERM, then SIGKILL. They are looked for anew before every signal, so that a pid that changed hands
 * is never signalled, and what they start meanwhile is ended too.
 *
 * @param since none of them started before this
 * @returns what is still there
 */
export async function endProcesses(table: ProcessTable, since: number, find: FindProcesses): Promise<ProcessRow[]> {
  const startedAt = performance.now();
  const asked = new Set<number>();
  for (;;) {
    const left = find(await table.read(since));
    const forMs = performance.now() - startedAt;
    if (left.length === 0 || forMs > politeMs + hardMs) return left;
    signal(table, left, asked, forMs);
    await sleep(pollMs);
  }
}

/** The same for the end of our own process, when nothing can be waited for: it blocks, for a shorter time. */
export function endProcessesNow(table: ProcessTable, since: number, find: FindProcesses): ProcessRow[] {
  const startedAt = performance.now();
  const asked = new Set<number>();
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const left = find(table.readSync(since));
    const forMs = performance.now() - startedAt;
    if (left.length === 0 || forMs > politeMs + hardMs) return left;
    signal(table, left, asked, forMs);
    Atomics.wait(cell, 0, 0, pollMs);
  }
}

function signal(table: ProcessTable, rows: readonly ProcessRow[], asked: Set<number>, forMs: number): void {
  const hard = forMs > politeMs;
  for (const { pid } of rows) {
    if (!hard && asked.has(pid)) continue;
    asked.add(pid);
    table.kill(pid, hard ? "SIGKILL" : "SIGTERM");
  }
}
