import { visible } from "../../../visible.ts";
import { density } from "../density.ts";
import type { LaneLayout } from "../lane-layout.ts";
import type { Bar, TraceLane } from "../trace-model.ts";
import type { ViewWindow } from "../view-window.ts";
import type { Theme } from "./theme.ts";

/** What drawing needs to know; `x` turns microseconds into pixels. */
export interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly theme: Theme;
  readonly layout: LaneLayout;
  readonly view: ViewWindow;
  readonly x: (us: number) => number;
  readonly width: number;
}

const charWidth = 6.8;
const marks = new Set(["failed", "warned", "open"]);

/** Draws the bars that are in the window. @param pieces for a bar that streamed: when each piece came */
export function drawBars(
  drawing: Drawing,
  bars: readonly Bar[],
  shown: Uint8Array,
  selected: number | undefined,
  pieces: ReadonlyMap<number, readonly number[]>,
): void {
  const { layout, view } = drawing;
  const rowTops = new Map(layout.boxes.map(({ lane, rowTop }) => [lane, rowTop]));
  const taken = new Set<string>();
  for (const [index, bar] of bars.entries()) {
    const rowTop = rowTops.get(bar.lane);
    if (rowTop === undefined || shown[index] !== 1 || bar.endUs < view.fromUs || bar.startUs > view.toUs) continue;
    const top = rowTop + bar.row * layout.rowHeight;
    if (index !== selected && drawing.x(bar.endUs) - drawing.x(bar.startUs) < 3) {
      // Of what is narrower than it is drawn, only one is to be seen in a pixel; long recordings have thousands.
      const place = `${top} ${bar.state} ${Math.round(drawing.x(bar.startUs))}`;
      if (taken.has(place)) continue;
      taken.add(place);
    }
    if (bar.kind === "mark") drawMark(drawing, bar, top, index === selected);
    else drawBar(drawing, bar, top, index === selected, pieces.get(index));
  }
}

function colourOf(theme: Theme, { lane, state }: { lane: TraceLane; state: Bar["state"] }): string {
  return state === "failed" ? theme.failed : state === "warned" ? theme.warned : theme.lanes[lane];
}

function drawMark({ context, theme, layout, x }: Drawing, bar: Bar, top: number, selected: boolean): void {
  const middle = top + layout.rowHeight / 2;
  const size = marks.has(bar.state) ? 6 : 4.5;
  context.fillStyle = colourOf(theme, bar);
  context.beginPath();
  context.moveTo(x(bar.startUs), middle - size);
  context.lineTo(x(bar.startUs) + size, middle);
  context.lineTo(x(bar.startUs), middle + size);
  context.lineTo(x(bar.startUs) - size, middle);
  context.fill();
  if (!selected) return;
  context.strokeStyle = theme.accent;
  context.lineWidth = 2.5;
  context.stroke();
}

function drawBar(drawing: Drawing, bar: Bar, top: number, selected: boolean, pieces?: readonly number[]): void {
  const { context, theme, layout, x, width } = drawing;
  const colour = colourOf(theme, bar);
  const left = Math.max(x(bar.startUs), layout.gutter - 4);
  const right = Math.min(Math.max(x(bar.endUs), x(bar.startUs) + 3), width + 4);
  const [y, height] = [top + 1.5, layout.rowHeight - 3];
  context.beginPath();
  context.roundRect(left, y, right - left, height, Math.min(4, (right - left) / 2));
  context.globalAlpha = bar.inferred ? 0.14 : right - left < 8 ? 0.9 : 0.26;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
  if (pieces) drawPieces(drawing, pieces, colour, y + height, height * 0.75);
  outline(context, bar, colour);
  if (selected) {
    context.setLineDash([]);
    context.strokeStyle = theme.accent;
    context.lineWidth = 2.5;
    context.stroke();
  }
  drawLabel(drawing, bar, left, right, top);
}

/** What is not finished, or only inferred, has a broken line. */
function outline(context: CanvasRenderingContext2D, { state, inferred }: Bar, colour: string): void {
  context.setLineDash(inferred ? [2, 2] : state === "open" ? [5, 3] : []);
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.stroke();
  context.setLineDash([]);
}

/** How densely the pieces of a stream came: columns from the bottom of their bar. */
function drawPieces(
  { context, view, x }: Drawing,
  pieces: readonly number[],
  colour: string,
  bottom: number,
  room: number,
): void {
  const [first, last] = [Math.max(pieces[0]!, view.fromUs), Math.min(pieces.at(-1)!, view.toUs)];
  const [left, right] = [x(first), x(last)];
  if (right - left < 6) return;
  const counts = density(pieces, { fromUs: first, toUs: last + 1 }, Math.floor((right - left) / 2));
  let most = 1;
  for (const count of counts) most = Math.max(most, count);
  context.fillStyle = colour;
  context.globalAlpha = 0.5;
  for (const [bin, count] of counts.entries()) {
    const tall = (count / most) * room;
    if (count > 0) context.fillRect(left + bin * 2, bottom - tall, 1.5, tall);
  }
  context.globalAlpha = 1;
}

function drawLabel({ context, theme, layout }: Drawing, bar: Bar, left: number, right: number, top: number): void {
  const room = Math.floor((right - left - 10) / charWidth);
  if (room < 3) return;
  const sign = bar.state === "failed" ? "✕ " : bar.state === "open" ? "… " : "";
  const label = visible(`${sign}${bar.inferred ? "≈ " : ""}${bar.label}`);
  context.fillStyle = theme.text;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(label.length > room ? `${label.slice(0, room - 1)}…` : label, left + 6, top + layout.rowHeight / 2);
}
