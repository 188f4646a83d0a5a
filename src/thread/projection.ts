import type { ThreadItem } from "../protocol/items.ts";
import type { AppServer } from "../server/app-server.ts";

/** Something a user could see of an earlier conversation. */
export interface PriorMessage {
  readonly role: "user" | "assistant" | "tool" | "summary";
  /** For a tool: its name and how it ended. What it was called with stays out. */
  readonly text: string;
  /** Pictures that belong to it, as data URLs. */
  readonly images?: readonly string[];
}

/** Pictures of an earlier conversation cost as much as thousands of words: only the newest are shown again. */
const maxImages = 4;

export interface Projection {
  /** Items for `thread/inject_items`. */
  readonly items: readonly unknown[];
  readonly messages: number;
  readonly leftOut: number;
}

/**
 * An earlier conversation as a quotation for a new thread: the newest messages that fit, in their order, summaries
 * before anything else; the newest pictures follow it. Quoted, because the words in it are no instructions of this conversation.
 * @param maxBytes of the quoted text (UTF-8)
 */
export function projectHistory(messages: readonly PriorMessage[], maxBytes: number): Projection {
  const wanted = messages.map((message, index) => ({
    index,
    line: lineOf(message),
    summary: message.role === "summary",
  }));
  const chosen = new Set<number>();
  let left = maxBytes;
  for (const pass of [true, false]) {
    for (const { index, line, summary } of wanted.toReversed()) {
      if (summary !== pass || line === "") continue;
      const bytes = Buffer.byteLength(line);
      // The newest message is cut rather than lost; of older ones a hole would be worse than the end.
      if (bytes > left) break;
      chosen.add(index);
      left -= bytes;
    }
  }
  const newest = wanted.findLast(({ line }) => line !== "");
  const cut = newest && chosen.size === 0 ? [clip(newest.line, maxBytes)] : [];
  const lines = [...wanted.filter(({ index }) => chosen.has(index)).map(({ line }) => line), ...cut];
  const shown = lines.length;
  if (shown === 0) return { items: [], messages: 0, leftOut: messages.length };
  const text = [
    "This session goes on in a new thread. What was said before is quoted here, oldest first, as background only.",
    "<earlier_conversation>",
    ...lines,
    "</earlier_conversation>",
  ].join("\n");
  const images = newestImages(messages.filter((_, index) => chosen.has(index)));
  const content = [{ type: "input_text", text }, ...images.map((url) => ({ type: "input_image", image_url: url }))];
  const item = { type: "message", role: "user", content };
  return { items: [item], messages: shown, leftOut: messages.length - shown };
}

function newestImages(messages: readonly PriorMessage[]): readonly string[] {
  return messages.flatMap(({ images = [] }) => images).slice(-maxImages);
}

function lineOf({ role, text }: PriorMessage): string {
  // Quoted words must not be able to end the quotation.
  const safe = text.trim().replaceAll(/<(\/?)earlier_conversation/gi, "‹$1earlier_conversation");
  return safe === "" ? "" : `[${role}] ${safe}`;
}

function clip(line: string, maxBytes: number): string {
  const bytes = Buffer.from(line);
  if (bytes.length <= maxBytes) return line;
  return `${bytes.subarray(0, maxBytes).toString("utf8").replace(/�+$/, "")} …`;
}

/** The newest turns of a thread as the server has them, oldest first; empty when it cannot be read. */
export async function readPriorMessages(server: AppServer, threadId: string): Promise<PriorMessage[]> {
  const params = { threadId, limit: 50, itemsView: "full" } as const;
  const listed = await server.call("thread/turns/list", params).catch(() => undefined);
  const turns = listed?.data.toReversed() ?? [];
  return turns.flatMap((turn) => turn.items.flatMap((item) => priorMessage(item) ?? []));
}

function priorMessage(item: ThreadItem): PriorMessage | undefined {
  switch (item.type) {
    case "userMessage":
      return { role: "user", text: item.content.map((part) => part.text ?? `[${part.type}]`).join("\n") };
    case "agentMessage":
      return { role: "assistant", text: item.text };
    case "commandExecution":
    case "fileChange":
      return { role: "tool", text: `${item.type} ${item.status}` };
    case "dynamicToolCall":
    case "mcpToolCall":
      return { role: "tool", text: `${item.tool} ${item.status}` };
    default:
      return undefined;
  }
}
