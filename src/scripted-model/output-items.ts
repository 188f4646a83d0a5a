import { type SseStream, sseEvent } from "./sse.ts";
import type { ToolCall } from "./tool-shape.ts";

/** Where an output item stands in its response. */
export interface ItemPlace {
  /** Id of the item, unique in the conversation. */
  id: string;
  outputIndex: number;
}

export interface MessageOptions {
  phase?: "commentary" | "final_answer" | undefined;
  delayMs?: number | undefined;
  wait(ms: number): Promise<void>;
}

/** Streams one assistant message made of `chunks`; returns the finished item. */
export async function writeMessage(
  out: SseStream,
  place: ItemPlace,
  chunks: Iterable<string>,
  options: MessageOptions,
): Promise<object> {
  const head = { type: "message", id: place.id, role: "assistant" };
  const phase = options.phase === undefined ? {} : { phase: options.phase };
  const at = { item_id: place.id, output_index: place.outputIndex, content_index: 0 };
  out.push(added(place, { ...head, status: "in_progress", content: [], ...phase }));
  out.push(sseEvent({ type: "response.content_part.added", ...at, part: outputText("") }));
  // A tiny delta is mostly its envelope: build that once, and encode only the text per delta.
  const start = `event: response.output_text.delta\ndata: ${JSON.stringify({ type: "response.output_text.delta", ...at }).slice(0, -1)},"delta":`;
  let text = "";
  for (const chunk of chunks) {
    text += chunk;
    out.push(`${start}${JSON.stringify(chunk)}}\n\n`);
    if (options.delayMs !== undefined) {
      await out.flush();
      await options.wait(options.delayMs);
    } else if (out.full) await out.flush();
  }
  out.push(sseEvent({ type: "response.output_text.done", ...at, text }));
  out.push(sseEvent({ type: "response.content_part.done", ...at, part: outputText(text) }));
  const item = { ...head, status: "completed", content: [outputText(text)], ...phase };
  out.push(done(place, item));
  return item;
}

/** Writes one reasoning item: a summary of one part, and raw content if given. */
export function writeReasoning(out: SseStream, place: ItemPlace, summary: string, raw: string | undefined): object {
  const at = { item_id: place.id, output_index: place.outputIndex };
  const part = { type: "summary_text", text: summary };
  const summaryAt = { ...at, summary_index: 0 };
  out.push(added(place, { type: "reasoning", id: place.id, summary: [] }));
  out.push(sseEvent({ type: "response.reasoning_summary_part.added", ...summaryAt, part: { ...part, text: "" } }));
  for (const delta of chunksOf(summary, 24)) {
    out.push(sseEvent({ type: "response.reasoning_summary_text.delta", ...summaryAt, delta }));
  }
  out.push(sseEvent({ type: "response.reasoning_summary_text.done", ...summaryAt, text: summary }));
  out.push(sseEvent({ type: "response.reasoning_summary_part.done", ...summaryAt, part }));
  for (const delta of chunksOf(raw ?? "", 24)) {
    out.push(sseEvent({ type: "response.reasoning_text.delta", ...at, content_index: 0, delta }));
  }
  const content = raw === undefined ? {} : { content: [{ type: "reasoning_text", text: raw }] };
  const item = { type: "reasoning", id: place.id, summary: [part], ...content, encrypted_content: null };
  out.push(done(place, item));
  return item;
}

/** Writes one tool call with its arguments (function) or input (freeform) as one delta. */
export function writeToolCall(out: SseStream, place: ItemPlace, call: ToolCall, callId: string): object {
  const isFunction = call.kind === "function";
  const type = isFunction ? "function_call" : "custom_tool_call";
  const field = isFunction ? "arguments" : "input";
  const events = isFunction ? "response.function_call_arguments" : "response.custom_tool_call_input";
  const namespace = call.namespace === undefined ? {} : { namespace: call.namespace };
  const head = { type, id: place.id, call_id: callId, name: call.name, ...namespace };
  const at = { item_id: place.id, output_index: place.outputIndex };
  out.push(added(place, { ...head, status: "in_progress", [field]: "" }));
  out.push(sseEvent({ type: `${events}.delta`, ...at, call_id: callId, delta: call.text }));
  out.push(sseEvent({ type: `${events}.done`, ...at, [field]: call.text }));
  const item = { ...head, status: "completed", [field]: call.text };
  out.push(done(place, item));
  return item;
}

/** Cuts text into pieces of `chars` characters, never inside a surrogate pair. */
export function* chunksOf(text: string, chars: number): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + Math.max(1, chars));
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff && end < text.length) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}

/** The same text `count` times. */
export function* repeated(text: string, count: number): Generator<string> {
  for (let index = 0; index < count; index += 1) yield text;
}

function added(place: ItemPlace, item: object): string {
  return sseEvent({ type: "response.output_item.added", output_index: place.outputIndex, item });
}

function done(place: ItemPlace, item: object): string {
  return sseEvent({ type: "response.output_item.done", output_index: place.outputIndex, item });
}

function outputText(text: string): object {
  return { type: "output_text", text, annotations: [] };
}
