import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { chunksOf, type ItemPlace, repeated, writeMessage, writeReasoning, writeToolCall } from "./output-items.ts";
import type { ModelRequest } from "./request.ts";
import type { Part } from "./script.ts";
import { type SseStream, StreamGone, sseEvent } from "./sse.ts";
import {
  namedCall,
  type OfferedTool,
  offeredTools,
  patchCall,
  planCall,
  shellCall,
  type ToolCall,
} from "./tool-shape.ts";

const DEFAULT_CHUNK_CHARS = 16;

interface Usage {
  input: number;
  output: number;
  cached?: number | undefined;
}

/** One response being streamed. */
interface Response {
  readonly id: string;
  readonly model: string;
  readonly items: object[];
  /** The request's tools, read when the first call needs them. */
  readonly tools: () => readonly OfferedTool[];
  usage: Usage | undefined;
}

/**
 * Streams `parts` as one Responses answer: `response.created`, the output items, `response.completed`.
 * Throws StreamGone if the client leaves or the server closes meanwhile.
 */
export async function writeReply(out: SseStream, parts: readonly Part[], request: ModelRequest): Promise<void> {
  let tools: OfferedTool[] | undefined;
  const response: Response = {
    // Random rather than counted: a resumed thread meets a new server process, and ids must not recur in a thread.
    id: randomBytes(6).toString("hex"),
    model: request.body.model ?? "scripted",
    items: [],
    tools: () => {
      tools ??= offeredTools(request.body);
      return tools;
    },
    usage: undefined,
  };
  out.push(sseEvent({ type: "response.created", response: envelope(response, "in_progress", {}) }));
  for (const part of parts) {
    if ("cut" in part) return out.cut();
    if ("stall" in part) {
      await out.flush();
      await gone(out.signal);
      throw new StreamGone();
    }
    if ("failed" in part) {
      out.push(sseEvent({ type: "response.failed", response: envelope(response, "failed", { error: part.failed }) }));
      return out.end();
    }
    if ("incomplete" in part) {
      const details = { incomplete_details: { reason: part.incomplete }, usage: usageOf(response, request) };
      out.push(sseEvent({ type: "response.incomplete", response: envelope(response, "incomplete", details) }));
      return out.end();
    }
    await writePart(out, part, response);
  }
  const usage = usageOf(response, request);
  const output = { output: response.items, usage };
  out.push(sseEvent({ type: "response.completed", response: envelope(response, "completed", output) }));
  await out.end();
}

type StreamedPart = Exclude<Part, { cut: true } | { stall: true } | { failed: object } | { incomplete: string }>;

async function writePart(out: SseStream, part: StreamedPart, response: Response): Promise<void> {
  const wait = (ms: number) => pause(out, ms);
  if ("say" in part) {
    const chunks = chunksOf(part.say, part.chunkChars ?? DEFAULT_CHUNK_CHARS);
    const options = { phase: part.phase, delayMs: part.delayMs, wait };
    response.items.push(await writeMessage(out, place(response, "msg"), chunks, options));
  } else if ("deltas" in part) {
    const chunks = repeated(part.text ?? "word ", part.deltas);
    response.items.push(await writeMessage(out, place(response, "msg"), chunks, { wait }));
  } else if ("think" in part) {
    response.items.push(writeReasoning(out, place(response, "rs"), part.think, part.raw));
  } else if ("usage" in part) {
    response.usage = part.usage;
  } else if ("waitMs" in part) {
    await wait(part.waitMs);
  } else if ("until" in part) {
    await out.flush();
    await Promise.race([part.until, gone(out.signal)]);
  } else {
    const call = toolCallOf(part, response.tools());
    const at = place(response, call.kind === "function" ? "fc" : "ctc");
    response.items.push(writeToolCall(out, at, call, call.id ?? `call_${response.id}_${at.outputIndex}`));
  }
  if (out.full) await out.flush();
}

type CallPart = Extract<
  Part,
  { shell: string } | { patch: string } | { call: string } | { custom: string } | { plan: object[] }
>;

function toolCallOf(part: CallPart, tools: readonly OfferedTool[]): ToolCall {
  if ("shell" in part) return shellCall(tools, part.shell, part);
  if ("patch" in part) return patchCall(tools, part.patch);
  if ("call" in part) return namedCall(tools, part.call, part.args, part);
  if ("plan" in part) return planCall(tools, part.plan, part.explanation);
  return { kind: "custom", name: part.custom, text: part.input, id: part.id };
}

function place(response: Response, prefix: string): ItemPlace {
  const outputIndex = response.items.length;
  return { id: `${prefix}_${response.id}_${outputIndex}`, outputIndex };
}

function envelope(response: Response, status: string, fields: object): object {
  return { id: `resp_${response.id}`, object: "response", model: response.model, status, ...fields };
}

/** Without a `usage` part, four bytes count as one token: near enough to make meters move. */
function usageOf(response: Response, request: ModelRequest): object {
  const usage = response.usage ?? {
    input: Math.ceil(request.bytes / 4),
    output: Math.max(1, Math.ceil(JSON.stringify(response.items).length / 4)),
  };
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached ?? 0 },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.output,
  };
}

async function pause(out: SseStream, ms: number): Promise<void> {
  await out.flush();
  await sleep(ms, undefined, { signal: out.signal }).catch(() => {
    throw new StreamGone();
  });
}

function gone(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
