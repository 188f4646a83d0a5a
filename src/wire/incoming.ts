import type { BridgeError } from "../errors.ts";
import type { IncomingRequest, RequestId, RpcFailure, WireStats } from "./contract.ts";
import { encodeLine } from "./encode.ts";
import { WireHandlerError, WireWriteError } from "./errors.ts";

const INTERNAL_ERROR = -32603;

export interface IncomingOptions {
  stats: WireStats;
  onRequest(request: IncomingRequest): unknown;
  send(line: string): void;
  onFault(fault: BridgeError): void;
}

/** The requests the peer waits for. Each gets exactly one answer, or none once the connection is closed. */
export class IncomingRequests {
  readonly #options: IncomingOptions;
  readonly #open = new Map<RequestId, IncomingRequest>();
  #closed = false;

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  close(): void {
    this.#closed = true;
    this.#open.clear();
  }

  dispatch(id: RequestId, method: string, params: unknown): void {
    this.#options.stats.requestsIn += 1;
    // Sent again while its answer is being made (a resumed thread repeats what it waits for): that answer will do.
    if (this.#open.get(id)?.method === method) {
      this.#options.stats.repeatedRequests += 1;
      return;
    }
    const request = this.#create(id, method, params);
    const fail = (thrown: unknown): void => {
      this.#options.onFault(new WireHandlerError("onRequest", thrown, method));
      // The peer learns that we failed, not why: what was thrown may hold anything.
      if (!request.answered) request.reject({ code: INTERNAL_ERROR, message: "Internal error" });
    };
    try {
      const returned = this.#options.onRequest(request);
      // The type says void, but an async function fits it.
      if (returned instanceof Promise) returned.catch(fail);
    } catch (thrown) {
      fail(thrown);
    }
  }

  /** Answers a request that cannot be handed to anybody. */
  refuse(id: RequestId, code: number, message: string): void {
    if (this.#closed) return;
    this.#options.stats.requestsIn += 1;
    this.#options.send(encodeLine({ id, error: { code, message } }));
  }

  #create(id: RequestId, method: string, params: unknown): IncomingRequest {
    let answered = false;
    const answer = (encode: () => string): boolean => {
      if (answered || this.#closed) {
        this.#options.stats.lateAnswers += 1;
        return false;
      }
      answered = true;
      if (this.#open.get(id) === request) this.#open.delete(id);
      this.#options.send(this.#encodeOrFail(id, method, encode));
      return true;
    };
    const request: IncomingRequest = {
      id,
      method,
      params,
      respond: (result) => answer(() => encodeLine({ id, result: result ?? null })),
      reject: ({ code, message, data }: RpcFailure) => answer(() => encodeLine({ id, error: { code, message, data } })),
      get answered() {
        return answered;
      },
    };
    this.#open.set(id, request);
    return request;
  }

  #encodeOrFail(id: RequestId, method: string, encode: () => string): string {
    try {
      return encode();
    } catch (cause) {
      const options = { facts: { method }, cause };
      this.#options.onFault(new WireWriteError(`The answer to ${method} cannot be serialised as JSON.`, options));
      return encodeLine({ id, error: { code: INTERNAL_ERROR, message: "Internal error" } });
    }
  }
}
