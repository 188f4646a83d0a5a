import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { type D3ZoomEvent, type ZoomBehavior, zoom, zoomIdentity } from "d3-zoom";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { visible } from "../../../visible.ts";
import type { Filtered } from "../filter.ts";
import { layoutLanes } from "../lane-layout.ts";
import { durationText, momentText } from "../time-text.ts";
import type { Bar, TraceModel } from "../trace-model.ts";
import type { ViewWindow } from "../view-window.ts";
import { drawBars } from "./draw-bars.ts";
import { drawClocks, drawFrame } from "./draw-frame.ts";
import { barAt } from "./hit.ts";
import { sizedCanvas, useScheme, useWidth } from "./measure.ts";
import type { PageAction, PageState } from "./state.ts";
import { themeOf } from "./theme.ts";

interface TimelineProps {
  readonly model: TraceModel;
  readonly state: PageState;
  readonly shown: Filtered;
  readonly dispatch: (action: PageAction) => void;
}

interface Hover {
  readonly bar: Bar;
  readonly left: number;
  readonly top: number;
}

/**
 * The lanes. Drawn on a canvas: thousands of bars as elements would take seconds. For people who cannot see it, it is a
 * slider over the bars that says which one it is at.
 */
export function Timeline({ model, state, shown, dispatch }: TimelineProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const scheme = useScheme();
  const { view, whole, filter } = state;
  const { bars } = model;
  const layout = useMemo(() => layoutLanes(bars, filter.hidden, width), [bars, filter.hidden, width]);
  const pieces = useMemo(() => piecesOf(model), [model]);
  const selectedBar = state.selected === undefined ? undefined : model.barOf[state.selected];
  const [hover, setHover] = useState<Hover>();
  const x = scaleLinear([view.fromUs, view.toUs], [layout.gutter, width]);
  useZoom(canvas, state, layout.gutter, width, (to) => {
    setHover(undefined);
    dispatch({ type: "view", view: to });
  });

  useLayoutEffect(() => {
    const context = canvas.current && sizedCanvas(canvas.current, width, layout.height);
    if (!context || !box.current) return;
    const drawing = { context, theme: themeOf(box.current), layout, view, x, width };
    drawFrame(drawing);
    context.save();
    context.beginPath();
    context.rect(layout.gutter - 4, 0, width, layout.height);
    context.clip();
    drawBars(drawing, bars, shown.bars, selectedBar, pieces);
    drawClocks(drawing, model.clocks);
    context.restore();
  }, [width, layout, view, bars, shown, selectedBar, pieces, scheme, whole]);

  const under = (event: MouseEvent): number | undefined =>
    barAt({ bars, shown: shown.bars, layout, x: (us) => x(us) }, event.offsetX, event.offsetY);
  const move = (event: MouseEvent): void => {
    const index = under(event);
    const bar = index === undefined ? undefined : bars[index];
    setHover(bar ? { bar, left: event.offsetX, top: event.offsetY } : undefined);
  };
  const click = (event: MouseEvent): void => {
    const bar = bars[under(event) ?? -1];
    if (bar) dispatch({ type: "select", seq: bar.kind === "model" ? bar.last : bar.first });
  };
  const current = selectedBar === undefined ? undefined : bars[selectedBar];
  return (
    <div
      class="timeline"
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label="Timeline"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(bars.length - 1, 0)}
      aria-valuenow={selectedBar ?? 0}
      aria-valuetext={current ? barText(current) : "nothing selected; left and right go from bar to bar"}
    >
      <canvas ref={canvas} onMouseMove={move} onMouseLeave={() => setHover(undefined)} onClick={click} />
      {hover && <Tip hover={hover} width={width} />}
    </div>
  );
}

function Tip({ hover: { bar, left, top }, width }: { hover: Hover; width: number }) {
  const style = {
    top: `${top + 18}px`,
    ...(left > width / 2 ? { right: `${width - left}px` } : { left: `${left}px` }),
  };
  return (
    <div class="tip" style={style} aria-hidden="true">
      <bdi>{visible(bar.label)}</bdi>
      <span>{timeOf(bar)}</span>
    </div>
  );
}

function barText(bar: Bar): string {
  return `${bar.lane}: ${visible(bar.label)}, ${timeOf(bar)}`;
}

function timeOf({ startUs, endUs, kind, state, inferred }: Bar): string {
  const long = kind === "mark" ? "" : `, took ${durationText(endUs - startUs)}`;
  const marks = [state === "done" ? "" : state, inferred ? "inferred" : ""].filter((mark) => mark !== "");
  return `at ${momentText(startUs)}${long}${marks.length > 0 ? ` (${marks.join(", ")})` : ""}`;
}

/** For each bar that streamed, when its pieces came. */
function piecesOf({ streamed, barOf, timesUs }: TraceModel): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const seq of streamed) {
    const bar = barOf[seq]!;
    const times = found.get(bar);
    if (times) times.push(timesUs[seq]!);
    else found.set(bar, [timesUs[seq]!]);
  }
  return found;
}

/** The wheel alone and one finger scroll; two fingers, on a screen or a touch pad, and the wheel with Ctrl zoom. */
function isOurs(event: Event): boolean {
  if ("touches" in event) return (event as TouchEvent).touches.length > 1;
  return event instanceof WheelEvent ? event.ctrlKey || event.metaKey : (event as MouseEvent).button === 0;
}

/** Zooming and dragging, as d3-zoom understands them. */
function useZoom(
  canvas: { readonly current: HTMLCanvasElement | null },
  { view, whole }: PageState,
  gutter: number,
  width: number,
  moved: (view: ViewWindow) => void,
): void {
  const behaviour = useRef<ZoomBehavior<HTMLCanvasElement, unknown>>(undefined);
  const latest = useRef(moved);
  latest.current = moved;
  useEffect(() => {
    if (!canvas.current) return;
    const base = scaleLinear([whole.fromUs, whole.toUs], [gutter, width]);
    const extent: [[number, number], [number, number]] = [
      [gutter, 0],
      [width, 1],
    ];
    behaviour.current = zoom<HTMLCanvasElement, unknown>()
      .extent(extent)
      .translateExtent(extent)
      .scaleExtent([1, (whole.toUs - whole.fromUs) / 200])
      .filter(isOurs)
      .on("zoom", ({ transform, sourceEvent }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        if (!sourceEvent) return;
        const scale = transform.rescaleX(base);
        latest.current({ fromUs: scale.invert(gutter), toUs: scale.invert(width) });
      });
    select(canvas.current).call(behaviour.current);
  }, [canvas, whole, gutter, width]);
  useEffect(() => {
    if (!canvas.current || !behaviour.current) return;
    const base = scaleLinear([whole.fromUs, whole.toUs], [gutter, width]);
    const k = (whole.toUs - whole.fromUs) / (view.toUs - view.fromUs);
    select(canvas.current).call(
      behaviour.current.transform,
      zoomIdentity.translate(gutter - k * base(view.fromUs), 0).scale(k),
    );
  }, [canvas, view, whole, gutter, width]);
}
