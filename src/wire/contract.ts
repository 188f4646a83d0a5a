import type { Readable, Writable } from "node:stream";
import type { BridgeError } from "../errors.ts";

/** Ids `1` and `"1"` are different requests. */
export type RequestId = number | string;

export interface IncomingNotification {
  method: string;
  params: unknown;
}

export interface RpcFailure {
  code: number;
  message: string;
  data?: unknown;
}

export interface IncomingRequest {
  id: RequestId;
  method: string;
  params: unknown;
  /**
   * Exactly one answer: the first call of `respond` or `reject` wins and returns true; later calls, and calls after
   * the connection closed, return false and are counted in `stats.lateAnswers`. A result that cannot be serialised
   * is answered with -32603 and reported as a fault.
   */
  respond(result: unknown): boolean;
  reject(error: RpcFailure): boolean;
  readonly answered: boolean;
}

export interface WireOptions {
  readable: Readable;
  writable: Writable;
  /** Longer incoming lines are discarded. Default 64 MiB. */
  maxLineBytes?: number;
  /** Default deadline of a request, from the moment of the call. Default 60,000. `Infinity` means none. */
  requestTimeoutMs?: number;
  /** Requests on the wire at a time; further ones wait first in, first out. Default 64. */
  maxInFlight?: number;
  /** Called in wire order. Returning a promise means "I lag": the source is paused until it settles. */
  onNotification(notification: IncomingNotification): void | Promise<void>;
  /** Called in wire order, never awaited. If it throws (or its promise rejects) the request is answered with -32603. */
  onRequest(request: IncomingRequest): void;
  /** Oversized line, malformed envelope, a callback that threw, …: never fatal by itself. */
  onFault?(fault: BridgeError): void;
  /** Lines that are no messages; only the first 20 are reported, `count` is the running number. */
  onNoise?(noise: { preview: string; count: number }): void;
  /** Asked once when the stream ends or fails, for the true reason (exit code…). Has 5 s to answer. */
  describeEnd?(cause: Error | undefined): BridgeError | Promise<BridgeError>;
  /** Raw lines without their newline, both directions, before parsing. */
  tap?(direction: "in" | "out", line: string): void;
}

export interface RequestOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface WireStats {
  linesIn: number;
  linesOut: number;
  bytesIn: number;
  bytesOut: number;
  noiseLines: number;
  oversizedLines: number;
  notifications: number;
  requestsIn: number;
  /** Requests that came again under the same id before they were answered. */
  repeatedRequests: number;
  /** Answers given after the first one, or after the connection closed. */
  lateAnswers: number;
  /** Responses nobody waits for: unknown id, or the request timed out or was aborted. */
  lateResponses: number;
  /** How often the source was paused because the consumer lagged. */
  pauses: number;
}

export interface WireConnection {
  /**
   * Sends `{id, method, params}` (`params` is `{}` when undefined) and resolves with `result`. Rejects with RpcError,
   * WireTimeoutError, WireAbortedError, WireLineTooLongError, WireWriteError (params cannot be serialised) or the
   * reason the connection closed with. A response behind a lagging notification consumer waits for that consumer.
   * Notifications that follow the response in the same read are dispatched before the awaiting caller continues.
   */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown>;
  /**
   * Sends `{method, params}` without `params` when undefined; not held back by `maxInFlight`. Throws WireWriteError
   * when params cannot be serialised; does nothing on a closed connection.
   */
  notify(method: string, params?: unknown): void;
  /**
   * Rejects everything pending with `reason`; idempotent. Both streams stay open and belong to the caller; what still
   * arrives is read and thrown away, so that a child process can flush and exit.
   */
  close(reason: BridgeError): void;
  /** Resolves (never rejects) with the reason. */
  readonly closed: Promise<BridgeError>;
  readonly isClosed: boolean;
  /** Requests we wait for, on the wire or waiting for a slot. */
  readonly pendingCount: number;
  /** Incoming requests not answered yet. */
  readonly openRequestCount: number;
  readonly stats: Readonly<WireStats>;
}
