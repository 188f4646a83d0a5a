import { BridgeError } from "../errors.ts";
import type { ServerEvent } from "../protocol/events.ts";
import type { Facts } from "../protocol/facts.ts";
import type { MethodName, ParamsOf, ResultOf } from "../protocol/methods.ts";
import type { IncomingRequest, RequestOptions, WireConnection } from "../wire/contract.ts";
import type { ServerInfo } from "./handshake.ts";
import type { ServerRecorder } from "./recorder.ts";
import type { Endpoint } from "./transport/endpoint.ts";
import { openStdio, type StdioOptions } from "./transport/stdio.ts";
import type { ServerProcess, Transport } from "./transport/transport.ts";

export interface AppServerOptions extends StdioOptions {
  /** A server that somebody else runs, instead of a process of our own: what starts one is then no option. */
  readonly endpoint?: Endpoint;
  readonly clientName?: string;
  readonly clientTitle?: string;
  readonly clientVersion?: string;
  /** From spawn to a finished handshake. Default 30 s. */
  readonly startTimeoutMs?: number;
  /** Default deadline of every request. Default 60 s. */
  readonly requestTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called as soon as the server was asked to prepare itself: what is done now costs no time. */
  readonly onStarted?: () => void;
  /** Told of every line and of the process's life. */
  readonly recorder?: ServerRecorder;
  readonly log?: (level: "debug" | "info" | "warn" | "error", message: string, facts?: Record<string, unknown>) => void;
}

export type EventListener = (event: ServerEvent) => void | Promise<void>;
export type RequestListener = (request: IncomingRequest) => void;

/** A running, gated app-server. It knows processes and messages, not threads. */
export interface AppServer {
  readonly info: ServerInfo;
  /** Where it is: an executable, or an address without credentials. */
  readonly where: string;
  /** The process we started for it; absent when somebody else runs it. */
  readonly process?: ServerProcess;
  readonly timings: { readonly spawnMs: number; readonly initializeMs: number };
  /** Resolves with the reason once the server is gone; never rejects. */
  readonly closed: Promise<BridgeError>;
  readonly isClosed: boolean;
  readonly wire: WireConnection;
  /** What this release has. */
  readonly facts: Facts;
  /** Messages and items skipped so far, because something the bridge reads of them was not as expected. */
  readonly skipped: number;
  /**
   * One of the requests the bridge makes, with its answer checked.
   * @throws MethodUnsupportedError when this release has no such method
   * @throws ServerOverloadedError when the server refused it for that reason, again and again
   * @throws BridgeError `protocol_shape` when the answer is not as expected; the connection goes on
   */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, options?: RequestOptions): Promise<ResultOf<M>>;
  /** Any request, its answer as it comes. */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown>;
  /** The one consumer of notifications. A promise it returns slows the server down. */
  onEvent(listener: EventListener): void;
  /** The one consumer of server requests; each must be answered. */
  onRequest(listener: RequestListener): void;
  /**
   * Ends the process (stdin EOF, SIGTERM, SIGKILL, each after its deadline) and everything that it started, or leaves a
   * server that is not ours.
   */
  stop(): Promise<void>;
}

/** Of `startTimeoutMs`. */
export const defaultStartTimeoutMs = 30_000;

/**
 * Starts `codex app-server`, or connects to the endpoint, and completes the handshake. Code is loaded when it is needed, and
 * what understands messages while the server prepares itself, which takes it longer.
 *
 * @throws BridgeError `codex_binary_not_found` | `codex_binary_not_executable`
 * @throws ServerStartError `server_spawn_failed` | `server_exited_early` | `server_start_timeout`
 * @throws BridgeError of `openEndpoint`
 * @throws ServerVersionError when the version gate refuses the server; a process of our own is gone by then
 */
export async function startAppServer(options: AppServerOptions = {}): Promise<AppServer> {
  const transport = await open(options);
  const { greet } = await import("./greet.ts");
  return greet(transport, options);
}

async function open(options: AppServerOptions): Promise<Transport> {
  const { endpoint, signal } = options;
  const started = (): void => void import("./greet.ts");
  if (endpoint === undefined)
    return openStdio(options, (message, facts) => options.log?.("warn", message, facts), started);
  requireNoProcess(options);
  started();
  const { openEndpoint } = await import("./transport/websocket.ts");
  return openEndpoint(endpoint, {
    timeoutMs: options.startTimeoutMs ?? defaultStartTimeoutMs,
    ...(signal ? { signal } : {}),
  });
}

/** Options that would be without effect are an operator's mistake that nobody would notice. */
function requireNoProcess(options: AppServerOptions): void {
  const { command, codexHome, cwd, configOverrides = [], env = {} } = options;
  const given = { command, codexHome, cwd, configOverrides: configOverrides[0], env: Object.keys(env)[0] };
  const idle = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (idle.length === 0) return;
  throw new BridgeError("endpoint_conflict", `A server that runs already cannot be given ${idle.join(", ")}.`, {
    remedy: "Leave them out, or leave the endpoint out and let the bridge start Codex itself.",
  });
}
