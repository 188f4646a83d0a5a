import type { RecordedLine } from "../format/format.ts";
import type { BarBook } from "./bar-book.ts";
import { laneOfItem } from "./bar-labels.ts";
import { brief, numberOf, partOf, textOf } from "./message-parts.ts";

interface Calling {
  /** From when on the model could have been asked: the turn began, or the tools were done. */
  sinceUs: number;
  first: number;
  /** What it said last. */
  saidUs?: number;
}

/**
 * Codex does not tell its client when it calls a model. It tells what a call has cost after each one, and everything it
 * says before comes of that call: so a call is what lies between the end of what the model waited for and its last word.
 */
export class ModelCalls {
  readonly #book: BarBook;
  readonly #calling = new Map<string, Calling>();

  constructor(book: BarBook) {
    this.#book = book;
  }

  /** @param line a notification of the server */
  note(line: RecordedLine, thread: string, method: string): void {
    const { tUs, seq, message } = line;
    const calling = this.#calling.get(thread);
    if (method === "turn/started") this.#calling.set(thread, { sinceUs: tUs, first: seq });
    else if (!calling) return;
    else if (method === "thread/tokenUsage/updated") this.#called(line, thread, calling);
    else if (method === "turn/completed") this.#calling.delete(thread);
    else if (method === "error") this.#failed(line, thread, calling);
    else if (method.endsWith("Delta") || method.endsWith("/delta")) this.#said(method, tUs, calling);
    else if (method.startsWith("item/")) this.#item(line, calling, textOf(message, "params", "item", "type") ?? "");
  }

  #said(method: string, tUs: number, calling: Calling): void {
    if (!method.endsWith("outputDelta")) calling.saidUs = tUs;
  }

  #item({ message, tUs, seq }: RecordedLine, calling: Calling, type: string): void {
    const started = textOf(message, "method") === "item/started";
    const tool = laneOfItem(type) === "tools";
    if (type === "userMessage" || (tool && !started)) {
      if (calling.saidUs === undefined) Object.assign(calling, { sinceUs: tUs, first: seq });
    } else calling.saidUs = tUs;
  }

  #called(line: RecordedLine, thread: string, { sinceUs, first, saidUs }: Calling): void {
    const last = partOf(line.message, "params", "tokenUsage", "last");
    const [input, output] = [numberOf(last, "inputTokens"), numberOf(last, "outputTokens")];
    const cost = input === undefined ? "" : `: ${input} tokens in, ${output ?? 0} out`;
    this.#add(line, thread, { sinceUs, first, saidUs: saidUs ?? line.tUs }, `model call${cost}`);
  }

  #failed(line: RecordedLine, thread: string, calling: Calling): void {
    const message = textOf(line.message, "params", "error", "message") ?? "error";
    this.#add(line, thread, { ...calling, saidUs: line.tUs }, `model call failed: ${brief(message)}`);
  }

  #add(line: RecordedLine, thread: string, { sinceUs, first, saidUs }: Required<Calling>, label: string): void {
    const state = label.startsWith("model call failed") ? "failed" : "done";
    const index = this.#book.mark(line, { lane: "model", kind: "model", label, thread, inferred: true, state });
    Object.assign(this.#book.bars[index]!, { startUs: sinceUs, endUs: Math.max(sinceUs, saidUs), first });
    this.#calling.set(thread, { sinceUs: line.tUs, first: line.seq });
  }
}
