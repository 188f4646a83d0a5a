import type {
  AssistantEntry,
  CompletedCall,
  Conversation,
  ModelCall,
  Part,
  Thinking,
} from "../../conversation/types.ts";
import type { JsonObject } from "../../json.ts";
import { CallIds } from "../../upstream/call-ids.ts";
import { reminder } from "./results.ts";

/* A conversation as messages of the Messages API. Roles take turns, and results follow right after their calls. */

export interface MessagesLayout {
  /** Texts in front of the first thing the user said. */
  readonly before: readonly string[];
  /** Calls whose results have a reminder behind them, and its words. */
  readonly reminded: ReadonlySet<ModelCall>;
  readonly reminderWords: string;
  /** The model takes pictures. */
  readonly images: boolean;
}

type Block = JsonObject & { type: string };

interface Message extends JsonObject {
  readonly role: "user" | "assistant";
  readonly content: Block[];
}

export const cacheMark = { type: "ephemeral" } as const;

/**
 * The messages, with the one mark up to which the provider shall keep what it has read. Content is always a list of
 * blocks, also of a single text: only so do earlier messages stay as they were, byte for byte, when the mark moves on.
 */
export function messagesOf({ entries }: Conversation, layout: MessagesLayout): JsonObject[] {
  const messages: Message[] = [];
  const ids = new CallIds(new Set());
  const add = (role: Message["role"], blocks: readonly Block[]): void => {
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) messages.push({ role, content: [...blocks] });
  };
  add("user", layout.before.map(textBlock));
  for (const entry of entries) {
    if (entry.kind === "user") add("user", partBlocks(entry.parts, layout));
    if (entry.kind !== "assistant") continue;
    const calls = entry.calls.map((each) => ({ ...each, id: ids.unique(each.call.id.replace(/[^\w-]/g, "_")) }));
    add("assistant", assistantBlocks(entry, calls));
    add(
      "user",
      calls.map((each) => resultBlock(each, layout)),
    );
  }
  // A list that ends with the model's words would ask it to go on within them; newer models refuse that.
  if (messages.at(-1)?.role === "assistant") add("user", [textBlock(reminder(brokenOff))]);
  mark(messages);
  return messages;
}

const brokenOff = "Your answer broke off there. Go on with it, and do not say again what is said.";

/** Marks the last block that can have a mark: thinking cannot. */
function mark(messages: readonly Message[]): void {
  const last = messages
    .flatMap(({ content }) => content)
    .findLast(({ type }) => type === "text" || type === "tool_result");
  if (last) last.cache_control = cacheMark;
}

function assistantBlocks(
  { text, thinking }: AssistantEntry,
  calls: readonly { readonly call: ModelCall; readonly id: string }[],
): Block[] {
  const blocks: Block[] = [];
  let told = 0;
  const tell = (until?: number): void => {
    const words = text.slice(told, until).trimEnd();
    // The API refuses a text of nothing but blanks.
    if (words.trim() !== "") blocks.push(textBlock(words));
    told = until ?? text.length;
  };
  for (const thought of thinking) {
    const block = thinkingBlock(thought);
    if (!block) continue;
    if ((thought.after ?? 0) > told) tell(thought.after);
    blocks.push(block);
  }
  tell();
  const uses = calls.map(({ call, id }) => ({ type: "tool_use", id, name: nameOf(call), input: inputOf(call) }));
  // No message may end with a thought.
  if (uses.length === 0) while (blocks.length > 0 && blocks.at(-1)?.type !== "text") blocks.pop();
  return [...blocks, ...uses];
}

/** A block goes back exactly as it came; one that nobody signed would be refused. */
export function thinkingBlock({ text, signature, redacted }: Thinking): Block | undefined {
  if (redacted !== undefined) return { type: "redacted_thinking", data: redacted };
  return signature === undefined ? undefined : { type: "thinking", thinking: text, signature };
}

/** Calls another harness made may have names that this API refuses. */
function nameOf({ name }: ModelCall): string {
  return name.replace(/[^\w-]/g, "_").slice(0, 128) || "unnamed";
}

function inputOf({ name, input, problem }: ModelCall): JsonObject {
  if (problem !== undefined) return {};
  if (name !== "Edit") return input;
  const { replace_all = false, ...rest } = input;
  return { replace_all, ...rest };
}

function resultBlock({ call, id, result }: CompletedCall & { readonly id: string }, layout: MessagesLayout): Block {
  const { content, isError } = result;
  const extra = layout.reminded.has(call) ? reminder(layout.reminderWords) : "";
  const told =
    typeof content === "string"
      ? [content, extra].filter((words) => words !== "").join("\n\n")
      : [...partBlocks(content, layout), ...(extra === "" ? [] : [textBlock(extra)])];
  // Claude Code writes a failed one in another order.
  if (isError) return { type: "tool_result", content: told, is_error: true, tool_use_id: id };
  const whole = { tool_use_id: id, type: "tool_result", content: told };
  return isError === undefined ? whole : { ...whole, is_error: isError };
}

function textBlock(text: string): Block {
  return { type: "text", text };
}

function partBlocks(parts: readonly Part[], { images }: MessagesLayout): Block[] {
  return parts.flatMap((part): Block[] => {
    if (part.type === "text") return part.text.trim() === "" ? [] : [textBlock(part.text)];
    return [(images ? imageBlock(part.url) : undefined) ?? textBlock("(a picture this model cannot be shown)")];
  });
}

const imageData = /^data:(image\/(?:png|jpeg|gif|webp));base64,(.+)$/s;

function imageBlock(url: string): Block | undefined {
  if (/^https?:/i.test(url)) return { type: "image", source: { type: "url", url } };
  const [, media_type, data] = imageData.exec(url) ?? [];
  return data === undefined ? undefined : { type: "image", source: { type: "base64", media_type, data } };
}
