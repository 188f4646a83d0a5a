import type { DraftBar } from "./bar-book.ts";
import { type TraceLane, traceLanes } from "./trace-model.ts";

/** What happens at the same time more often than this is drawn on top of each other. */
const maxRows = 8;
/** The part of the whole time that even a moment takes, so that its neighbours can be told apart. */
const leastShare = 1 / 250;

/** Gives every bar a row of its lane: the first one that is free when it begins. Moments come below what takes time. */
export function placeRows(bars: readonly DraftBar[], endUs: number): void {
  for (const lane of traceLanes) {
    const own = bars.filter((bar) => bar.lane === lane);
    const long = own.filter(({ kind }) => kind !== "mark");
    const rows = place(long, endUs * leastShare);
    for (const bar of own) if (bar.kind === "mark") bar.row = rows;
  }
}

function place(bars: readonly DraftBar[], leastUs: number): number {
  const freeFromUs: number[] = [];
  const inOrder = [...bars].sort((a, b) => a.startUs - b.startUs || b.endUs - a.endUs);
  for (const bar of inOrder) {
    let row = freeFromUs.findIndex((freeUs) => freeUs <= bar.startUs);
    if (row < 0) row = freeFromUs.length < maxRows ? freeFromUs.length : freeFromUs.indexOf(Math.min(...freeFromUs));
    bar.row = row;
    freeFromUs[row] = Math.max(freeFromUs[row] ?? 0, bar.endUs, bar.startUs + leastUs);
  }
  return freeFromUs.length;
}

/** How many rows each lane needs, in the order of the lanes. */
export function rowsOf(bars: readonly { readonly lane: TraceLane; readonly row: number }[]): number[] {
  const rows = traceLanes.map(() => 1);
  for (const { lane, row } of bars) {
    const index = traceLanes.indexOf(lane);
    rows[index] = Math.max(rows[index]!, row + 1);
  }
  return rows;
}
