import type { KnownItem, ThreadItem } from "../protocol/items.ts";

/** An item that has started; `streamed` is the text its deltas brought so far. */
export interface OpenItem {
  readonly item: ThreadItem;
  readonly streamed: string;
}

const toolTypes = ["commandExecution", "fileChange", "dynamicToolCall", "mcpToolCall", "webSearch"] as const;
export type ToolItem = Extract<KnownItem, { type: (typeof toolTypes)[number] }>;

/** Items that a user sees as something the agent did, with a beginning and an end. */
export function isToolItem(item: ThreadItem): item is ToolItem {
  return (toolTypes as readonly string[]).includes(item.type);
}

export function agentText(item: ThreadItem): string {
  return item.type === "agentMessage" ? item.text : "";
}

/**
 * What open items become when the turn ends without their completion. Streamed text is kept: a user has seen it. A turn
 * that completed normally drops unfinished messages, because the server replaced them (a retried stream, a steer).
 */
export function closeOpenItems(open: readonly OpenItem[], turnCompleted: boolean): ThreadItem[] {
  const closed: ThreadItem[] = [];
  for (const { item, streamed } of open) {
    if (item.type === "agentMessage") {
      if (streamed !== "" && !turnCompleted) closed.push({ ...item, text: streamed });
    } else if (item.type === "reasoning") {
      if (streamed !== "" && !turnCompleted) closed.push({ ...item, summary: [streamed] });
    } else if (isToolItem(item)) {
      closed.push(item);
    }
  }
  return closed;
}
