import type { ServerEvent } from "../protocol/events.ts";
import type { ThreadItem } from "../protocol/items.ts";
import { addId, emptyIdSet, hasId, type IdSet } from "./id-set.ts";
import { appendPreview, isToolItem, type ToolItem } from "./open-items.ts";
import type { Effects, TurnState } from "./state.ts";

/** The thread of a native sub-agent. Its words go to its parent through the parent's own items; its tools are shown. */
export interface Child {
  readonly status: "running" | "completed" | "failed" | "interrupted";
  readonly open: ReadonlyMap<string, { readonly item: ToolItem; readonly preview: string }>;
  readonly done: IdSet;
  /** Its last message, cut: what it came to. */
  readonly text: string;
}

const newChild: Child = { status: "running", open: new Map(), done: emptyIdSet, text: "" };
const maxTextChars = 16_384;

/** Items of a parent name the threads of its sub-agents; those are followed from then on. */
export function followChildren(state: TurnState, item: ThreadItem, effects: Effects): TurnState {
  const ids =
    item.type === "collabAgentToolCall"
      ? item.receiverThreadIds
      : item.type === "subAgentActivity"
        ? [item.agentThreadId]
        : [];
  const task =
    (item.type === "collabAgentToolCall" ? item.prompt : item.type === "subAgentActivity" && item.agentPath) ||
    undefined;
  const fresh = ids.filter((id) => id !== state.threadId && !state.children.has(id));
  if (fresh.length === 0) return state;
  const children = new Map(state.children);
  for (const threadId of fresh) {
    children.set(threadId, newChild);
    const told = task === undefined ? {} : { task };
    effects.push({ type: "follow", threadId }, { type: "agent", threadId, status: "running", ...told });
  }
  return { ...state, children };
}

/** What a sub-agent's thread says. The same events as the turn's own, and the same rules for its tools. */
export function childEvent(state: TurnState, threadId: string, event: ServerEvent, effects: Effects): TurnState {
  const child = state.children.get(threadId)!;
  const put = (next: Child): TurnState => ({ ...state, children: new Map(state.children).set(threadId, next) });
  switch (event.type) {
    case "turn.started":
      if (child.status === "running") return state;
      effects.push({ type: "agent", threadId, status: "running" });
      return put({ ...child, status: "running" });
    case "turn.completed": {
      const { status: said } = event.turn;
      const status = said === "completed" || said === "interrupted" ? said : "failed";
      effects.push({ type: "agent", threadId, status, ...(child.text ? { text: child.text } : {}) });
      let done = child.done;
      for (const id of child.open.keys()) done = addId(done, id);
      return put({ ...child, status, open: endTools(child, threadId, effects), done });
    }
    case "item.started": {
      const { item } = event;
      const next = followChildren(state, item, effects);
      if (!isToolItem(item) || child.open.has(item.id) || hasId(child.done, item.id)) return next;
      effects.push({ type: "tool.start", item, agent: threadId });
      const open = new Map(child.open).set(item.id, { item, preview: "" });
      return { ...next, children: new Map(next.children).set(threadId, { ...child, open }) };
    }
    case "item.delta": {
      const entry = event.channel === "output" ? child.open.get(event.itemId) : undefined;
      if (!entry) return state;
      const preview = appendPreview(entry.preview, event.delta);
      effects.push({ type: "tool.output", item: entry.item, preview, agent: threadId });
      return put({ ...child, open: new Map(child.open).set(event.itemId, { ...entry, preview }) });
    }
    case "item.completed": {
      const { item } = event;
      if (item.type === "agentMessage") return put({ ...child, text: item.text.slice(0, maxTextChars) });
      const next = followChildren(state, item, effects);
      if (!isToolItem(item) || hasId(child.done, item.id)) return next;
      if (!child.open.has(item.id)) effects.push({ type: "tool.start", item, agent: threadId });
      effects.push({ type: "tool.end", item, agent: threadId });
      const open = new Map(child.open);
      open.delete(item.id);
      const done = addId(child.done, item.id);
      return { ...next, children: new Map(next.children).set(threadId, { ...child, open, done }) };
    }
    default:
      return state;
  }
}

export function runningChildren(state: TurnState): string[] {
  return [...state.children].filter(([, { status }]) => status === "running").map(([threadId]) => threadId);
}

/** Every tool that was started is ended, also when its sub-agent outlives the turn. */
export function closeChildren(state: TurnState, effects: Effects): TurnState {
  for (const [threadId, child] of state.children) {
    endTools(child, threadId, effects);
    if (child.status === "running") effects.push({ type: "agent", threadId, status: "left_running" });
  }
  return { ...state, children: new Map() };
}

function endTools(child: Child, threadId: string, effects: Effects): Child["open"] {
  for (const { item } of child.open.values()) effects.push({ type: "tool.end", item, agent: threadId });
  return new Map();
}
