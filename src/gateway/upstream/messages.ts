import { z } from "zod";
import { modelCall } from "../conversation/history.ts";
import { type JsonObject, jsonObject, parseObject } from "../json.ts";
import { CallIds } from "./call-ids.ts";
import { lostProblem } from "./chat.ts";
import { streamError, UpstreamError } from "./errors.ts";
import type { AnswerParser, ParserOptions } from "./parser.ts";
import type { ModelEvent, StopReason } from "./types.ts";

/* The Messages API, as a stream or in one piece. Blocks of a type it does not know are left out, and nothing else is. */

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  thinking: z.string().optional(),
  signature: z.string().optional(),
  data: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  input: jsonObject.optional(),
});
const usage = z.looseObject({
  input_tokens: z.number().nullish(),
  output_tokens: z.number().nullish(),
  cache_read_input_tokens: z.number().nullish(),
  cache_creation_input_tokens: z.number().nullish(),
});
const event = z.looseObject({
  type: z.string(),
  index: z.number().optional(),
  message: z.looseObject({ usage: usage.nullish() }).optional(),
  content_block: block.optional(),
  delta: z
    .looseObject({
      type: z.string().optional(),
      text: z.string().optional(),
      thinking: z.string().optional(),
      signature: z.string().optional(),
      partial_json: z.string().optional(),
      stop_reason: z.string().nullish(),
    })
    .optional(),
  content: z.array(block).optional(),
  stop_reason: z.string().nullish(),
  usage: usage.nullish(),
  error: z.unknown().optional(),
});

const reasons: Readonly<Record<string, StopReason>> = {
  end_turn: "end",
  stop_sequence: "end",
  tool_use: "calls",
  max_tokens: "max_tokens",
  refusal: "refusal",
  pause_turn: "pause",
  model_context_window_exceeded: "context_full",
};

type Usage = z.infer<typeof usage>;

interface OpenBlock {
  readonly type: string;
  id: string | undefined;
  name: string;
  text: string;
  signature: string;
  json: string;
  readonly input: JsonObject | undefined;
  closed: boolean;
}

export class MessagesParser implements AnswerParser {
  readonly #options: ParserOptions;
  readonly #ids: CallIds;
  readonly #blocks = new Map<number, OpenBlock>();
  readonly #calls: OpenBlock[] = [];
  #usage: Usage = {};
  #stop: string | undefined;
  #textChars = 0;

  constructor(options: ParserOptions) {
    this.#options = options;
    this.#ids = new CallIds(options.taken);
  }

