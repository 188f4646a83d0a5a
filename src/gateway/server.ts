import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { BodyRefused, readBody } from "../http-body.ts";
import { type LoopbackApi, serveOnLoopback } from "../loopback.ts";
import type { StateSeal } from "./conversation/state-item.ts";
import { GatewayError } from "./errors.ts";
import { readModelName } from "./model-name.ts";
import { passOn } from "./pass-on.ts";
import { failureOf } from "./reply/failure.ts";
import { Reply } from "./reply/reply.ts";
import { ReaderGone } from "./reply/stream.ts";
import { parseRequest } from "./request/parse.ts";
import { respond } from "./respond.ts";
import type { GatewaySession } from "./sessions.ts";

export interface ServerOptions {
  /** The session whose token a request shows, by its header `authorization`. */
  readonly find: (authorization: string | undefined) => GatewaySession | undefined;
  readonly seal: StateSeal;
  readonly warn: (message: string, facts: Record<string, unknown>) => void;
  readonly heartbeatMs?: number;
}

/**
 * The endpoint Codex takes for its provider. Only this machine reaches it, and only with the token of a session. Once it is
 * closed, what upstreams were asked is taken back.
 */
export async function startServer(options: ServerOptions): Promise<LoopbackApi> {
  const closing = new AbortController();
  const server = createServer((request, response) => {
    answer(request, response, options, closing.signal).catch((thrown: unknown) => {
      if (!(thrown instanceof ReaderGone)) options.warn("a request could not be answered", { error: String(thrown) });
      response.destroy();
    });
  });
  return serveOnLoopback(server, 0, () => closing.abort()).catch((cause: NodeJS.ErrnoException) => {
    throw new GatewayError(
      "gateway_listen",
      `The gateway could not listen on 127.0.0.1: ${cause.code ?? cause.message}`,
      { remedy: "Allow listening on loopback; harness modes need it.", cause },
    );
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  closing: AbortSignal,
): Promise<void> {
  const refusal = refusalOf(request);
  if (refusal) return refuse(response, ...refusal);
  const session = options.find(request.headers.authorization);
  if (!session) return refuse(response, 401, "this token belongs to no session");
  const path = (request.url ?? "").split("?")[0];
  if (request.method === "GET" && path === "/v1/models") return sendJson(response, 200, { models: [], data: [] });
  if (request.method !== "POST" || path !== "/v1/responses")
    return refuse(response, 404, "there is only POST /v1/responses");
  let json: unknown;
  try {
    json = JSON.parse((await readBody(request)).toString("utf8"));
  } catch (thrown) {
    if (thrown instanceof BodyRefused) return refuse(response, thrown.status, thrown.message);
    return refuse(response, 400, "the request body is not JSON");
  }
  const left = new AbortController();
  response.once("close", () => left.abort());
  const signal = AbortSignal.any([left.signal, closing]);
  await serve(session, json, request, response, options, signal);
}

async function serve(
  session: GatewaySession,
  json: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  { seal, heartbeatMs }: ServerOptions,
  signal: AbortSignal,
): Promise<void> {
  const parsed = parseRequest(json, request.headers);
  if (!parsed) return refuse(response, 400, "the request body is not a Responses request");
  const { model } = readModelName(parsed.model);
  const { harness } = session;
  if (!harness) return passOn({ session, json, model, response, signal });
  const reply = new Reply(response, signal, heartbeatMs);
  try {
    await respond({ request: parsed, session, harness, model, seal, reply, signal });
  } catch (thrown) {
    if (thrown instanceof ReaderGone || signal.aborted) return reply.abandon();
    await reply.failed(failureOf(thrown));
  } finally {
    reply.abandon();
  }
}

/** A browser that was lured here names another host; it is told nothing. */
function refusalOf({ headers, socket }: IncomingMessage): [number, string] | undefined {
  const { localPort } = socket;
  const known = headers.host === `127.0.0.1:${localPort}` || headers.host === `localhost:${localPort}`;
  return known && headers.origin === undefined ? undefined : [403, "this endpoint is for Codex on this machine"];
}

function refuse(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { error: { type: "codex_bridge_gateway", code: null, message } }, { connection: "close" });
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
