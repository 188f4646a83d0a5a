import { mkdir } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { type BridgeError, toBridgeError } from "../errors.ts";
import { decodeResult } from "../protocol/decode.ts";
import { decodeNotification, type ServerEvent } from "../protocol/events.ts";
import { type Facts, factsFor } from "../protocol/facts.ts";
import type { MethodName, ParamsOf, ResultOf } from "../protocol/methods.ts";
import { connectWire, type IncomingRequest, type RequestOptions, type WireConnection } from "../wire/connection.ts";
import { type CodexBinary, findCodexBinary } from "./binary.ts";
import { type Child, type ChildExit, settlesWithin, spawnChild } from "./child-process.ts";
import { codexEnvironment } from "./environment.ts";
import { ServerExitError, ServerStartError } from "./errors.ts";
import { handshake, type ServerInfo } from "./handshake.ts";
import { MissingMethods } from "./missing-methods.ts";
import type { ServerRecorder } from "./recorder.ts";
import { StderrTail } from "./stderr-tail.ts";
import { Surprises } from "./surprises.ts";

export interface AppServerOptions {
  /** A path, a bare name to look up on PATH, or absent for the managed binary. */
  readonly command?: string;
  /** Folder of Codex's own state; made when missing. Absent: Codex's default. */
  readonly codexHome?: string;
  /** `-c key=value` overrides, each as one `key=value` string in TOML syntax. No secrets: argv is public. */
  readonly configOverrides?: readonly string[];
  /** Additional environment for Codex and the commands it runs. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder the process starts in; threads have their own. */
  readonly cwd?: string;
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
  readonly binary: CodexBinary;
  readonly pid: number;
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
   * @throws BridgeError `protocol_shape` when the answer is not as expected; the connection goes on
   */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, options?: RequestOptions): Promise<ResultOf<M>>;
  /** Any request, its answer as it comes. */
  request(method: string, params: unknown, options?: RequestOptions): Promise<unknown>;
  /** The one consumer of notifications. A promise it returns slows the server down. */
  onEvent(listener: EventListener): void;
  /** The one consumer of server requests; each must be answered. */
  onRequest(listener: RequestListener): void;
  /** stdin EOF, then SIGTERM, then SIGKILL, each after its deadline. Resolves when the process is gone. */
  stop(): Promise<void>;
}

/**
 * Starts `codex app-server` and completes the handshake.
 * @throws BridgeError `codex_binary_not_found` | `codex_binary_not_executable`
 * @throws ServerStartError `server_spawn_failed` | `server_exited_early` | `server_start_timeout`
 * @throws ServerVersionError when the version gate refuses the server; the process is gone by then
 */
export async function startAppServer(options: AppServerOptions = {}): Promise<AppServer> {
  const log = options.log ?? (() => undefined);
  const binary = findCodexBinary(options.command);
  if (options.codexHome !== undefined) await mkdir(options.codexHome, { recursive: true, mode: 0o700 });
  const startedAt = performance.now();
  const child = spawnCodex(binary, options);
  let exit: ChildExit | undefined;
  const exited = child.exited.then((facts) => {
    exit = facts;
  });
  if (child.pid === undefined) {
    const { spawnError } = await child.exited;
    throw new ServerStartError("server_spawn_failed", `Codex could not be started: ${spawnError}`, {
      remedy: `Check that ${binary.file} is a Codex executable for this machine.`,
    });
  }
  const pid = child.pid;
  const spawnMs = performance.now() - startedAt;
  const tail = new StderrTail(child.stderr);
  const recording = options.recorder?.spawned(argumentsFor(binary, options));
  void exited.then(() => recording?.exited(exit ?? {}, tail.text()));
  let ready = false;
  let onEvent: EventListener = () => undefined;
  let onRequest: RequestListener = (request) =>
    request.reject({ code: -32601, message: "codex-bridge: nobody is listening for this request" });

  const surprises = new Surprises(log);
  const wire = connectWire({
    readable: child.stdout,
    writable: child.stdin,
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
    onNotification: ({ method, params }) => {
      const event = decodeNotification(method, params);
      surprises.event(event);
      return onEvent(event);
    },
    onRequest: (request) => onRequest(request),
    onFault: (fault) => surprises.fault(fault),
    onNoise: (noise) => log("debug", "noise on the server's stdout", { ...noise }),
    ...(recording ? { tap: (direction, line) => recording.line(direction, line) } : {}),
    describeEnd: async () => {
      await settlesWithin(exited, 1000);
      return exitError(exit, ready, tail.text());
    },
  });
  const stop = async (): Promise<void> => {
    if (exit === undefined) recording?.closing();
    await child.stop();
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
      timeoutMs: options.startTimeoutMs ?? 30_000,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    ready = true;
    recording?.ready(info);
    if (info.untested) log("warn", `Codex ${info.version} is newer than the newest tested release.`);
    const initializeMs = performance.now() - startedAt - spawnMs;
    const missing = new MissingMethods(info.version);
    const request: AppServer["request"] = (method, params, requestOptions) =>
      missing.ask(method, () => wire.request(method, params, requestOptions));
    return {
      info,
      binary,
      pid,
      timings: { spawnMs, initializeMs },
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
    if (error.code !== "wire_request_timeout") throw error;
    const stderr = tail.text(600);
    throw new ServerStartError(
      "server_start_timeout",
      `Codex did not answer initialize in time.${stderr && ` It said: ${stderr}`}`,
      {
        remedy: "Start `codex app-server` by hand to see what it waits for; another process may hold its home locked.",
        facts: { clock: "initialize" },
        cause: error,
      },
    );
  }
}

function argumentsFor(binary: CodexBinary, { configOverrides = [] }: AppServerOptions): string[] {
  return [...binary.args, ...configOverrides.flatMap((pair) => ["-c", pair]), "app-server"];
}

function spawnCodex(binary: CodexBinary, options: AppServerOptions): Child {
  return spawnChild({
    command: binary.command,
    args: argumentsFor(binary, options),
    env: codexEnvironment(process.env, {
      ...options.env,
      ...(options.codexHome === undefined ? {} : { CODEX_HOME: options.codexHome }),
    }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}

function exitError(exit: ChildExit | undefined, ready: boolean, stderr: string): BridgeError {
  const how = exit ? (exit.signal ? `by ${exit.signal}` : `with code ${exit.exitCode ?? "unknown"}`) : "its output";
  const said = stderr && ` It said: ${stderr.slice(-600)}`;
  const facts = { exitCode: exit?.exitCode, signal: exit?.signal };
  if (!ready) {
    return new ServerStartError("server_exited_early", `Codex ended ${how} before the handshake.${said}`, {
      remedy: "Check that the configured command is Codex 0.125.0 or newer and that its home is readable.",
      facts,
    });
  }
  return new ServerExitError("server_exited", `The Codex app-server ended ${how}.${said}`, {
    remedy: "The next turn starts a new one and resumes the thread.",
    facts,
  });
}
