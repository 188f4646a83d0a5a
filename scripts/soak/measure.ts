import { readdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { CodexHarness } from "../../src/harness/codex-harness.ts";
import { runningBelow } from "../../test/support/processes.ts";

/** What is measured again and again, and how much it may grow over the second half of a run. */
export const measures = {
  rssBytes: { unit: "MiB", mayGrow: 24 * 2 ** 20 },
  heapBytes: { unit: "MiB", mayGrow: 8 * 2 ** 20 },
  fds: { unit: "", mayGrow: 6 },
  processes: { unit: "", mayGrow: 4 },
  pending: { unit: "", mayGrow: 6 },
  storeBytes: { unit: "MiB", mayGrow: 256 * 2 ** 10 },
} as const;
export type Measure = keyof typeof measures;
export type Sample = Readonly<Record<Measure, number>> & { readonly atMs: number };

/** @param helpers processes below this one that are not the bridge's */
export function sampleOf(harness: CodexHarness, stateDir: string, helpers: number, atMs: number): Sample {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { sessions, requests, serverRequests, followed, leaving } = harness.snapshot();
  return {
    atMs,
    rssBytes: rss,
    heapBytes: heapUsed,
    fds: readdirSync("/proc/self/fd").length,
    processes: runningBelow(process.pid).length - helpers,
    pending: sessions + requests + serverRequests + followed + leaving,
    storeBytes: storeBytes(path.join(stateDir, "sessions.db")),
  };
}

/** What the store holds, wherever it stands now: SQLite lets its log grow to 4 MiB before it is used again. */
function storeBytes(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const { page_count: pages } = database.prepare("PRAGMA page_count").get() as { page_count: number };
    return pages * 4096;
  } finally {
    database.close();
  }
}

export interface Verdict {
  readonly measure: Measure;
  readonly atStart: number;
  readonly atEnd: number;
  readonly grew: number;
  readonly flat: boolean;
}

/**
 * The rule: the first half is warm-up. Through the samples of the second a straight line is laid (least squares); what
 * it rises from its first sample to its last is how much the measure grew, and may not be more than `mayGrow`.
 */
export function verdicts(samples: readonly Sample[]): Verdict[] {
  const second = samples.slice(samples.length >> 1);
  return (Object.keys(measures) as Measure[]).map((measure) => {
    const grew = riseOf(second.map((sample) => [sample.atMs, sample[measure]]));
    const [atStart, atEnd] = [samples[0]?.[measure] ?? 0, samples.at(-1)?.[measure] ?? 0];
    return { measure, atStart, atEnd, grew, flat: grew <= measures[measure].mayGrow };
  });
}

function riseOf(points: readonly (readonly [number, number])[]): number {
  const n = points.length;
  if (n < 2) return 0;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return variance === 0 ? 0 : (covariance / variance) * (points.at(-1)![0] - points[0]![0]);
}
