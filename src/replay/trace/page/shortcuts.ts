import type { Filtered } from "../filter.ts";
import { type TraceModel, traceLanes } from "../trace-model.ts";
import { nextBar, nextLine, type PageAction, type PageState } from "./state.ts";

/** What a key asks for: an action, or the search field. */
export type KeyAnswer = PageAction | { readonly type: "search" } | { readonly type: "leave" };

export interface KeyPress {
  readonly key: string;
  readonly shift: boolean;
  /** Control, Alt or Meta: those are the browser's. */
  readonly modified: boolean;
  /** Where the focus is. */
  readonly place: "text" | "control" | "timeline" | "elsewhere";
}

/** What a key does. @returns undefined for one that is none of ours */
export function keyAnswer(
  { key, shift, modified, place }: KeyPress,
  model: TraceModel,
  state: PageState,
  shown: Filtered,
): KeyAnswer | undefined {
  if (modified || state.help) return undefined;
  if (key === "Escape") return place === "text" ? { type: "leave" } : { type: "select", seq: undefined };
  if (place === "text") return undefined;
  const { selected } = state;
  const line = (by: number): PageAction => selectable(nextLine(shown, selected, by));
  const bar = (by: 1 | -1, only?: "trouble"): PageAction => selectable(nextBar(model, shown, selected, by, only));
  if (place !== "control") {
    if (key === "ArrowDown") return line(1);
    if (key === "ArrowUp") return line(-1);
    if (key === "PageDown") return line(15);
    if (key === "PageUp") return line(-15);
    if (key === "Home") return selectable(shown.lines[0]);
    if (key === "End") return selectable(shown.lines.at(-1));
    if (key === "ArrowRight" && shift) return { type: "pan", share: 0.25 };
    if (key === "ArrowLeft" && shift) return { type: "pan", share: -0.25 };
    if (key === "ArrowRight" && place === "timeline") return bar(1);
    if (key === "ArrowLeft" && place === "timeline") return bar(-1);
  }
  if (!state.singleKeys) return undefined;
  const lane = /^[1-6]$/.test(key) ? traceLanes[Number(key) - 1] : undefined;
  if (lane) return { type: "lane", lane };
  switch (key) {
    case "j":
      return line(1);
    case "k":
      return line(-1);
    case "]":
      return bar(1);
    case "[":
      return bar(-1);
    case "n":
      return bar(1, "trouble");
    case "p":
      return bar(-1, "trouble");
    case "+":
    case "=":
      return { type: "zoom", factor: 0.5 };
    case "-":
      return { type: "zoom", factor: 2 };
    case "0":
      return { type: "fit" };
    case "/":
      return { type: "search" };
    case "s":
      return { type: "filter", change: { streamed: !state.filter.streamed } };
    case "x":
      return { type: "filter", change: { trouble: !state.filter.trouble } };
    case "t":
      return { type: "tab", tab: "transcript" };
    case "m":
      return { type: "tab", tab: "messages" };
    case "?":
      return { type: "help", open: true };
    default:
      return undefined;
  }

  function selectable(seq: number | undefined): PageAction {
    return { type: "select", seq: seq ?? selected };
  }
}
