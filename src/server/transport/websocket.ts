import net from "node:net";
import type { ClientOptions, WebSocket } from "ws";
import type { BridgeError } from "../../errors.ts";
import { settlesWithin } from "../child-process.ts";
import { ServerExitError, ServerStartError } from "../errors.ts";
import { bareFrames } from "./bare-frames.ts";
import { bearerOf } from "./bearer.ts";
import { connectionError, Refused } from "./connect-errors.ts";
import { type Address, addressOf, type Endpoint } from "./endpoint.ts";
import { keepAlive } from "./keep-alive.ts";
import { messageStreams } from "./message-stream.ts";
import { requireOwnSocket } from "./socket-owner.ts";
import type { Transport } from "./transport.ts";

export interface ConnectOptions {
  /** From the call to an open connection. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The wire discards what is longer than 64 MiB; up to here a message costs only itself, beyond it the connection. */
const maxMessageBytes = 128 * 1024 * 1024;
/** How long the peer may take to say goodbye. */
const closingMs = 2000;

/**
 * Connects to an app-server that somebody else runs. It is never ended, only left.
 * @throws BridgeError `endpoint_invalid` | `endpoint_insecure` | `endpoint_not_found` | `endpoint_not_ours` |
 *   `endpoint_secret_missing` | `endpoint_secret_exposed` | `endpoint_secret_unusable`
 * @throws ServerStartError `endpoint_unreachable` | `endpoint_unauthorized` | `endpoint_tls` | `endpoint_not_codex`
 */
export async function openEndpoint(endpoint: Endpoint, options: ConnectOptions): Promise<Transport> {
  const startedAt = performance.now();
  const named = addressOf(endpoint);
  const address = named.type === "unix" ? { ...named, socket: await requireOwnSocket(named.socket) } : named;
  const bearer = endpoint.auth ? await bearerOf(endpoint.auth) : undefined;
  const connected = await connect(address, bearer, options);
  return transportOver(connected, address, performance.now() - startedAt);
}

interface Connected {
  readonly socket: WebSocket;
  /** The upgrade was answered by ourselves: the listener has not said a word yet. */
  readonly bare: boolean;
}

function transportOver({ socket, bare }: Connected, address: Address, openMs: number): Transport {
  const { shown } = address;
  let code = 1006;
  let leaving = false;
  let heard = !bare;
  socket.once("message", () => {
    heard = true;
  });
  const closed = new Promise<void>((resolve) => {
    socket.once("close", (closeCode) => {
      code = closeCode;
      resolve();
    });
  });
  // A connection that breaks emits `close` as well, and that is where it counts.
  socket.on("error", () => undefined);
  keepAlive(socket);
  return {
    ...messageStreams(socket),
    where: shown,
    // Where it is stays out of recordings.
    args: ["app-server", "--connect", address.type],
    openMs,
    ended: closed.then(() => ({})),
    said: () => "",
    async describeEnd(ready) {
      await settlesWithin(closed, closingMs);
      return endOf(shown, { ready, heard, leaving, code });
    },
    describeSilence: (cause) =>
      new ServerStartError("server_start_timeout", `The app-server at ${shown} did not answer initialize in time.`, {
        remedy: "Check that a Codex app-server listens there, and that it is not stopped.",
        facts: { clock: "initialize" },
        cause,
      }),
    async stop() {
      leaving = true;
      socket.close(1000);
      // The goodbye has to be read, also when nobody read on.
      if (socket.isPaused) socket.resume();
      if (!(await settlesWithin(closed, closingMs))) socket.terminate();
      await closed;
    },
  };
}

interface Parting {
  readonly ready: boolean;
  readonly heard: boolean;
  readonly leaving: boolean;
  readonly code: number;
}

function endOf(shown: string, how: Parting): BridgeError {
  const facts = { closeCode: how.code };
  if (!how.heard) {
    return new ServerStartError("endpoint_unreachable", `${shown} takes connections, and ends them without a word.`, {
      remedy: "Start codex app-server --listen there; what forwards to it (ssh -L, a proxy) may run without it.",
      facts,
    });
  }
  if (!how.ready) {
    return new ServerStartError("endpoint_not_codex", `${shown} ended the connection before the handshake.`, {
      remedy: "Check that a Codex app-server 0.125.0 or newer listens there.",
      facts,
    });
  }
  if (how.leaving) {
    return new ServerExitError("server_left", `The connection to the app-server at ${shown} was closed.`, { facts });
  }
  return new ServerExitError("server_connection_lost", `The connection to the app-server at ${shown} was lost.`, {
    remedy: "The next turn connects again, ends what was left running there, and resumes the thread.",
    facts,
  });
}

async function connect(address: Address, bearer: string | undefined, options: ConnectOptions): Promise<Connected> {
  const headers = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
  try {
    if (address.type === "websocket") return { socket: await dial(address.url, { headers }, options), bare: false };
    const over = (createConnection: ClientOptions["createConnection"]) =>
      dial("ws://localhost/", { createConnection }, options);
    try {
      return { socket: await over(() => net.connect(address.socket)), bare: false };
    } catch (thrown) {
      // Codex 0.125.0 takes the upgrade for a broken frame and hangs up.
      if ((thrown as NodeJS.ErrnoException).code !== "ECONNRESET") throw thrown;
      return { socket: await over(() => bareFrames(address.socket) as net.Socket), bare: true };
    }
  } catch (thrown) {
    throw connectionError(thrown, address.shown, bearer !== undefined);
  }
}

async function dial(url: string, how: ClientOptions, { timeoutMs, signal }: ConnectOptions): Promise<WebSocket> {
  // Only who connects pays for its import.
  const { WebSocket } = await import("ws");
  const socket = new WebSocket(url, {
    ...how,
    // Nothing is gained on loopback, and what is compressed can be a bomb.
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    handshakeTimeout: timeoutMs,
    followRedirects: false,
  });
  const giveUp = (): void => socket.terminate();
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("unexpected-response", (request, response) => {
        request.destroy();
        reject(new Refused(response.statusCode ?? 0));
      });
      // Nothing may arrive before the streams listen.
      socket.once("open", () => {
        socket.off("error", reject);
        resolve();
      });
    });
    return socket;
  } catch (thrown) {
    // A socket that was given up may still have something to complain about.
    socket.on("error", () => undefined);
    throw thrown;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}
