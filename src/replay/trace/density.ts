import type { ViewWindow } from "./view-window.ts";

/**
 * How much happened when: counts for `bins` equal parts of a window.
 * @param timesUs in ascending order
 */
export function density(timesUs: ArrayLike<number>, { fromUs, toUs }: ViewWindow, bins: number): Uint32Array {
  const counts = new Uint32Array(Math.max(bins, 1));
  const perUs = counts.length / Math.max(toUs - fromUs, 1);
  for (let index = firstFrom(timesUs, fromUs); index < timesUs.length; index += 1) {
    const bin = Math.floor((timesUs[index]! - fromUs) * perUs);
    if (bin >= counts.length) break;
    counts[bin]! += 1;
  }
  return counts;
}

/** Index of the first time that is not before `fromUs`; the length when there is none. */
function firstFrom(timesUs: ArrayLike<number>, fromUs: number): number {
  let [low, high] = [0, timesUs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timesUs[middle]! < fromUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
