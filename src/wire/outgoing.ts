import type { BridgeError } from "../errors.ts";
import type { RequestOptions } from "./contract.ts";
import { encodeLine } from "./encode.ts";
import {
  RpcError,
  WireAbortedError,
  WireLineTooLongError,
  WireMalformedError,
  WireTimeoutError,
  WireWriteError,
} from "./errors.ts";

/** setTimeout fires at once beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Pending {
  id: number;
  method: string;
  /** Present until it is written. */
  line: string | undefined;
  signal: AbortSignal | undefined;
  resolve(result: unknown): void;
  reject(error: BridgeError): void;
  /** Removes timer and abort listener. */
  release(): void;
  trace: { stack?: string };
}

export interface OutgoingOptions {
  requestTimeoutMs: number;
  maxInFlight: number;
  /** False while the peer does not read: requests then wait here, where a timeout or an abort still takes them back. */
  canSend(): boolean;
  send(line: string): void;
}

/** The requests we wait for: ids, window, deadlines, aborts. Every entry leaves by exactly one of #settle's callers. */
export class OutgoingRequests {
  readonly #options: OutgoingOptions;
  readonly #inFlight = new Map<unknown, Pending>();
  /** Insertion order is the waiting order; a set, because aborts remove from the middle. */
  readonly #waiting = new Set<Pending>();
  #lastId = 0;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#inFlight.size + this.#waiting.size;
  }

  request(
    method: string,
    params: unknown,
    options: RequestOptions,
    caller: (...args: never[]) => unknown,
  ): Promise<unknown> {
    const trace: { stack?: string } = {};
    Error.captureStackTrace(trace, caller);
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs = this.#options.requestTimeoutMs } = options;
      if (signal?.aborted) {
        reject(withTrace(new WireAbortedError(method, signal.reason), trace));
        return;
      }
      this.#lastId += 1;
      const id = this.#lastId;
      let line: string;
      try {
        // Encoded now, not when a slot is free: the caller may change its object after the call.
        line = encodeLine({ id, method, params: params ?? {} });
      } catch (cause) {
        reject(withTrace(unserialisable(method, cause), trace));
        return;
      }
      let timer: NodeJS.Timeout | undefined;
      const onAbort = (): void => this.#settle(pending, new WireAbortedError(method, signal?.reason));
      const release = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const pending: Pending = { id, method, line, signal, resolve, reject, release, trace };
      if (timeoutMs <= LONGEST_TIMER_MS) {
        timer = setTimeout(() => this.#settle(pending, new WireTimeoutError(method, timeoutMs)), timeoutMs);
      }
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(pending);
      this.#fillWindow();
    });
  }

  /** Returns false when nobody waits for this response. */
  onResponse(message: { id?: unknown; result?: unknown; error?: unknown }): boolean {
    const pending = this.#inFlight.get(message.id);
    if (pending === undefined) return false;
    const { error } = message;
    if (typeof error === "object" && error !== null) {
      const { code, message: words, data } = error as { code?: unknown; message?: unknown; data?: unknown };
      const rpcCode = typeof code === "number" ? code : -32603;
      this.#settle(pending, new RpcError(pending.method, rpcCode, typeof words === "string" ? words : "", data));
    } else if (message.result === undefined) {
      this.#settle(pending, new WireMalformedError("a response without result and error", pending.method));
    } else {
      this.#settle(pending, undefined, message.result);
    }
    return true;
  }

  /** Rejects the request whose response was too long to be read. */
  onOversizedResponse(id: unknown, limitBytes: number): void {
    const pending = this.#inFlight.get(id);
    if (pending !== undefined) this.#settle(pending, new WireLineTooLongError(limitBytes, pending.method));
  }

  /** The peer reads again. */
  onDrain(): void {
    this.#fillWindow();
  }

  rejectAll(reason: BridgeError): void {
    const all = [...this.#inFlight.values(), ...this.#waiting];
    this.#inFlight.clear();
    this.#waiting.clear();
    for (const pending of all) {
      pending.release();
      pending.reject(reason);
    }
  }

  #settle(pending: Pending, error: BridgeError | undefined, result?: unknown): void {
    pending.release();
    this.#waiting.delete(pending);
    this.#inFlight.delete(pending.id);
    if (error === undefined) pending.resolve(result);
    else pending.reject(withTrace(error, pending.trace));
    this.#fillWindow();
  }

  #fillWindow(): void {
    for (const pending of this.#waiting) {
      if (this.#inFlight.size >= this.#options.maxInFlight || !this.#options.canSend()) return;
      // One signal may abort many: the slot of the first must not go to the next, whose listener runs in a moment.
      if (pending.signal?.aborted) continue;
      this.#waiting.delete(pending);
      this.#inFlight.set(pending.id, pending);
      const line = pending.line!;
      pending.line = undefined;
      this.#options.send(line);
    }
  }
}

export function unserialisable(method: string, cause: unknown): WireWriteError {
  return new WireWriteError(`The message ${method} cannot be serialised as JSON.`, { facts: { method }, cause });
}

/** A stack that starts in the event loop helps nobody; the one of the call does. */
function withTrace(error: BridgeError, trace: { stack?: string }): BridgeError {
  const frames = trace.stack?.slice(trace.stack.indexOf("\n") + 1) ?? "";
  error.stack = `${error.name}: ${error.message}\n${frames}`;
  return error;
}
