import type { LaneLayout } from "../lane-layout.ts";
import type { Bar } from "../trace-model.ts";

interface Drawn {
  readonly bars: readonly Bar[];
  readonly shown: Uint8Array;
  readonly layout: LaneLayout;
  readonly x: (us: number) => number;
}

/** Index of the bar at a place, or of the nearest one a finger's breadth around it. */
export function barAt({ bars, shown, layout, x }: Drawn, left: number, top: number): number | undefined {
  const box = layout.boxes.find((each) => top >= each.top && top < each.top + each.height);
  if (!box) return undefined;
  const row = Math.floor((top - box.rowTop) / layout.rowHeight);
  let nearest: number | undefined;
  let distance = 8;
  for (const [index, bar] of bars.entries()) {
    if (bar.lane !== box.lane || bar.row !== row || shown[index] !== 1) continue;
    const away = Math.max(x(bar.startUs) - left, left - x(bar.endUs), 0);
    if (away >= distance) continue;
    nearest = index;
    distance = away;
    if (away === 0) break;
  }
  return nearest;
}
