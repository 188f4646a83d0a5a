import type { KnownItem, ThreadItem } from "../protocol/items.ts";
import { fullText, isBlank, type StreamedText } from "./streamed-text.ts";

/** An item that has started. */
export interface OpenItem {
  readonly item: ThreadItem;
  /** What its deltas brought so far. */
  readonly text: StreamedText;
  /** The end of a tool's output so far. */
  readonly preview: string;
  /** The host was told that the streamed words do not stand. */
  readonly discarded?: boolean;
}

const toolTypes = [
  "commandExecution",
  "fileChange",
  "dynamicToolCall",
  "mcpToolCall",
  "webSearch",
  "collabAgentToolCall",
] as const;
export type ToolItem = Extract<KnownItem, { type: (typeof toolTypes)[number] }>;

const tools: ReadonlySet<string> = new Set(toolTypes);

/** Items that a user sees as something the agent did, with a beginning and an end. */
export function isToolItem(item: ThreadItem): item is ToolItem {
  return tools.has(item.type);
}

const previewChars = 8192;

export function appendPreview(preview: string, delta: string): string {
  return (preview + delta).slice(-previewChars);
}

/**
 * What open items become when the turn ends without their completion. Tools are kept, as unfinished. Words that were
 * streamed are kept too, because a user has seen them, unless the turn completed: then the server left them out of its
 * record (a retried stream, a steer that cut in). Of several unfinished messages only the last one stands.
 */
export function closeOpenItems(
  open: readonly OpenItem[],
  turnCompleted: boolean,
): { kept: ThreadItem[]; discarded: string[] } {
  const kept: ThreadItem[] = [];
  const discarded: string[] = [];
  const lastMessage = open.findLast(({ item, text }) => item.type === "agentMessage" && !isBlank(text));
  for (const entry of open) {
    const { item, text } = entry;
    if (item.type === "agentMessage") {
      if (entry === lastMessage && !turnCompleted) kept.push({ ...item, text: fullText(text) });
      else if (!isBlank(text) && !entry.discarded) discarded.push(item.id);
    } else if (item.type === "reasoning") {
      if (!isBlank(text) && !turnCompleted) kept.push({ ...item, summary: [fullText(text)] });
    } else if (item.type === "plan") {
      if (!isBlank(text)) kept.push({ ...item, text: fullText(text) });
    } else if (isToolItem(item)) {
      kept.push(item);
    }
  }
  return { kept, discarded };
}
