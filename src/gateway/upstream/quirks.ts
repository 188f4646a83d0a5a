import type { JsonObject } from "../json.ts";

/** What a provider is known not to take. A change of the finished body: harnesses need not know of providers. */
export interface Quirk {
  /** Fields of the body that it refuses. */
  readonly drop?: readonly string[];
  /** The same in each message. */
  readonly dropInMessages?: readonly string[];
  /** `max_tokens` above this is refused. */
  readonly maxTokens?: number;
  /** Schema keywords its tool parameters must not have. */
  readonly dropInSchemas?: readonly string[];
  /** Properties without a `type` are refused. */
  readonly typedSchemas?: true;
  /** Takes no `developer` role. */
  readonly developerAs?: "user" | "system";
}

/** By a part of the provider's base URL. */
export const quirks: Readonly<Record<string, Quirk>> = {
  "api.groq.com": {
    drop: [
      "prompt_cache_key",
      "thinking",
      "parallel_tool_calls",
      "response_format",
      "reasoning_effort",
      "service_tier",
      "store",
      "verbosity",
    ],
    dropInMessages: ["reasoning_content"],
    maxTokens: 32_768,
  },
  "api.deepseek.com": { developerAs: "user" },
  "api.moonshot.": { typedSchemas: true, dropInSchemas: ["$schema", "format"] },
  "api.kimi.com": { typedSchemas: true, dropInSchemas: ["$schema", "format"] },
  "api.openai.com": { dropInMessages: ["reasoning_content"] },
  "api.mistral.ai": { dropInMessages: ["reasoning_content"], drop: ["stream_options"] },
};

export function quirkFor(baseUrl: string): Quirk {
  return Object.entries(quirks).find(([part]) => baseUrl.includes(part))?.[1] ?? {};
}

/** The body as the provider takes it. */
export function withQuirk(body: JsonObject, quirk: Quirk): JsonObject {
  const told: JsonObject = Object.fromEntries(Object.entries(body).filter(([key]) => !quirk.drop?.includes(key)));
  if (quirk.maxTokens !== undefined && typeof told.max_tokens === "number") {
    told.max_tokens = Math.min(told.max_tokens, quirk.maxTokens);
  }
  if (Array.isArray(told.messages)) told.messages = told.messages.map((message) => quirkMessage(message, quirk));
  if (Array.isArray(told.tools) && (quirk.dropInSchemas || quirk.typedSchemas)) {
    told.tools = told.tools.map((tool) => quirkTool(tool, quirk));
  }
  return told;
}

function quirkMessage(message: JsonObject, quirk: Quirk): JsonObject {
  const told = Object.fromEntries(Object.entries(message).filter(([key]) => !quirk.dropInMessages?.includes(key)));
  return told.role === "developer" && quirk.developerAs ? { ...told, role: quirk.developerAs } : told;
}

function quirkTool(tool: JsonObject, quirk: Quirk): JsonObject {
  // As the Messages API has it.
  if ("input_schema" in tool) return { ...tool, input_schema: schema(tool.input_schema, quirk, true) };
  const about = tool.function;
  if (about === null || typeof about !== "object" || !("parameters" in about)) return tool;
  return { ...tool, function: { ...about, parameters: schema(about.parameters, quirk, true) } };
}

/** `named`: a schema; otherwise a map of names to schemas, whose keys are nobody's keywords. */
function schema(value: unknown, quirk: Quirk, named: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => schema(each, quirk, named));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value)
    .filter(([key]) => !named || !quirk.dropInSchemas?.includes(key))
    .map(([key, inner]) => {
      const names = named && (key === "properties" || key === "$defs" || key === "definitions");
      return [key, inner !== null && typeof inner === "object" ? schema(inner, quirk, !names) : inner] as const;
    });
  const told: JsonObject = Object.fromEntries(entries);
  const known = ["type", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"].some((key) => key in told);
  if (named && quirk.typedSchemas && !known) return { type: "properties" in told ? "object" : "string", ...told };
  return told;
}
