import type { BridgeError } from "../errors.ts";
import type { RequestOptions, WireConnection, WireOptions, WireStats } from "./contract.ts";
import { Dispatcher } from "./dispatcher.ts";
import { encodeLine } from "./encode.ts";
import { describeEnd } from "./end.ts";
import { WireHandlerError } from "./errors.ts";
import { IncomingRequests } from "./incoming.ts";
import { OutgoingRequests, unserialisable } from "./outgoing.ts";
import { LineReader } from "./reader.ts";
import { LineWriter } from "./writer.ts";

export type {
  IncomingNotification,
  IncomingRequest,
  RequestId,
  RequestOptions,
  WireConnection,
  WireOptions,
  WireStats,
} from "./contract.ts";

const DEFAULT_MAX_LINE_BYTES = 64 * 1024 * 1024;
const DEFAULT_REQUEST_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_IN_FLIGHT = 64;
/** A dying peer breaks the pipe to it before its last words reached us: wait until it has been silent this long. */
const LAST_WORDS_MS = 500;

/**
 * Speaks newline-delimited JSON-RPC (without the `jsonrpc` field) over a pair of streams. Starts reading at once.
 * Notifications and requests of the peer are dispatched in wire order; see WireOptions for the callbacks and
 * WireConnection for what comes back. Errors on the streams never escape; they end up in `closed`.
 */
export function connectWire(options: WireOptions): WireConnection {
  return new Connection(options);
}

class Connection implements WireConnection {
  readonly closed: Promise<BridgeError>;
  readonly stats: WireStats = emptyStats();
  readonly #options: WireOptions;
  readonly #reader: LineReader;
  readonly #writer: LineWriter;
  readonly #incoming: IncomingRequests;
  readonly #outgoing: OutgoingRequests;
  readonly #resolveClosed: (reason: BridgeError) => void;
  #reason: BridgeError | undefined;
  #lastWords: NodeJS.Timeout | undefined;
  #writeFailure: { cause: Error | undefined } | undefined;

  constructor(options: WireOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<BridgeError>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    const { stats } = this;
    const { maxLineBytes = DEFAULT_MAX_LINE_BYTES } = options;
    const send = (line: string): void => this.#send(line);
    const onFault = (fault: BridgeError): void => this.#fault(fault);

    this.#incoming = new IncomingRequests({ stats, onRequest: (request) => options.onRequest(request), send, onFault });
    this.#outgoing = new OutgoingRequests({
      requestTimeoutMs: options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
      maxInFlight: options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT,
      canSend: () => !this.#writer.isBlocked,
      send,
    });
    const dispatcher = new Dispatcher({
      wire: options,
      stats,
      maxLineBytes,
      incoming: this.#incoming,
      outgoing: this.#outgoing,
      onFault,
    });
    this.#writer = new LineWriter({
      writable: options.writable,
      onBytes: (count) => {
        stats.bytesOut += count;
      },
      onDrain: () => this.#outgoing.onDrain(),
      onFailure: (cause) => this.#onWriteFailure(cause),
    });
    this.#reader = new LineReader({
      readable: options.readable,
      maxLineBytes,
      onLine: (line) => dispatcher.line(line),
      onOversized: (line) => dispatcher.oversized(line),
      onBytes: (count) => {
        stats.bytesIn += count;
      },
      onPause: () => {
        stats.pauses += 1;
      },
      onEnd: (cause) => void this.#onEnd(cause),
    });
  }

  get isClosed(): boolean {
    return this.#reason !== undefined;
  }

  get pendingCount(): number {
    return this.#outgoing.size;
  }

  get openRequestCount(): number {
    return this.#incoming.size;
  }

  request(method: string, params: unknown, options: RequestOptions = {}): Promise<unknown> {
    if (this.#reason !== undefined) return Promise.reject(this.#reason);
    return this.#outgoing.request(method, params, options, this.request);
  }

  notify(method: string, params?: unknown): void {
    if (this.#reason !== undefined) return;
    let line: string;
    try {
      line = encodeLine({ method, params });
    } catch (cause) {
      throw unserialisable(method, cause);
    }
    this.#send(line);
  }

  close(reason: BridgeError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    clearTimeout(this.#lastWords);
    this.#reader.stop();
    this.#writer.stop();
    this.#incoming.close();
    this.#outgoing.rejectAll(reason);
    this.#resolveClosed(reason);
  }

  #send(line: string): void {
    this.stats.linesOut += 1;
    if (this.#options.tap !== undefined) {
      try {
        this.#options.tap("out", line.slice(0, -1));
      } catch (thrown) {
        this.#fault(new WireHandlerError("tap", thrown));
      }
    }
    this.#writer.write(line);
  }

  #onWriteFailure(cause: Error | undefined): void {
    if (this.#reason !== undefined) return;
    this.#writeFailure = { cause };
    this.#awaitLastWords();
  }

  #awaitLastWords(): void {
    const { bytesIn } = this.stats;
    this.#lastWords = setTimeout(() => {
      if (this.#reader.isLagging || this.stats.bytesIn > bytesIn) this.#awaitLastWords();
      else this.#reader.end(this.#writeFailure?.cause);
    }, LAST_WORDS_MS);
  }

  async #onEnd(cause: Error | undefined): Promise<void> {
    clearTimeout(this.#lastWords);
    const writeFailed = this.#writeFailure !== undefined;
    this.close(await describeEnd(this.#options, cause ?? this.#writeFailure?.cause, writeFailed));
  }

  #fault(fault: BridgeError): void {
    try {
      this.#options.onFault?.(fault);
    } catch {
      // Whoever cannot even listen to a fault gets no second one: it would be a loop.
    }
  }
}

function emptyStats(): WireStats {
  return {
    linesIn: 0,
    linesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    noiseLines: 0,
    oversizedLines: 0,
    notifications: 0,
    requestsIn: 0,
    repeatedRequests: 0,
    lateAnswers: 0,
    lateResponses: 0,
    pauses: 0,
  };
}