  take(data: string): ModelEvent[] {
    // Some servers end every stream of theirs like one of Chat Completions.
    if (data.trim() === "[DONE]") return [];
    const json = parseObject(data);
    const found = event.safeParse(json.ok ? json.value : undefined);
    if (!found.success) {
      throw new UpstreamError("malformed", `${this.#options.provider} sent something that is no message event.`);
    }
    const events: ModelEvent[] = [];
    const { type, index = 0, content_block, delta } = found.data;
    if (type === "error") throw streamError(found.data.error, this.#options.provider);
    if (type === "message_start") this.#used(found.data.message?.usage);
    else if (type === "content_block_start" && content_block) this.#begin(index, content_block, events);
    else if (type === "content_block_delta" && delta) this.#more(index, delta, events);
    else if (type === "content_block_stop") this.#close(index, events);
    else if (type === "message_delta") {
      this.#stop = delta?.stop_reason ?? this.#stop;
      this.#used(found.data.usage);
    } else if (type === "message") this.#whole(found.data, events);
    return events;
  }

  end(): ModelEvent[] {
    if (this.#stop === undefined) {
      throw new UpstreamError("cut", `${this.#options.provider} closed the connection in the middle of its answer.`);
    }
    const events: ModelEvent[] = [];
    const reason = reasons[this.#stop] ?? "other";
    for (const index of this.#blocks.keys()) this.#close(index, events);
    // What was called in an answer that was then refused is not meant to happen.
    if (reason !== "refusal") for (const call of this.#calls) events.push(this.#called(call, reason));
    const read = this.#usage.cache_read_input_tokens ?? 0;
    const written = this.#usage.cache_creation_input_tokens ?? 0;
    if (this.#usage.input_tokens !== undefined || this.#usage.output_tokens !== undefined) {
      events.push({
        type: "usage",
        usage: {
          input: (this.#usage.input_tokens ?? 0) + read + written,
          cacheRead: read,
          cacheWrite: written,
          output: this.#usage.output_tokens ?? 0,
          reasoning: 0,
        },
      });
    }
    events.push({ type: "stop", reason });
    return events;
  }

  #begin(index: number, start: z.infer<typeof block>, events: ModelEvent[]): void {
    this.#close(index, events);
    const open: OpenBlock = {
      type: start.type,
      id: start.id,
      name: start.name ?? "",
      text: start.text ?? start.thinking ?? start.data ?? "",
      signature: start.signature ?? "",
      json: "",
      input: start.input,
      closed: false,
    };
    this.#blocks.set(index, open);
    if (open.type === "text") this.#text(open.text, events);
    if (open.text !== "" && open.type === "thinking") events.push({ type: "thinking", delta: open.text });
  }

  #more(index: number, delta: NonNullable<z.infer<typeof event>["delta"]>, events: ModelEvent[]): void {
    const open = this.#blocks.get(index);
    if (!open || open.closed) return;
    if (open.type === "text") this.#text(delta.text ?? "", events);
    if (open.type === "thinking" && delta.thinking) {
      open.text += delta.thinking;
      events.push({ type: "thinking", delta: delta.thinking });
    }
    open.signature += delta.signature ?? "";
    open.json += delta.partial_json ?? "";
  }

  #close(index: number, events: ModelEvent[]): void {
    const open = this.#blocks.get(index);
    if (!open || open.closed) return;
    open.closed = true;
    if (open.type === "thinking") {
      const signature = open.signature === "" ? {} : { signature: open.signature };
      events.push({ type: "thought", thinking: { text: open.text, ...signature, ...this.#after() } });
    } else if (open.type === "redacted_thinking") {
      events.push({ type: "thought", thinking: { text: "", redacted: open.text, ...this.#after() } });
    } else if (open.type === "tool_use") {
      // Told when the answer is complete: whether it is lost is known only then.
      this.#calls.push(open);
    }
  }

  #text(delta: string, events: ModelEvent[]): void {
    if (delta === "") return;
    this.#textChars += delta.length;
    events.push({ type: "text", delta });
  }

  /** Thoughts go back to where they stood. */
  #after(): { after?: number } {
    return this.#textChars > 0 ? { after: this.#textChars } : {};
  }

  /** The limit of tokens cuts off the last call at most; one that had no arguments yet looks like one that needs none. */
  #called(open: OpenBlock, reason: StopReason): ModelEvent {
    const id = this.#ids.unique(open.id);
    const unsaid = open.json === "" && Object.keys(open.input ?? {}).length === 0;
    const last = reason === "max_tokens" && open === this.#calls.at(-1);
    const call = modelCall(id, open.name, open.json === "" ? JSON.stringify(open.input ?? {}) : open.json);
    if (!last || (call.problem === undefined && !unsaid)) return { type: "call", call };
    return { type: "call.lost", call: { ...call, text: unsaid ? "{" : call.text, input: {}, problem: lostProblem } };
  }

  #whole(message: z.infer<typeof event>, events: ModelEvent[]): void {
    for (const [index, start] of (message.content ?? []).entries()) {
      this.#begin(index, start, events);
      this.#close(index, events);
    }
    this.#used(message.usage);
    this.#stop = message.stop_reason ?? this.#stop;
  }

  /** Counts are cumulative: a later one stands instead of an earlier one. */
  #used(told: Usage | null | undefined): void {
    const known = Object.entries(told ?? {}).filter(([, value]) => typeof value === "number");
    this.#usage = { ...this.#usage, ...Object.fromEntries(known) };
  }
}
