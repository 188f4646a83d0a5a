import { toBridgeError } from "../errors.ts";
import { connectWire, type IncomingNotification } from "../wire/connection.ts";
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
import { introduce } from "./handshake.ts";
import { metered } from "./meter.ts";
import { askPatiently } from "./overload.ts";
import { Surprises } from "./surprises.ts";
import type { Transport } from "./transport/transport.ts";

type Reading = typeof import("./reading.ts");

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

  let reading: Reading | undefined;
  const load = async (): Promise<Reading> => {
    reading = await import("./reading.ts");
    return reading;
  };
  const surprises = new Surprises(log);
  const merge = new DeltaMerge(
    (event) => onEvent(event),
    (thrown) => surprises.fault(new WireHandlerError("onNotification", thrown)),
  );
  const notification = ({ decodeNotification }: Reading, { method, params }: IncomingNotification) => {
    const event = decodeNotification(method, params);
    surprises.event(event);
    return merge.event(event);
  };
  const wire = connectWire({
    readable: transport.readable,
    writable: transport.writable,
    ...(options.requestTimeoutMs === undefined ? {} : { requestTimeoutMs: options.requestTimeoutMs }),
    // A server says nothing before it has been asked; one that does is heard when there is somebody who understands it.
    onNotification: (heard) =>
      reading ? notification(reading, heard) : load().then((each) => notification(each, heard)),
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
    const answered = introduce(wire, {
      clientName: options.clientName ?? "codex-bridge",
      clientTitle: options.clientTitle ?? "codex-bridge",
      clientVersion: options.clientVersion ?? "0.1.0",
      timeoutMs: options.startTimeoutMs ?? defaultStartTimeoutMs,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const loaded = load();
    options.onStarted?.();
    const [answer, { admitted, decodeResult, factsFor, MissingMethods }] = await Promise.all([answered, loaded]);
    const info = admitted(answer);
    wire.notify("initialized");
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
