import { performance } from "node:perf_hooks";
import { BridgeError, toBridgeError } from "../errors.ts";
import { decodeResult } from "../protocol/decode.ts";
import { decodeNotification, type ServerEvent } from "../protocol/events.ts";
import { type Facts, factsFor } from "../protocol/facts.ts";
import type { MethodName, ParamsOf, ResultOf } from "../protocol/methods.ts";
import { connectWire, type IncomingRequest, type RequestOptions, type WireConnection } from "../wire/connection.ts";
import type { ChildExit } from "./child-process.ts";
import { handshake, type ServerInfo } from "./handshake.ts";
import { MissingMethods } from "./missing-methods.ts";
import { askPatiently } from "./overload.ts";
import type { ServerRecorder } from "./recorder.ts";
import { Surprises } from "./surprises.ts";
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

const startTimeoutMs = 30_000;

/**
 * Starts `codex app-server`, or connects to the endpoint, and completes the handshake.
 * @throws BridgeError `codex_binary_not_found` | `codex_binary_not_executable`
 * @throws ServerStartError `server_spawn_failed` | `server_exited_early` | `server_start_timeout`
 * @throws BridgeError of `openEndpoint`
 * @throws ServerVersionError when the version gate refuses the server; a process of our own is gone by then
 */
export async function startAppServer(options: AppServerOptions = {}): Promise<AppServer> {
  return greet(await open(options), options);
}

async function open(options: AppServerOptions): Promise<Transport> {
  const { endpoint, signal } = options;
  if (endpoint === undefined) return openStdio(options, (message, facts) => options.log?.("warn", message, facts));
  requireNoProcess(options);
  const { openEndpoint } = await import("./transport/websocket.ts");
  return openEndpoint(endpoint, {
    timeoutMs: options.startTimeoutMs ?? startTimeoutMs,
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

/** Connects the wire to an open transport and lets it through the version gate. */
async function greet(transport: Transport, options: AppServerOptions): Promise<AppServer> {
  const log = options.log ?? (() => undefined);
  const openedAt = performance.now();
  let exit: ChildExit | undefined;
  const recording = options.recorder?.spawned(transport.args, transport.process?.binary.origin);
  void transport.ended.then((facts) => {
    exit = facts;
    recording?.exited(facts, transport.said());
  });
  let ready = false;
  let onEvent: EventListener = () => undefined;
  let onRequest: RequestListener = (request) =>
    request.reject({ code: -32601, message: "codex-bridge: nobody is listening for this request" });

  const surprises = new Surprises(log);
  const wire = connectWire({
    readable: transport.readable,
    writable: transport.writable,
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
    onNotification: ({ method, params }) => {
      const event = decodeNotification(method, params);
      surprises.event(event);
      return onEvent(event);
    },
    onRequest: (request) => onRequest(request),
    onFault: (fault) => surprises.fault(fault),
    onNoise: (noise) => log("debug", "noise among the server's messages", { ...noise }),
    ...(recording ? { tap: (direction, line) => recording.line(direction, line) } : {}),
    describeEnd: () => transport.describeEnd(ready),
  });
  const stop = async (): Promise<void> => {
    if (exit === undefined) recording?.closing();
    await transport.stop();
  };
  const gone = wire.closed.then((reason) => {
    // A server whose output is closed can tell us nothing more, even if it still runs.
    void stop();
    return reason;
  });

  try {
    const info = await handshake(wire, {
      clientName: options.clientName ?? "codex-bridge",
      clientTitle: options.clientTitle ?? "codex-bridge",
      clientVersion: options.clientVersion ?? "0.1.0",
      timeoutMs: options.startTimeoutMs ?? startTimeoutMs,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    ready = true;
    recording?.ready(info);
    transport.process?.note({ version: info.version });
    if (info.untested) log("warn", `Codex ${info.version} is newer than the newest tested release.`);
    const initializeMs = performance.now() - openedAt;
    const missing = new MissingMethods(info.version);
    const request: AppServer["request"] = (method, params, requestOptions) =>
      missing.ask(method, () =>
        askPatiently(
          method,
          () => wire.request(method, params, requestOptions),
          () => !wire.isClosed && !requestOptions?.signal?.aborted,
        ),
      );
    return {
      info,
      where: transport.where,
      ...(transport.process ? { process: transport.process } : {}),
      timings: { spawnMs: transport.openMs, initializeMs },
      closed: gone,
      get isClosed() {
        return wire.isClosed;
      },
      wire,
      facts: factsFor(info.version),
      get skipped() {
        return surprises.skipped;
      },
      request,
      call: async (method, params, requestOptions) =>
        decodeResult(method, await request(method, params, requestOptions)),
      onEvent: (listener) => {
        onEvent = listener;
      },
      onRequest: (listener) => {
        onRequest = listener;
      },
      stop,
    };
  } catch (thrown) {
    await stop();
    const error = toBridgeError(thrown);
    throw error.code === "wire_request_timeout" ? transport.describeSilence(error) : error;
  }
}
