import { scaleLinear } from "d3-scale";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { density } from "../density.ts";
import type { TraceModel } from "../trace-model.ts";
import { sizedCanvas, useScheme, useWidth } from "./measure.ts";
import type { PageAction, PageState } from "./state.ts";
import { themeOf } from "./theme.ts";

interface OverviewProps {
  readonly model: TraceModel;
  readonly state: PageState;
  readonly dispatch: (action: PageAction) => void;
}

const height = 46;
const columnWidth = 3;

/** How many messages there were when, over the whole recording: from Codex upwards, to it downwards. */
export function Overview({ model, state: { view, whole }, dispatch }: OverviewProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const times = useMemo(() => timesByDirection(model), [model]);
  useLayoutEffect(() => {
    const context = canvas.current && sizedCanvas(canvas.current, width, height);
    if (!context || !box.current) return;
    const theme = themeOf(box.current);
    const bins = Math.max(1, Math.floor(width / columnWidth));
    const [up, down] = [density(times.up, whole, bins), density(times.down, whole, bins)];
    context.fillStyle = theme.line;
    context.fillRect(0, 31, width, 1);
    columns(context, up, theme.lanes["app-server"], 31, -29);
    columns(context, down, theme.lanes.bridge, 32, 13);
  }, [times, whole, width, scheme]);
  const x = scaleLinear([whole.fromUs, whole.toUs], [0, width]);
  const centre = (event: PointerEvent): void => {
    if (event.buttons === 1) dispatch({ type: "centre", atUs: x.invert(event.offsetX) });
  };
  const [left, right] = [x(view.fromUs), x(view.toUs)];
  return (
    <div class="overview" ref={box} aria-hidden="true" title="Messages over time: from Codex up, to Codex down">
      <canvas ref={canvas} onPointerDown={centre} onPointerMove={centre} />
      <div class="window" style={{ left: `${left}px`, width: `${Math.max(right - left, 3)}px` }} />
    </div>
  );
}

/** Heights go by the square root: one message is still to be seen beside ten thousand. */
function columns(
  context: CanvasRenderingContext2D,
  counts: Uint32Array,
  colour: string,
  base: number,
  room: number,
): void {
  let most = 1;
  for (const count of counts) most = Math.max(most, count);
  context.fillStyle = colour;
  for (const [bin, count] of counts.entries()) {
    if (count > 0) context.fillRect(bin * columnWidth, base, columnWidth - 1, Math.sqrt(count / most) * room);
  }
}

function timesByDirection({ timesUs, directions }: TraceModel): { up: number[]; down: number[] } {
  const [up, down]: [number[], number[]] = [[], []];
  for (const [seq, tUs] of timesUs.entries()) {
    if (directions[seq] === "s") up.push(tUs);
    else if (directions[seq] === "c") down.push(tUs);
  }
  return { up, down };
}
