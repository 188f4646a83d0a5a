import type {
  AssistantEntry,
  CompletedCall,
  Conversation,
  ModelCall,
  Part,
  Thinking,
  ToolResult,
} from "../conversation/types.ts";
import type { JsonObject } from "../json.ts";
import type { HarnessTool } from "./types.ts";

/**
 * How a harness lays a conversation out as Chat Completions messages. All of it is data, so that what harnesses differ in
 * can be read in one place.
 */
export interface ChatLayout {
  /** Content of a user message: a string where it is one text, or always a list of parts. */
  readonly userContent: "string" | "parts";
  /** What becomes of developer texts in the middle of a conversation. `omit`: they stand in the prompt. */
  readonly developer: "omit" | "system" | "user" | "developer";
  /** Text of an answer that also calls tools: in the same message, or in one of its own before. */
  readonly textWithCalls: "merged" | "separate";
  /** `content` of a message that calls tools and says nothing. `spoken`: empty where it thought, null where it did not. */
  readonly noContent: "omit" | "null" | "empty" | "spoken";
  /** How thinking goes back. `always`: also an empty one, on messages that call tools. */
  readonly reasoning: "omit" | "when-known" | "always";
  readonly callKeys: readonly ("id" | "type" | "function")[];
  readonly callArguments: (call: ModelCall) => string;
  readonly callId: (id: string) => string;
  /** Key order and content form of a tool message. */
  readonly toolKeys: readonly ("role" | "content" | "tool_call_id")[];
  readonly toolContent: "string" | "parts";
  /** Pictures that a tool returned: Chat has no place for them, so a user message with these words brings them along. */
  readonly toolImages: string;
  readonly image: (url: string) => JsonObject;
}

export const plainChat: ChatLayout = {
  userContent: "string",
  developer: "omit",
  textWithCalls: "merged",
  noContent: "null",
  reasoning: "when-known",
  callKeys: ["id", "type", "function"],
  callArguments: (call) => (call.problem === undefined && call.text.trim() !== "" ? call.text : "{}"),
  callId: (id) => id,
  toolKeys: ["role", "tool_call_id", "content"],
  toolContent: "string",
  toolImages: "Pictures returned by the tool:",
  image: (url) => ({ type: "image_url", image_url: { url } }),
};

/** The messages of a conversation after its system message. */
export function chatMessages({ entries }: Conversation, layout: ChatLayout): JsonObject[] {
  return entries.flatMap((entry): JsonObject[] => {
    if (entry.kind === "user") return [{ role: "user", content: userContent(entry.parts, layout) }];
    if (entry.kind === "assistant") return assistantMessages(entry, layout);
    return layout.developer === "omit" ? [] : [{ role: layout.developer, content: entry.text }];
  });
}

/** Tools as Chat Completions takes them. */
export function chatTools(tools: readonly HarnessTool[]): JsonObject[] {
  return tools.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters },
  }));
}

function assistantMessages(entry: AssistantEntry, layout: ChatLayout): JsonObject[] {
  const { text, calls } = entry;
  const reasoning = reasoningOf(entry.thinking, calls.length > 0, layout);
  if (calls.length === 0) return [{ role: "assistant", content: text, ...reasoning }];
  const apart = layout.textWithCalls === "separate" && text !== "";
  const content = apart || text === "" ? emptyContent(layout, "reasoning_content" in reasoning) : { content: text };
  return [
    ...(apart ? [{ role: "assistant", content: text }] : []),
    { role: "assistant", ...content, tool_calls: calls.map(({ call }) => callMessage(call, layout)), ...reasoning },
    ...calls.map((each) => toolMessage(each, layout)),
    ...imageMessages(calls, layout),
  ];
}

function emptyContent({ noContent }: ChatLayout, thought: boolean): JsonObject {
  if (noContent === "omit") return {};
  return { content: noContent === "empty" || (noContent === "spoken" && thought) ? "" : null };
}

function reasoningOf(thinking: readonly Thinking[], calling: boolean, layout: ChatLayout): JsonObject {
  if (layout.reasoning === "omit") return {};
  const text = thinking.map((block) => block.text).join("\n");
  if (text === "" && !(layout.reasoning === "always" && calling)) return {};
  return { reasoning_content: text };
}

function callMessage(call: ModelCall, layout: ChatLayout): JsonObject {
  const whole: JsonObject = {
    id: layout.callId(call.id),
    type: "function",
    function: { name: call.name, arguments: layout.callArguments(call) },
  };
  return Object.fromEntries(layout.callKeys.map((key) => [key, whole[key]]));
}

function toolMessage({ call, result }: CompletedCall, layout: ChatLayout): JsonObject {
  const text = resultText(result);
  const whole: JsonObject = {
    role: "tool",
    tool_call_id: layout.callId(call.id),
    content: layout.toolContent === "string" ? text : [{ type: "text", text }],
  };
  return Object.fromEntries(layout.toolKeys.map((key) => [key, whole[key]]));
}

function imageMessages(calls: readonly CompletedCall[], layout: ChatLayout): JsonObject[] {
  const images = calls.flatMap(({ result }) =>
    typeof result.content === "string" ? [] : result.content.filter((part) => part.type === "image"),
  );
  if (images.length === 0) return [];
  const content = [{ type: "text", text: layout.toolImages }, ...images.map(({ url }) => layout.image(url))];
  return [{ role: "user", content }];
}

function userContent(parts: readonly Part[], layout: ChatLayout): unknown {
  const [only] = parts;
  if (layout.userContent === "string" && parts.length === 1 && only?.type === "text") return only.text;
  return parts.map((part) => (part.type === "text" ? { type: "text", text: part.text } : layout.image(part.url)));
}

/** The text of a result; of a picture alone, the note that it follows. */
export function resultText({ content }: ToolResult): string {
  if (typeof content === "string") return content;
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return texts.length > 0 ? texts.join("\n") : "(the picture follows)";
}
