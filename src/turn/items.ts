import type { ServerEvent } from "../protocol/events.ts";
import type { ThreadItem } from "../protocol/items.ts";
import { followChildren } from "./children.ts";
import { addId, hasId } from "./id-set.ts";
import { appendPreview, isToolItem, type OpenItem } from "./open-items.ts";
import { isSpoken } from "./spoken.ts";
import type { Effects, TurnState } from "./state.ts";
import { consumeSteer } from "./steering.ts";
import { appendText, fullText, isBlank, noText } from "./streamed-text.ts";
import { forgetContext } from "./usage.ts";

type Delta = Extract<ServerEvent, { type: "item.delta" }>;

function indexOf(open: readonly OpenItem[], itemId: string): number {
  for (let index = open.length - 1; index >= 0; index -= 1) if (open[index]!.item.id === itemId) return index;
  return -1;
}

export function itemStarted(state: TurnState, item: ThreadItem, effects: Effects): TurnState {
  if (hasId(state.done, item.id) || indexOf(state.open, item.id) >= 0) return state;
  const next: TurnState = {
    ...followChildren(state, item, effects),
    open: [...state.open, { item, text: noText, preview: "" }],
    touched: state.touched || item.type !== "userMessage",
  };
  if (item.type === "agentMessage") effects.push({ type: "assistant.start", itemId: item.id });
  else if (item.type === "contextCompaction") effects.push({ type: "compaction", phase: "start" });
  else if (isToolItem(item)) effects.push({ type: "tool.start", item });
  return next;
}

export function itemDelta(state: TurnState, event: Delta, effects: Effects): TurnState {
  const index = indexOf(state.open, event.itemId);
  if (index < 0) {
    // Of an item that is finished: its completion had the whole text. Of one nobody announced: something was lost.
    return hasId(state.done, event.itemId) ? state : { ...state, strayDeltas: state.strayDeltas + 1 };
  }
  const before = state.open[index]!;
  const { item } = before;
  if (event.channel === "output") {
    if (!isToolItem(item)) return state;
    const preview = appendPreview(before.preview, event.delta);
    effects.push({ type: "tool.output", item, preview });
    return { ...state, open: state.open.with(index, { ...before, preview }) };
  }
  if (!state.firstToken) effects.push({ type: "first_token" });
  const text = appendText(before.text, event.delta);
  const replace = before.discarded ? { replace: true as const } : {};
  effects.push({
    type: "delta",
    channel: event.channel,
    item,
    delta: before.discarded ? "" : event.delta,
    text: fullText(text),
    ...replace,
  });
  return { ...state, firstToken: true, open: state.open.with(index, { ...before, text, discarded: false }) };
}

/** Parts of a reasoning summary are paragraphs; the first one needs no separator. */
export function reasoningPart(state: TurnState, itemId: string, effects: Effects): TurnState {
  const index = indexOf(state.open, itemId);
  const before = state.open[index];
  if (!before || isBlank(before.text)) return state;
  const text = appendText(before.text, "\n\n");
  effects.push({ type: "delta", channel: "reasoning", item: before.item, delta: "\n\n", text: fullText(text) });
  return { ...state, open: state.open.with(index, { ...before, text }) };
}

export function itemCompleted(state: TurnState, item: ThreadItem, effects: Effects): TurnState {
  if (hasId(state.done, item.id)) return state;
  const index = indexOf(state.open, item.id);
  const open = state.open[index];
  if (!open && isToolItem(item)) effects.push({ type: "tool.start", item });
  if (!open && item.type === "contextCompaction") effects.push({ type: "compaction", phase: "start" });
  if (item.type === "agentMessage") finishMessage(item, open, effects);
  if (isToolItem(item)) effects.push({ type: "tool.end", item });
  if (item.type === "reasoning") effects.push({ type: "reasoning.end" });
  if (item.type === "contextCompaction") effects.push({ type: "compaction", phase: "end" });
  effects.push({ type: "item", item, incomplete: false });
  const answer =
    item.type === "agentMessage"
      ? betterAnswer(state.answer, { itemId: item.id, text: item.text, final: item.phase === "final_answer" })
      : state.answer;
  const next = consumeSteer(followChildren(state, item, effects), item, effects);
  return {
    ...next,
    open: open ? state.open.toSpliced(index, 1) : state.open,
    done: addId(state.done, item.id),
    spoken: isSpoken(item) ? { item, before: state.spoken } : state.spoken,
    touched: state.touched || item.type !== "userMessage",
    ...(answer ? { answer } : {}),
    ...(item.type === "contextCompaction" ? { usage: forgetContext(state.usage) } : {}),
  };
}

/** Deltas are best effort: what they missed follows here, so that the text a host shows equals the final text. */
function finishMessage(
  item: Extract<ThreadItem, { type: "agentMessage" }>,
  open: OpenItem | undefined,
  effects: Effects,
): void {
  if (!open) effects.push({ type: "assistant.start", itemId: item.id });
  const streamed = open && !open.discarded ? fullText(open.text) : "";
  if (item.text === streamed) return;
  if (item.text.startsWith(streamed)) {
    effects.push({ type: "delta", channel: "text", item, delta: item.text.slice(streamed.length), text: item.text });
  } else {
    effects.push({ type: "delta", channel: "text", item, delta: "", text: item.text, replace: true });
  }
}

/** The answer is the last message marked final; without marks, the last message. */
function betterAnswer(before: TurnState["answer"], now: NonNullable<TurnState["answer"]>): TurnState["answer"] {
  return before?.final && !now.final ? before : now;
}
