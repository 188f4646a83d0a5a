import { z } from "zod";
import { modelCall } from "../conversation/history.ts";
import { isObject, parseObject } from "../json.ts";
import { CallIds } from "./call-ids.ts";
import { streamError, UpstreamError } from "./errors.ts";
import type { AnswerParser, ParserOptions } from "./parser.ts";
import type { ModelEvent, ModelUsage, StopReason } from "./types.ts";

/* Chat Completions, as a stream or in one piece. Servers differ in almost everything about tool calls. */

const call = z.looseObject({
  index: z.number().nullish(),
  id: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.unknown().optional() }).nullish(),
});
const delta = z.looseObject({
  content: z.unknown().optional(),
  reasoning_content: z.string().nullish(),
  reasoning: z.unknown().optional(),
  refusal: z.string().nullish(),
  tool_calls: z.array(call).nullish(),
  function_call: z.looseObject({ name: z.string().nullish(), arguments: z.unknown().optional() }).nullish(),
});
const chunk = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: delta.nullish(),
        message: delta.nullish(),
        finish_reason: z.string().nullish(),
        usage: z.unknown().optional(),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
  error: z.unknown().optional(),
});

const reasons: Readonly<Record<string, StopReason>> = {
  stop: "end",
  tool_calls: "calls",
  function_call: "calls",
  length: "max_tokens",
  max_tokens: "max_tokens",
  content_filter: "refusal",
  refusal: "refusal",
  model_context_window_exceeded: "context_full",
};

interface OpenCall {
  index: number | undefined;
  id: string;
  name: string;
  text: string;
}

export class ChatParser implements AnswerParser {
  readonly #options: ParserOptions;
  readonly #ids: CallIds;
  readonly #calls: OpenCall[] = [];
  #thinking = "";
  #refused = false;
  #stop: StopReason | undefined;
  #done = false;

  constructor(options: ParserOptions) {
    this.#options = options;
    this.#ids = new CallIds(options.taken);
  }

  take(data: string): ModelEvent[] {
    if (data.trim() === "[DONE]") {
      this.#done = true;
      return [];
    }
    const json = parseObject(data);
    const found = chunk.safeParse(json.ok ? json.value : undefined);
    if (!found.success) {
      throw new UpstreamError("malformed", `${this.#options.provider} sent something that is no chat completion.`);
    }
    if (found.data.error !== undefined && found.data.error !== null)
      throw streamError(found.data.error, this.#options.provider);
    const events: ModelEvent[] = [];
    const [choice] = found.data.choices ?? [];
    const part = choice?.delta ?? choice?.message;
    if (part) this.#part(part, events);
    if (choice?.finish_reason) this.#stop = reasons[choice.finish_reason] ?? "other";
    const usage = usageOf(found.data.usage) ?? usageOf(choice?.usage);
    if (usage) events.push({ type: "usage", usage });
    return events;
  }

  /** @throws UpstreamError `upstream_cut` when the answer was not complete */
  end(): ModelEvent[] {
    if (!this.#stop && !this.#done) {
      throw new UpstreamError("cut", `${this.#options.provider} closed the connection in the middle of its answer.`);
    }
    const events: ModelEvent[] = [];
    this.#thought(events);
    const limited = this.#stop === "max_tokens";
    for (const { id, name, text } of this.#calls) {
      const made = modelCall(id, name, text);
      const lost = limited && (made.problem !== undefined || text === "");
      // Text that is empty would pass for no arguments when it is read again.
      if (lost)
        events.push({ type: "call.lost", call: { ...made, text: text || "{", input: {}, problem: lostProblem } });
      else events.push({ type: "call", call: made });
    }
    const stop = this.#refused ? "refusal" : (this.#stop ?? "end");
    events.push({ type: "stop", reason: stop === "end" && this.#calls.length > 0 ? "calls" : stop });
    return events;
  }

  #part(part: z.infer<typeof delta>, events: ModelEvent[]): void {
    const reasoning = part.reasoning_content ?? (typeof part.reasoning === "string" ? part.reasoning : "");
    if (reasoning !== "") {
      this.#thinking += reasoning;
      events.push({ type: "thinking", delta: reasoning });
    }
    const text = contentText(part.content);
    if (text !== "") this.#text(text, events);
    if (part.refusal) {
      this.#refused = true;
      this.#text(part.refusal, events);
    }
    for (const each of part.tool_calls ?? []) {
      this.#thought(events);
      this.#call(each.index ?? undefined, each.id || undefined, each.function ?? {});
    }
    if (part.function_call) this.#call(0, undefined, part.function_call);
  }

  #text(text: string, events: ModelEvent[]): void {
    this.#thought(events);
    events.push({ type: "text", delta: text });
  }

  #thought(events: ModelEvent[]): void {
    if (this.#thinking === "") return;
    events.push({ type: "thought", thinking: { text: this.#thinking } });
    this.#thinking = "";
  }

  /** A piece without an index belongs to the last call; a new id, or a name after complete arguments, begins another. */
  #call(
    index: number | undefined,
    id: string | undefined,
    { name, arguments: words }: { name?: string | null | undefined; arguments?: unknown },
  ): void {
    const text = typeof words === "string" ? words : isObject(words) ? JSON.stringify(words) : "";
    const same = index === undefined ? this.#calls.at(-1) : this.#calls.findLast((open) => open.index === index);
    const other = same === undefined || this.#isAnother(same, id, name ?? undefined, text);
    if (!other) {
      if (same.name === "" && name) same.name = name;
      same.text += text;
      return;
    }
    this.#calls.push({ index, id: this.#ids.unique(id), name: name ?? "", text });
    if (id !== undefined) this.#raw.set(this.#calls.at(-1)!, id);
  }

  readonly #raw = new Map<OpenCall, string>();

  #isAnother(open: OpenCall, id: string | undefined, name: string | undefined, text: string): boolean {
    const known = id === undefined ? undefined : this.#raw.get(open);
    if (known !== undefined && known !== id) return true;
    // Some repeat id and name with every piece; after complete arguments more of them can only be another call's.
    if (known !== undefined && text === "") return false;
    return name !== undefined && open.name !== "" && open.text !== "" && parseObject(open.text).ok;
  }
}

export const lostProblem = "the answer was cut off by the limit of output tokens, and nothing was done";

/** A text, or a list of parts with texts. */
function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}

const count = z.number().nonnegative().nullish().catch(undefined);
const usageShape = z.looseObject({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  prompt_tokens_details: z.looseObject({ cached_tokens: count }).nullish().catch(undefined),
  completion_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish().catch(undefined),
  prompt_cache_hit_tokens: count,
  cached_tokens: count,
});

function usageOf(value: unknown): ModelUsage | undefined {
  const found = usageShape.safeParse(value);
  if (!found.success) return undefined;
  const { data } = found;
  return {
    input: data.prompt_tokens,
    cacheRead: data.prompt_tokens_details?.cached_tokens ?? data.prompt_cache_hit_tokens ?? data.cached_tokens ?? 0,
    cacheWrite: 0,
    output: data.completion_tokens,
    reasoning: data.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}
