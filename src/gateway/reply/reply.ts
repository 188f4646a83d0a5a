import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { NextCall } from "../conversation/run-programs.ts";
import type { ModelUsage } from "../upstream/types.ts";
import { EventStream } from "./stream.ts";

interface OpenItem {
  readonly kind: "text" | "thinking";
  readonly id: string;
  readonly index: number;
  /** Everything of a delta event before its text. */
  readonly head: string;
  text: string;
}

export interface Failure {
  /** A code Codex knows, or any other: then it tries again, a bounded number of times. */
  readonly code: string;
  readonly message: string;
}

/** Codex does not ask again. */
const final: ReadonlySet<string> = new Set(["invalid_prompt", "insufficient_quota"]);

/**
 * One response to Codex. Words stream as they come; calls are told at the end, because Codex executes a call as soon as
 * it has it, also of a response that then breaks off.
 */
export class Reply {
  readonly #id = `resp_${randomBytes(8).toString("hex")}`;
  readonly #stream: EventStream;
  readonly #output: object[] = [];
  #open: OpenItem | undefined;

  constructor(response: ServerResponse, signal: AbortSignal, heartbeatMs?: number) {
    this.#stream = new EventStream(
      response,
      signal,
      () => ({ type: "response.in_progress", response: this.#response("in_progress") }),
      heartbeatMs,
    );
    this.#stream.push({ type: "response.created", response: this.#response("in_progress") });
  }

  text(delta: string): void {
    this.#delta("text", delta);
  }

  /** What the model thinks, shown as a summary: that is what Codex shows people. */
  thinking(delta: string): void {
    this.#delta("thinking", delta);
  }

  /** Ends the message or thought that is being streamed. */
  close(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    const at = { item_id: open.id, output_index: open.index };
    if (open.kind === "text") {
      const part = outputText(open.text);
      this.#stream.push({ type: "response.output_text.done", ...at, content_index: 0, text: open.text });
      this.#stream.push({ type: "response.content_part.done", ...at, content_index: 0, part });
      this.#done(open, { type: "message", id: open.id, role: "assistant", status: "completed", content: [part] });
      return;
    }
    const part = { type: "summary_text", text: open.text };
    this.#stream.push({ type: "response.reasoning_summary_text.done", ...at, summary_index: 0, text: open.text });
    this.#stream.push({ type: "response.reasoning_summary_part.done", ...at, summary_index: 0, part });
    this.#done(open, { type: "reasoning", id: open.id, summary: [part], encrypted_content: null });
  }

  /** The gateway's own state, as a reasoning item that shows nothing. */
  state(sealed: string): void {
    this.close();
    const at = this.#next("rs");
    this.#done(at, { type: "reasoning", id: at.id, summary: [], encrypted_content: sealed });
  }

  call({ callId, call }: NextCall): void {
    this.close();
    const at = this.#next("fc");
    const namespace = call.namespace === undefined ? {} : { namespace: call.namespace };
    const about = { id: at.id, call_id: callId, name: call.name, ...namespace, status: "completed" };
    if (call.kind === "function") {
      this.#done(at, { type: "function_call", ...about, arguments: JSON.stringify(call.input) });
    } else this.#done(at, { type: "custom_tool_call", ...about, input: call.input });
  }

  flush(): Promise<void> {
    return this.#stream.flush();
  }

  /** @param usage undefined: nothing was asked of a model, and nothing is counted */
  async completed(usage: ModelUsage | undefined): Promise<void> {
    this.close();
    const told = { ...this.#response("completed"), usage: usage ? responsesUsage(usage) : null };
    this.#stream.push({ type: "response.completed", response: told });
    await this.#stream.end();
  }

  async failed({ code, message }: Failure): Promise<void> {
    // A message that is complete stays in Codex's history: where it asks again, half of one would stand before the whole.
    if (final.has(code)) this.close();
    else this.#open = undefined;
    const told = { ...this.#response("failed"), error: { code, message } };
    this.#stream.push({ type: "response.failed", response: told });
    await this.#stream.end();
  }

  /** Nobody reads any more. */
  abandon(): void {
    this.#stream.stop();
  }

  #delta(kind: OpenItem["kind"], delta: string): void {
    if (delta === "") return;
    if (this.#open?.kind !== kind) {
      this.close();
      this.#open = this.#begin(kind);
    }
    const open = this.#open!;
    open.text += delta;
    this.#stream.pushText(`${open.head}${JSON.stringify(delta)}}\n\n`);
  }

  #begin(kind: OpenItem["kind"]): OpenItem {
    const { id, index } = this.#next(kind === "text" ? "msg" : "rs");
    const at = { item_id: id, output_index: index };
    if (kind === "text") {
      const item = { type: "message", id, role: "assistant", status: "in_progress", content: [] };
      this.#stream.push({ type: "response.output_item.added", output_index: index, item });
      this.#stream.push({ type: "response.content_part.added", ...at, content_index: 0, part: outputText("") });
      return { kind, id, index, head: head("response.output_text.delta", { ...at, content_index: 0 }), text: "" };
    }
    const part = { type: "summary_text", text: "" };
    const item = { type: "reasoning", id, summary: [] };
    this.#stream.push({ type: "response.output_item.added", output_index: index, item });
    this.#stream.push({ type: "response.reasoning_summary_part.added", ...at, summary_index: 0, part });
    const deltaHead = head("response.reasoning_summary_text.delta", { ...at, summary_index: 0 });
    return { kind, id, index, head: deltaHead, text: "" };
  }

  #next(kind: string): { id: string; index: number } {
    const index = this.#output.length;
    this.#output.push({});
    return { id: `${kind}_${this.#id.slice(5)}_${index}`, index };
  }

  #done({ index }: { index: number }, item: object): void {
    this.#output[index] = item;
    this.#stream.push({ type: "response.output_item.done", output_index: index, item });
  }

  #response(status: string) {
    return { id: this.#id, object: "response", status, output: [] };
  }
}

function head(type: string, at: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...at }).slice(0, -1)},"delta":`;
}

function outputText(text: string): object {
  return { type: "output_text", text, annotations: [] };
}

function responsesUsage({ input, cacheRead, cacheWrite, output, reasoning }: ModelUsage): object {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
