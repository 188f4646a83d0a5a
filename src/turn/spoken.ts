import type { ThreadItem } from "../protocol/items.ts";
import type { OpenItem } from "./open-items.ts";
import { fullText } from "./streamed-text.ts";

type SpokenItem = Extract<ThreadItem, { type: "userMessage" | "agentMessage" | "reasoning" }>;

/** Completed messages and reasoning as a list that grows at its head. */
export interface Spoken {
  readonly item: SpokenItem;
  readonly before: Spoken | undefined;
}

export function isSpoken(item: ThreadItem): item is SpokenItem {
  return item.type === "userMessage" || item.type === "agentMessage" || item.type === "reasoning";
}

export function hasSpoken(spoken: Spoken | undefined, type: SpokenItem["type"]): boolean {
  for (let entry = spoken; entry; entry = entry.before) if (entry.item.type === type) return true;
  return false;
}

function words(item: SpokenItem): string {
  if (item.type === "agentMessage") return item.text;
  if (item.type === "reasoning") return [...item.summary, ...item.content].join("\n");
  return item.content.map((part) => part.text ?? part.type).join("\n");
}

const positional = /^item-\d+$/;

/** True for a message under a number of an old server's history instead of the id it was streamed under. */
export function isNumbered(item: ThreadItem): boolean {
  return isSpoken(item) && positional.test(item.id);
}

/**
 * Servers before 0.151, and old threads on newer ones, number the messages of their history (`item-1`, …) instead of
 * keeping the ids they were streamed under. Gives history items the live ids back, where there is a live counterpart:
 * completed ones and those that came with the turn's end by their words and order, then unfinished ones by the words
 * that were streamed of them.
 */
export function withLiveIds(
  items: readonly ThreadItem[],
  spoken: Spoken | undefined,
  open: readonly OpenItem[],
  told: readonly ThreadItem[] = [],
): ThreadItem[] {
  if (!items.some(isNumbered)) return [...items];
  const live: SpokenItem[] = [];
  for (let entry = spoken; entry; entry = entry.before) live.push(entry.item);
  live.reverse();
  live.push(...told.filter(isSpoken));
  const ids = new Map<ThreadItem, string>();
  const used = new Set<number>();
  for (const item of items) {
    if (!isSpoken(item)) continue;
    const at = live.findIndex(
      (other, index) => !used.has(index) && other.type === item.type && words(other) === words(item),
    );
    if (at < 0) continue;
    ids.set(item, live[at]!.id);
    used.add(at);
  }
  const taken = new Set(ids.values());
  const unfinished = open.filter(({ item }) => isSpoken(item) && !taken.has(item.id));
  for (const item of items) {
    if (!isSpoken(item) || ids.has(item)) continue;
    const at = unfinished.findIndex(
      (candidate) => candidate.item.type === item.type && words(item).startsWith(fullText(candidate.text)),
    );
    if (at >= 0) ids.set(item, unfinished.splice(at, 1)[0]!.item.id);
  }
  return items.map((item) => ({ ...item, id: ids.get(item) ?? item.id }));
}
