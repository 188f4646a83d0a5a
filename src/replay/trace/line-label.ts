import { itemLabel } from "./bar-labels.ts";
import { brief, partOf, textOf } from "./message-parts.ts";

/** What a line is called in the list. */
export interface LineLabel {
  readonly name: string;
  readonly detail?: string;
}

/** @param barLabel of the bar it belongs to: an answer has no name of its own */
export function lineLabel(message: unknown, barLabel: string): LineLabel {
  const method = textOf(message, "method");
  if (method !== undefined) return labelled(method, detailOf(message));
  const event = textOf(message, "event");
  if (event !== undefined) {
    const detail = textOf(message, "prompt") ?? textOf(message, "kind") ?? textOf(message, "outcome", "kind");
    return labelled(event, detail);
  }
  const noise = textOf(message, "$noise");
  if (noise !== undefined) return labelled("no message", noise);
  return labelled(partOf(message, "error") === undefined ? "answer" : "error", barLabel);
}

function detailOf(message: unknown): string | undefined {
  const params = partOf(message, "params");
  const item = partOf(params, "item");
  if (item !== undefined) return itemLabel(item);
  const status = textOf(params, "turn", "status") ?? textOf(params, "status", "type");
  return textOf(params, "delta") ?? textOf(params, "command") ?? textOf(params, "tool") ?? status;
}

function labelled(name: string, detail: string | undefined): LineLabel {
  return detail === undefined || detail === "" ? { name } : { name, detail: brief(detail, 160) };
}
