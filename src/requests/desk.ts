import type { Clocks } from "../clocks.ts";
import type { ThreadItem } from "../protocol/items.ts";
import type { IncomingRequest } from "../wire/connection.ts";
import type { RequestId } from "../wire/contract.ts";
import type { AnswerLog } from "./answer-log.ts";
import type { Approval, ApprovalMemory } from "./approvals.ts";
import { sendAnswer } from "./refusal.ts";
import { rowOf } from "./table.ts";
import type { ToolAnswer } from "./tool-call.ts";
import type { ToolSet } from "./tool-set.ts";
import type { ApprovalDecision, RequestHandlers } from "./types.ts";

export interface DeskOptions {
  readonly handlers: RequestHandlers;
  readonly tools: ToolSet;
  readonly clocks: Pick<Clocks, "toolMs" | "approvalMs">;
  /** What a person allowed for good in this session. */
  readonly memory: ApprovalMemory;
  /** Answers of this connection by request id: a resumed thread asks again under the same id. */
  readonly answers: AnswerLog;
  warn(message: string, facts: Record<string, unknown>): void;
}

/**
 * Where one turn's server requests are answered: each exactly once, by its deadline, safely if nobody answers. Nothing
 * is awaited by the reader: a pending approval holds up nothing else.
 */
export class RequestDesk {
  readonly options: DeskOptions;
  readonly #open = new Map<RequestId, AbortController>();
  readonly #calls = new Map<string, Promise<ToolAnswer>>();
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #items = new Map<string, ThreadItem>();
  #closed: Error | undefined;

  constructor(options: DeskOptions) {
    this.options = options;
  }

  /** Requests that wait for an answer. */
  get pending(): number {
    return this.#open.size;
  }

  take(request: IncomingRequest): void {
    void this.options.answers
      .once(request, () => this.#work(request))
      ?.then((answer) => sendAnswer(request, answer))
      .catch((error: unknown) => this.options.warn("a request could not be answered", { error: String(error) }));
  }

  /** Items that requests refer to by id only. */
  noteItem(item: ThreadItem, over: boolean): void {
    if (item.type !== "fileChange") return;
    if (over) this.#items.delete(item.id);
    else this.#items.set(item.id, item);
  }

  item(id: string): ThreadItem | undefined {
    return this.#items.get(id);
  }

  /** The server has its answer, from us or from elsewhere. */
  resolved(id: RequestId): void {
    this.#open.get(id)?.abort(new Error("it was answered elsewhere"));
  }

  /** The turn is over, or its connection: whatever still runs is told to stop, and what is open is answered safely. */
  close(why: string): void {
    this.#closed ??= new Error(why);
    for (const abort of this.#open.values()) abort.abort(this.#closed);
  }

  /** A call runs once, however often it is asked for; the answer is shared. */
  callOnce(callKey: string, run: () => Promise<ToolAnswer>): Promise<ToolAnswer> {
    let call = this.#calls.get(callKey);
    if (!call) {
      call = run();
      this.#calls.set(callKey, call);
      // An answered call is only needed for as long as the turn might repeat it.
      if (this.#calls.size > 1000) this.#calls.delete(this.#calls.keys().next().value!);
    }
    return call;
  }

  /** Runs calls of a sequential tool one after the other. */
  inTurn<T>(name: string, run: () => Promise<T>): Promise<T> {
    const next = (this.#queues.get(name) ?? Promise.resolve()).then(run, run);
    this.#queues.set(
      name,
      next.catch(() => undefined),
    );
    return next;
  }

  /** Asks for a decision: remembered, or from a person, or declined. */
  async decide(approval: Approval, signal: AbortSignal): Promise<ApprovalDecision> {
    const { memory, handlers } = this.options;
    if (memory.has(approval.memoryKey)) return "accept";
    if (!handlers.approve) return "decline";
    const decision = await handlers.approve(approval.ask, signal);
    if (signal.aborted || !approval.ask.decisions.includes(decision)) return "decline";
    if (decision === "accept_session") memory.add(approval.memoryKey);
    return decision;
  }

  async #work(request: IncomingRequest): Promise<unknown> {
    const row = rowOf(request.method);
    // Nobody is asked, and nothing is run, for a turn that is over.
    if (this.#closed) return row.safe(this.#closed.message);
    const abort = new AbortController();
    this.#open.set(request.id, abort);
    const safely = Promise.withResolvers<unknown>();
    abort.signal.addEventListener("abort", () => safely.resolve(row.safe(whyOf(abort.signal))), { once: true });
    // Tools keep their own time, because it stands still while a person is asked.
    const timer =
      row.clock === undefined
        ? undefined
        : setTimeout(
            () => abort.abort(new Error(`nobody answered within ${this.options.clocks[row.clock!]} ms`)),
            this.options.clocks[row.clock],
          );
    try {
      // Also what throws at once, on parameters that are not as expected, is a failed handler.
      const work = (async () => row.answer(request.params, this, abort.signal))().catch((thrown: unknown) => {
        this.options.warn("a handler failed", { method: request.method, error: String(thrown) });
        return row.safe("the host's handler failed");
      });
      return await Promise.race([work, safely.promise]);
    } finally {
      clearTimeout(timer);
      this.#open.delete(request.id);
    }
  }
}

function whyOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : "the turn is over";
}
