import type { Conversation, Entry, ModelCall, ToolResult } from "../../../src/gateway/conversation/types.ts";
import type { CallContext, Harness, HarnessContext, HarnessTool } from "../../../src/gateway/harness/types.ts";
import type { JsonObject } from "../../../src/gateway/json.ts";
import type { NativeCall, OfferedTool } from "../../../src/gateway/native/types.ts";

/* A harness looked at without a Codex: what it sends, what its tools do. */

const offered: readonly OfferedTool[] = [
  "exec_command",
  "write_stdin",
  "update_plan",
  "request_user_input",
  "view_image",
].map((name) => ({ kind: "function", name, description: name, parameters: {} }));

export const hostTool: OfferedTool = {
  kind: "function",
  name: "lookup",
  namespace: "host",
  description: "Looks up.",
  parameters: { type: "object", properties: { q: { type: "string" } } },
};

export function contextOf(more: Partial<HarnessContext> = {}): HarnessContext {
  return {
    model: "m-1",
    provider: { id: "up", name: "Up", baseUrl: "http://up.invalid/v1" },
    cwd: "/w",
    modelFacts: {},
    guidance: true,
    strict: false,
    child: false,
    threadId: "th-1",
    codexVersion: "0.169.0",
    offered,
    facts: {},
    ...more,
  };
}

export function conversationOf(entries: readonly Entry[], more: Partial<Conversation> = {}): Conversation {
  return { purpose: "turn", instructions: "base", developer: [], documents: [], skills: "", entries, ...more };
}

export const said = (text: string, facts?: JsonObject): Entry => ({
  kind: "user",
  parts: [{ type: "text", text }],
  ...(facts ? { facts } : {}),
});

export function callOf(id: string, name: string, text: string): ModelCall {
  return { id, name, text, input: JSON.parse(text) as JsonObject };
}

export function answered(
  text: string,
  calls: readonly (readonly [call: ModelCall, result: string | ToolResult])[] = [],
  thinking?: string,
): Entry {
  return {
    kind: "assistant",
    text,
    thinking: thinking === undefined ? [] : [{ text: thinking }],
    calls: calls.map(([call, result]) => ({ call, result: typeof result === "string" ? { content: result } : result })),
  };
}

export type ShownBody = JsonObject & { messages: JsonObject[]; tools?: { function: JsonObject }[] };

export function bodyOf(harness: Harness, context: HarnessContext, conversation: Conversation): ShownBody {
  const tools = harness.tools(context);
  // As it is posted: what has no value is not there.
  return JSON.parse(JSON.stringify(harness.body({ context, conversation, tools }))) as ShownBody;
}

/** The same of the Messages API. */
export interface MessagesBody extends JsonObject {
  readonly messages: { role: string; content: JsonObject[] }[];
  readonly system: { text: string }[];
  readonly tools: JsonObject[];
}

export function messagesBodyOf(harness: Harness, context: HarnessContext, conversation: Conversation): MessagesBody {
  const tools = harness.tools(context);
  return JSON.parse(JSON.stringify(harness.body({ context, conversation, tools }))) as MessagesBody;
}

/** The bytes of the messages, without the end of their list. */
export const openBytes = ({ messages }: ShownBody): string => JSON.stringify(messages).slice(0, -1);

/** Runs a tool as the gateway does; each native call is answered by `codex`. */
export function runTool(
  tool: HarnessTool | undefined,
  input: JsonObject,
  codex: (call: NativeCall, index: number) => string,
  at: Partial<CallContext> = {},
): { result: ToolResult; calls: NativeCall[] } {
  if (!tool) throw new Error("the harness has no such tool");
  const call = { id: "c", name: tool.name, text: JSON.stringify(input), input };
  const program = tool.run(input, { context: contextOf(), call, earlier: [], ...at });
  const calls: NativeCall[] = [];
  for (let turn = program.next(); ; ) {
    if (turn.done) return { result: turn.value, calls };
    calls.push(turn.value);
    const text = codex(turn.value, calls.length - 1);
    turn = program.next({ text, parts: [{ type: "text", text }] });
  }
}

/** The command of a native call. */
export const commandOf = (call: NativeCall | undefined): string =>
  call?.kind === "function" ? String(call.input.cmd ?? call.input.chars ?? "") : String(call?.input ?? "");

/** A tool's parameters in the notation of the tables of facts: `!` required, `=` default, bounds in brackets. */
export function notation({ name, parameters }: Pick<HarnessTool, "name" | "parameters">): string {
  return `${name}(${fields(parameters)})`;
}

function fields(schema: JsonObject): string {
  const required = new Set(schema.required as string[] | undefined);
  return Object.entries((schema.properties ?? {}) as Record<string, JsonObject>)
    .map(([key, value]) => `${key}${required.has(key) ? "!" : ""}:${typed(value)}`)
    .join(", ");
}

const short: Record<string, string> = { string: "str", integer: "int", number: "num", boolean: "bool" };

function typed(schema: JsonObject): string {
  const ends = "default" in schema && schema.default !== null ? `=${JSON.stringify(schema.default)}` : "";
  if (Array.isArray(schema.anyOf)) return `${schema.anyOf.map((each) => typed(each as JsonObject)).join("/")}${ends}`;
  if (Array.isArray(schema.enum)) return `enum(${schema.enum.join(",")})${ends}`;
  if (Array.isArray(schema.type)) return `${schema.type.map((type) => typed({ ...schema, type })).join("/")}`;
  if (schema.type === "array") {
    const counts = bounds(schema, "minItems", "maxItems");
    return `[${typed((schema.items ?? {}) as JsonObject)}]${counts}${ends}`;
  }
  if (schema.type === "object") return `{${fields(schema)}}${ends}`;
  const limits = ["minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum"]
    .flatMap((key) => (schema[key] === undefined ? [] : [`${marks[key]}${schema[key]}`]))
    .join(" ");
  const type = String(schema.type);
  return `${short[type] ?? type}${limits === "" || type === "null" ? "" : `(${limits})`}${ends}`;
}

const marks: Record<string, string> = {
  minLength: "minLen ",
  maxLength: "maxLen ",
  minimum: ">=",
  maximum: "<=",
  exclusiveMinimum: ">",
};

function bounds(schema: JsonObject, low: string, high: string): string {
  if (schema[low] === undefined && schema[high] === undefined) return "";
  return `{${schema[low] ?? ""}..${schema[high] ?? ""}}`;
}
