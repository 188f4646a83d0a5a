import { performance } from "node:perf_hooks";
import { toBridgeError } from "../errors.ts";
import { decodeResult } from "../protocol/decode.ts";
import { decodeNotification } from "../protocol/events.ts";
import { factsFor } from "../protocol/facts.ts";
import { connectWire } from "../wire/connection.ts";
import { WireHandlerError } from "../wire/errors.ts";
import {
  type AppServer,
  type AppServerOptions,
  defaultStartTimeoutMs,
  type EventListener,
  type RequestListener,
} from "./app-server.ts";
import type { ChildExit } from "./child-process.ts";
import { DeltaMerge } from "./delta-merge.ts";
import { handshake } from "./handshake.ts";
import { metered } from "./meter.ts";
import { MissingMethods } from "./missing-methods.ts";
import { askPatiently } from "./overload.ts";
import { Surprises } from "./surprises.ts";
import type { Transport } from "./transport/transport.ts";

/** Connects the wire to an open transport and lets it through the version gate. */
export async function greet(transport: Transport, options: AppServerOptions): Promise<AppServer> {
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
  const merge = new DeltaMerge(
    (event) => onEvent(event),
    (thrown) => surprises.fault(new WireHandlerError("onNotification", thrown)),
  );
  const wire = connectWire({
    readable: transport.readable,
    writable: transport.writable,
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
    onNotification: ({ method, params }) => {
      const event = decodeNotification(method, params);
      surprises.event(event);
      return merge.event(event);
    },
    onRequest: (request) => {
      merge.flush();
      onRequest(request);
    },
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
      timeoutMs: options.startTimeoutMs ?? defaultStartTimeoutMs,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    ready = true;
    recording?.ready(info);
    transport.process?.note({ version: info.version });
    if (info.untested) log("warn", `Codex ${info.version} is newer than the newest tested release.`);
    const initializeMs = performance.now() - openedAt;
    const missing = new MissingMethods(info.version);
    const request: AppServer["request"] = (method, params, requestOptions) =>
      metered(method, () =>
        missing.ask(method, () =>
          askPatiently(
            method,
            () => wire.request(method, params, requestOptions),
            () => !wire.isClosed && !requestOptions?.signal?.aborted,
          ),
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
