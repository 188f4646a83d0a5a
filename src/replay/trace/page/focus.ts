import type { KeyPress } from "./shortcuts.ts";

/** What kind of place a key was pressed in. @param target what has the focus */
export function placeOf(target: EventTarget | null): KeyPress["place"] {
  if (!(target instanceof HTMLElement)) return "elsewhere";
  if (target instanceof HTMLInputElement && target.type !== "checkbox") return "text";
  if (target.matches(".timeline")) return "timeline";
  return target.matches("button, select, input, summary, pre, [role=tab]") ? "control" : "elsewhere";
}
