import type { BridgeError } from "../errors.ts";
import type { WireOptions, WireStats } from "./contract.ts";
import { WireHandlerError, WireLineTooLongError, WireMalformedError } from "./errors.ts";
import type { IncomingRequests } from "./incoming.ts";
import { noiseReporter } from "./noise.ts";
import type { OutgoingRequests } from "./outgoing.ts";
import type { OversizedLine } from "./splitter.ts";

const INVALID_REQUEST = -32600;

export interface DispatcherOptions {
  wire: Pick<WireOptions, "onNotification" | "onNoise" | "tap">;
  stats: WireStats;
  maxLineBytes: number;
  incoming: IncomingRequests;
  outgoing: OutgoingRequests;
  onFault(fault: BridgeError): void;
}

interface Envelope {
  id?: unknown;
  method?: unknown;
  params?: unknown;
  result?: unknown;
  error?: unknown;
}

/** Decides what a line is (by presence of `method`, then of `id`) and hands it on. Never throws. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #noise: (line: string) => void;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { onNoise } = options.wire;
    this.#noise = noiseReporter(
      options.stats,
      onNoise && ((noise) => this.#guard("onNoise", () => onNoise.call(options.wire, noise))),
    );
  }

  /** A returned promise never rejects. */
  line(line: string): void | Promise<void> {
    const { stats, wire } = this.#options;
    stats.linesIn += 1;
    if (wire.tap !== undefined) this.#guard("tap", () => wire.tap?.("in", line));
    let envelope: Envelope;
    try {
      envelope = JSON.parse(line);
    } catch {
      if (line.trim() !== "") this.#noise(line);
      return;
    }
    if (typeof envelope !== "object" || envelope === null || Array.isArray(envelope)) {
      this.#noise(line);
      return;
    }
    const { id, method } = envelope;
    if (method === undefined) {
      if (id === undefined) this.#noise(line);
      else this.#response(envelope);
    } else if (typeof method !== "string") {
      this.#options.onFault(new WireMalformedError(`a method of type ${typeof method}`));
    } else if (id === undefined) {
      return this.#notification(method, envelope.params);
    } else if (typeof id === "number" || typeof id === "string") {
      this.#options.incoming.dispatch(id, method, envelope.params);
    } else {
      this.#options.onFault(new WireMalformedError(`a request id that is ${id === null ? "null" : typeof id}`, method));
    }
  }

  /**
   * The head is enough to tell whom to inform: the caller whose response it was, or the peer that would wait for our
   * answer forever.
   */
  oversized({ head }: OversizedLine): void {
    const { stats, outgoing, incoming, maxLineBytes, onFault } = this.#options;
    stats.linesIn += 1;
    stats.oversizedLines += 1;
    onFault(new WireLineTooLongError(maxLineBytes));
    const response = /^\s*\{\s*"id"\s*:\s*(-?\d+)\s*,\s*"(?:result|error)"/.exec(head);
    if (response !== null) outgoing.onOversizedResponse(Number(response[1]), maxLineBytes);
    const request =
      /^\s*\{\s*"method"\s*:\s*"[^"\\]*"\s*,\s*"id"\s*:\s*(-?\d+|"[^"\\]*")\s*,/.exec(head) ??
      /^\s*\{\s*"id"\s*:\s*(-?\d+|"[^"\\]*")\s*,\s*"method"/.exec(head);
    if (request !== null) incoming.refuse(JSON.parse(request[1]!), INVALID_REQUEST, "Request is too long");
  }

  #response(envelope: Envelope): void {
    if (typeof envelope.id !== "number" && typeof envelope.id !== "string") {
      this.#options.onFault(new WireMalformedError("a response whose id is no number or string"));
    } else if (!this.#options.outgoing.onResponse(envelope)) {
      this.#options.stats.lateResponses += 1;
    }
  }

  #notification(method: string, params: unknown): void | Promise<void> {
    const { stats, wire, onFault } = this.#options;
    stats.notifications += 1;
    try {
      const lag = wire.onNotification({ method, params });
      if (lag === undefined || typeof lag.then !== "function") return;
      return Promise.resolve(lag).then(undefined, (thrown) =>
        onFault(new WireHandlerError("onNotification", thrown, method)),
      );
    } catch (thrown) {
      onFault(new WireHandlerError("onNotification", thrown, method));
    }
  }

  #guard(handler: string, call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.#options.onFault(new WireHandlerError(handler, thrown));
    }
  }
}
