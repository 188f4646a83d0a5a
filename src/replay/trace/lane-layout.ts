import { rowsOf } from "./rows.ts";
import { type Bar, type TraceLane, traceLanes } from "./trace-model.ts";

export interface LaneBox {
  readonly lane: TraceLane;
  readonly top: number;
  readonly height: number;
  /** Where its first row of bars is. */
  readonly rowTop: number;
}

export interface LaneLayout {
  readonly boxes: readonly LaneBox[];
  readonly height: number;
  readonly rowHeight: number;
  /** Room for the names of the lanes on the left; on a narrow screen they stand above. */
  readonly gutter: number;
  readonly axisHeight: number;
}

const rowHeight = 19;
const padding = 4;
/** Pixels above the lanes: the axis, and the names of clocks. */
const axisHeight = 34;

/** Where the lanes are, in CSS pixels. @param hidden lanes that take no room */
export function layoutLanes(bars: readonly Bar[], hidden: ReadonlySet<TraceLane>, width: number): LaneLayout {
  const narrow = width < 640;
  const title = narrow ? 16 : 0;
  const rows = rowsOf(bars);
  const boxes: LaneBox[] = [];
  let top = axisHeight;
  for (const [index, lane] of traceLanes.entries()) {
    if (hidden.has(lane)) continue;
    const height = title + rows[index]! * rowHeight + 2 * padding;
    boxes.push({ lane, top, height, rowTop: top + title + padding });
    top += height;
  }
  return { boxes, height: top + 2, rowHeight, gutter: narrow ? 8 : 104, axisHeight };
}
