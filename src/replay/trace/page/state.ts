import { type Filtered, isTrouble, noFilter, type TraceFilter } from "../filter.ts";
import type { TraceLane, TraceModel } from "../trace-model.ts";
import { centred, panned, showing, type ViewWindow, wholeWindow, zoomed } from "../view-window.ts";

export type Tab = "messages" | "transcript";

export interface PageState {
  readonly view: ViewWindow;
  readonly whole: ViewWindow;
  readonly filter: TraceFilter;
  /** `seq` of the line that is shown whole. */
  readonly selected?: number;
  /** Index of the transcript entry that was asked for. */
  readonly entry?: number;
  readonly tab: Tab;
  readonly help: boolean;
  /** Single letters are shortcuts. People who speak to their computer switch that off. */
  readonly singleKeys: boolean;
}

export type PageAction =
  | { readonly type: "view"; readonly view: ViewWindow }
  | { readonly type: "zoom"; readonly factor: number }
  | { readonly type: "pan"; readonly share: number }
  | { readonly type: "centre"; readonly atUs: number }
  | { readonly type: "fit" }
  | { readonly type: "filter"; readonly change: Partial<TraceFilter> }
  | { readonly type: "lane"; readonly lane: TraceLane }
  | { readonly type: "thread"; readonly thread: string | undefined }
  | { readonly type: "select"; readonly seq: number | undefined }
  | { readonly type: "entry"; readonly entry: number }
  | { readonly type: "tab"; readonly tab: Tab }
  | { readonly type: "help"; readonly open: boolean }
  | { readonly type: "singleKeys"; readonly on: boolean };

export function initialState(model: TraceModel): PageState {
  const whole = wholeWindow(model.endUs);
  return { view: whole, whole, filter: noFilter, tab: "messages", help: false, singleKeys: true };
}

/** @returns what an action makes of the page; `model` never changes */
export function reducerOf(model: TraceModel): (state: PageState, action: PageAction) => PageState {
  return (state, action) => {
    const { view, whole, filter } = state;
    switch (action.type) {
      case "view":
        return { ...state, view: action.view };
      case "zoom":
        return { ...state, view: zoomed(view, action.factor, whole, selectedUs(model, state)) };
      case "pan":
        return { ...state, view: panned(view, action.share, whole) };
      case "centre":
        return { ...state, view: centred(view, action.atUs, whole) };
      case "fit":
        return { ...state, view: whole };
      case "filter":
        return { ...state, filter: { ...filter, ...action.change } };
      case "lane":
        return { ...state, filter: { ...filter, hidden: toggled(filter.hidden, action.lane) } };
      case "thread": {
        const { thread: _, ...rest } = filter;
        return { ...state, filter: action.thread === undefined ? rest : { ...rest, thread: action.thread } };
      }
      case "select":
        return select(model, state, action.seq);
      case "entry":
        return { ...state, entry: action.entry, tab: "transcript" };
      case "tab":
        return { ...state, tab: action.tab };
      case "help":
        return { ...state, help: action.open };
      case "singleKeys":
        return { ...state, singleKeys: action.on };
    }
  };
}

function select(model: TraceModel, state: PageState, seq: number | undefined): PageState {
  const { selected: _, ...rest } = state;
  const tUs = seq === undefined ? undefined : model.timesUs[seq];
  if (seq === undefined || tUs === undefined) return rest;
  return { ...rest, selected: seq, view: showing(state.view, tUs, tUs, state.whole) };
}

/** Zooming keeps what is selected in its place, as long as it is to be seen. */
function selectedUs(model: TraceModel, { selected, view }: PageState): number | undefined {
  const tUs = selected === undefined ? undefined : model.timesUs[selected];
  return tUs !== undefined && tUs >= view.fromUs && tUs <= view.toUs ? tUs : undefined;
}

function toggled<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}

/** The next line of the list. @param by how many; negative goes back */
export function nextLine({ lines }: Filtered, selected: number | undefined, by: number): number | undefined {
  if (lines.length === 0) return undefined;
  if (selected === undefined) return lines[by > 0 ? 0 : lines.length - 1];
  let index = lines.findIndex((seq) => seq >= selected);
  if (index < 0) index = lines.length;
  else if (lines[index] !== selected && by > 0) index -= 1;
  return lines[Math.min(Math.max(index + by, 0), lines.length - 1)];
}

/** The first line of the next bar that passes. Bars follow each other as they began. */
export function nextBar(
  model: TraceModel,
  shown: Filtered,
  selected: number | undefined,
  by: 1 | -1,
  only: "trouble" | "all" = "all",
): number | undefined {
  const firsts = model.bars
    .filter((bar, index) => shown.bars[index] === 1 && (only === "all" || isTrouble(bar)))
    .map(({ kind, first, last }) => (kind === "model" ? last : first))
    .sort((a, b) => a - b);
  const own = selected === undefined ? undefined : model.bars[model.barOf[selected]!];
  const from = own === undefined ? -1 : own.kind === "model" ? own.last : own.first;
  return by > 0 ? firsts.find((seq) => seq > from) : (firsts.findLast((seq) => seq < from) ?? firsts[0]);
}
