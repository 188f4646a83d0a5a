import { scaleLinear } from "d3-scale";
import { tickText } from "../time-text.ts";
import type { FiredClock } from "../trace-model.ts";
import type { Drawing } from "./draw-bars.ts";

/** Draws what is behind the bars: lanes and the axis of time. */
export function drawFrame(drawing: Drawing): void {
  const { context, theme, layout, view, x, width } = drawing;
  context.textBaseline = "middle";
  for (const [index, { top, height }] of layout.boxes.entries()) {
    if (index % 2 > 0) continue;
    context.fillStyle = theme.stripe;
    context.fillRect(0, top, width, height);
  }
  context.font = "11px system-ui, sans-serif";
  const ticks = scaleLinear([view.fromUs, view.toUs], [0, 1]).ticks(Math.max(2, Math.floor(width / 110)));
  const stepUs = (ticks[1] ?? 1_000_000) - (ticks[0] ?? 0);
  for (const us of ticks) {
    const at = Math.round(x(us)) + 0.5;
    if (us < 0 || at < layout.gutter) continue;
    context.fillStyle = theme.line;
    context.fillRect(at, layout.axisHeight - 4, 1, layout.height);
    context.fillStyle = theme.muted;
    context.textAlign = at > width - 30 ? "right" : at < 30 ? "left" : "center";
    context.fillText(tickText(us, stepUs), at, 9);
  }
  drawTitles(drawing);
}

function drawTitles({ context, theme, layout }: Drawing): void {
  context.textAlign = "left";
  context.font = "600 12px system-ui, sans-serif";
  for (const { lane, top, height, rowTop } of layout.boxes) {
    context.fillStyle = theme.lanes[lane];
    context.fillRect(0, top, 3, height);
    const above = rowTop - top > 10;
    context.fillText(lane, 10, above ? top + 11 : rowTop + layout.rowHeight / 2);
  }
  context.font = "11px system-ui, sans-serif";
}

/** Draws the clocks that fired across all lanes: whatever ended there, ended because of them. */
export function drawClocks(drawing: Drawing, clocks: readonly FiredClock[]): void {
  const { context, theme, layout, view, x, width } = drawing;
  let free = 0;
  for (const { name, tUs, named } of clocks) {
    if (tUs < view.fromUs || tUs > view.toUs) continue;
    const at = x(tUs);
    context.strokeStyle = theme.clock;
    context.lineWidth = 1.5;
    context.setLineDash(named ? [] : [4, 3]);
    context.beginPath();
    context.moveTo(at, layout.axisHeight - 8);
    context.lineTo(at, layout.height);
    context.stroke();
    context.setLineDash([]);
    const wide = context.measureText(name).width + 10;
    const left = Math.min(Math.max(at - wide / 2, layout.gutter), width - wide);
    if (left < free) continue;
    free = left + wide;
    context.fillStyle = theme.clock;
    context.beginPath();
    context.roundRect(left, 17, wide, 15, 4);
    context.fill();
    context.fillStyle = theme.surface;
    context.textAlign = "left";
    context.fillText(name, left + 5, 25);
  }
}
