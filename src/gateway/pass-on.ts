import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { isObject, type JsonObject } from "./json.ts";
import { failureOf } from "./reply/failure.ts";
import { Reply } from "./reply/reply.ts";
import type { GatewaySession } from "./sessions.ts";
import { post } from "./upstream/ask.ts";

export interface PassingOn {
  readonly session: GatewaySession;
  readonly json: unknown;
  readonly model: string;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

/** What only Codex's own provider knows, and others refuse. */
const ownFields = ["client_metadata"];

/** A provider that speaks Responses gets Codex's request with its own key and model name, and Codex its bytes. */
export async function passOn({ session, json, model, response, signal }: PassingOn): Promise<void> {
  const body: JsonObject = { ...(isObject(json) ? json : {}), model };
  for (const field of ownFields) delete body[field];
  try {
    const upstream = await post({ provider: session.provider, body, signal });
    response.writeHead(200, { "content-type": String(upstream.headers["content-type"] ?? "text/event-stream") });
    await pipeline(upstream.body, response, { signal });
  } catch (thrown) {
    if (signal.aborted || response.headersSent) {
      response.destroy();
      return;
    }
    await new Reply(response, signal).failed(failureOf(thrown));
  }
}
