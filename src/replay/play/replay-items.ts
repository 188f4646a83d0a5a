import { decodeNotification, type ServerEvent } from "../../protocol/events.ts";
import type { ThreadItem } from "../../protocol/items.ts";
import type { RecordedProcess } from "./lanes.ts";
import { type Finding, finding } from "./replay-invariants.ts";
import type { ReplayTurn } from "./replay-turn.ts";

/** What became of one item, by the lines that tell of it. */
interface Item {
  readonly startedSeq: number;
  readonly type: string;
  readonly id: string;
  readonly key: string;
  words: string;
  doneSeq?: number;
}

/** Every item is begun, told and ended under one name, once, and its words add up. */
export function itemFindings({ messages }: RecordedProcess, turns: readonly ReplayTurn[]): Finding[] {
  const items = new Map<string, Item>();
  const found: Finding[] = [];
  for (const { seq, from, kind, method, body } of messages) {
    if (from !== "server" || kind !== "notification") continue;
    const event = decodeNotification(method, body);
    if (event.type === "item.started") started(items, seq, event);
    else if (event.type === "item.delta") found.push(...delta(items, seq, event));
    else if (event.type === "item.completed") found.push(...completed(items, seq, event));
  }
  return [...found, ...[...items.values()].flatMap((item) => unfinished(item, turns))];
}

type Scoped = { threadId: string; turnId: string };

function keyOf({ threadId, turnId }: Scoped, itemId: string): string {
  return `${threadId}/${turnId}/${itemId}`;
}

function started(items: Map<string, Item>, seq: number, event: Extract<ServerEvent, { type: "item.started" }>): void {
  const { type, id } = event.item;
  const key = keyOf(event, id);
  items.set(key, { startedSeq: seq, type, id, key, words: "" });
}

function delta(items: Map<string, Item>, seq: number, event: Extract<ServerEvent, { type: "item.delta" }>): Finding[] {
  const item = items.get(keyOf(event, event.itemId));
  if (!item) return [finding(seq, `a piece of the item ${event.itemId}, which was never begun`)];
  if (event.channel === "text") item.words += event.delta;
  if (event.channel === "text" && item.type !== "agentMessage") {
    return [finding(seq, `words for the item ${event.itemId}, which is a ${item.type}`)];
  }
  return [];
}

function completed(
  items: Map<string, Item>,
  seq: number,
  event: Extract<ServerEvent, { type: "item.completed" }>,
): Finding[] {
  const { item: done } = event;
  const item = items.get(keyOf(event, done.id));
  // What sub-agents do is told as a whole, by some releases (0.142.5).
  if (!item && done.type === "subAgentActivity") return [];
  if (!item) return [finding(seq, `the end of the item ${done.id}, which was never begun`)];
  if (item.type !== done.type)
    return [finding(seq, `the item ${done.id} ends as a ${done.type} and began as a ${item.type}`)];
  if (item.doneSeq !== undefined && !isToldTwice(done)) {
    return [finding(seq, `the item ${done.id} ends a second time, after line ${item.doneSeq + 1}`)];
  }
  item.doneSeq ??= seq;
  if (done.type !== "agentMessage" || item.words === "" || item.words === done.text) return [];
  return [
    finding(seq, `the words of ${done.id} are not those that were streamed of it from line ${item.startedSeq + 1} on`),
  ];
}

/** 0.125.0 says twice that a change was declined. */
function isToldTwice(item: ThreadItem): boolean {
  return item.type === "fileChange" && item.status === "declined";
}

/** What was begun and never ended has to be marked, taken back, or part of a turn that did not complete. */
function unfinished(item: Item, turns: readonly ReplayTurn[]): Finding[] {
  if (item.doneSeq !== undefined) return [];
  const turn = turns.find(
    ({ state }) => item.key === keyOf({ threadId: state.threadId, turnId: state.turnId ?? "" }, item.id),
  );
  if (!turn) return [];
  const ended = turn.shown.some(
    ({ effect }) =>
      (effect.type === "assistant.discard" && effect.itemId === item.id) ||
      (effect.type === "item" &&
        effect.item.id === item.id &&
        !(effect.incomplete && turn.state.outcome?.kind === "completed")),
  );
  const nothing = item.words === "" && turn.state.outcome?.kind !== "completed";
  return ended || nothing
    ? []
    : [finding(item.startedSeq, `the item ${item.id} (${item.type}) begins here and never ends`)];
}
