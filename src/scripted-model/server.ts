import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { BridgeError } from "../errors.ts";
import { BodyRefused, readBody } from "../http-body.ts";
import { type LoopbackApi, serveOnLoopback } from "../loopback.ts";
import { play } from "./play.ts";
import { writeReply } from "./reply.ts";
import { type ModelRequest, positionOf, type ResponsesBody } from "./request.ts";
import { RequestLog } from "./request-log.ts";
import { type HttpFault, isHttpFault, type Reply, type Script } from "./script.ts";
import { defaultScript } from "./scripts.ts";
import { SseStream, StreamGone } from "./sse.ts";

export type { ModelRequest, ResponsesBody } from "./request.ts";

/** Its `url` is the base URL for a Codex model provider. */
export interface ScriptedModel extends LoopbackApi {
  /** The last 1000 requests, oldest first; only the last 200 still have their `body` (fewer beyond 256 MiB). */
  readonly requests: readonly ModelRequest[];
}

export interface ScriptedModelOptions {
  /** Default: a short answer that mentions the prompt. */
  script?: Script | undefined;
  /** Default 0: any free port. */
  port?: number | undefined;
  /** Called when a request was read, before the script answers. */
  onRequest?: ((request: ModelRequest) => void) | undefined;
}

/**
 * Starts a Responses API on loopback that plays a script instead of asking a model.
 * Throws BridgeError `scripted_model_listen` if the port cannot be had.
 */
export async function startScriptedModel(options: ScriptedModelOptions = {}): Promise<ScriptedModel> {
  const script = options.script ?? defaultScript;
  const log = new RequestLog();
  const closing = new AbortController();
  let received = 0;

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const left = new AbortController();
    response.once("close", () => left.abort());
    const path = (incoming.url ?? "").split("?")[0];
    if (incoming.method === "GET" && path === "/v1/models")
      return sendJson(response, 200, { object: "list", data: [], models: [] });
    if (incoming.method !== "POST" || path !== "/v1/responses") {
      return sendFault(response, { status: 404, body: errorBody("the scripted model has only POST /v1/responses") });
    }
    const data = await readBody(incoming);
    const body = parseBody(data);
    const request = {
      index: received,
      body,
      bytes: data.length,
      headers: incoming.headers,
      ...positionOf(body),
      aborted: false,
    };
    received += 1;
    log.add(request);
    const stream = new SseStream(response, left.signal);
    response.once("close", () => {
      request.aborted = !response.writableFinished && !stream.wasCut && !closing.signal.aborted;
    });
    options.onRequest?.(request);
    const reply = await replyTo(script, request);
    if (isHttpFault(reply)) return sendFault(response, reply);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    await writeReply(stream, reply, request);
  };

  // A client on loopback is not told apart by the name it used, so a missing Host is no reason to refuse it.
  const server = createServer({ requireHostHeader: false }, (incoming, response) => {
    answer(incoming, response).catch((error: unknown) => refuse(response, error));
  });
  const port = options.port ?? 0;
  const api = await serveOnLoopback(server, port, () => closing.abort()).catch((cause: NodeJS.ErrnoException) => {
    const message = `the scripted model could not listen on 127.0.0.1:${port}: ${cause.code ?? cause.message}`;
    throw new BridgeError("scripted_model_listen", message, {
      remedy: "Leave out the port to get a free one.",
      cause,
    });
  });
  return { ...api, requests: log.requests };
}

/** A script function that throws is a fault of the script: 400 is the one status that Codex does not retry. */
async function replyTo(script: Script, request: ModelRequest): Promise<Reply> {
  try {
    return await play(script, request);
  } catch (error) {
    return {
      status: 400,
      body: errorBody(`the script threw: ${error instanceof Error ? error.message : String(error)}`),
    };
  }
}

function parseBody(data: Buffer): ResponsesBody {
  let body: unknown;
  try {
    body = JSON.parse(data.toString("utf8"));
  } catch {
    throw new BodyRefused(400, "request body is not JSON");
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as ResponsesBody;
  throw new BodyRefused(400, "request body is not a JSON object");
}

function refuse(response: ServerResponse, error: unknown): void {
  if (error instanceof StreamGone || response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const status = error instanceof BodyRefused ? error.status : 500;
  // The rest of a refused body is never read, so the connection cannot be used again.
  const headers = { connection: "close" };
  sendFault(response, { status, headers, body: errorBody(error instanceof Error ? error.message : String(error)) });
}

function sendFault(response: ServerResponse, fault: HttpFault): void {
  sendJson(response, fault.status, fault.body ?? errorBody(`scripted HTTP ${fault.status}`), fault.headers);
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}

function errorBody(message: string): object {
  return { error: { type: "scripted_model", code: null, message } };
}
