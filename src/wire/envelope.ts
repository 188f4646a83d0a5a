import type { RequestId } from "./connection.ts";
import type { RpcErrorObject } from "./errors.ts";

/** What one line turned out to be. */
export type Envelope =
  | { kind: "notification"; method: string; params: unknown }
  | { kind: "request"; id: RequestId; method: string; params: unknown }
  | { kind: "result"; id: RequestId; result: unknown }
  | { kind: "error"; id: RequestId; error: RpcErrorObject }
  /** A JSON-RPC message gone wrong; with `answerTo` it can only have been the answer to that request of ours. */
  | { kind: "malformed"; found: string; method?: string; answerTo?: RequestId }
  /** Not a message at all: a log line, a banner, a JSON value that has no field of a message. */
  | { kind: "noise" };

const NOISE: Envelope = { kind: "noise" };
const OPENING_BRACE = 0x7b;
const UNKNOWN_ERROR_CODE = -32603;

/**
 * Reads one line. Messages are told apart by the presence of `method`, because the ids of both sides live in
 * separate spaces and collide. Keys we do not know are ignored.
 */
export function readEnvelope(line: string): Envelope {
  // Exceptions of JSON.parse are dear; a flood of log lines must not be.
  if (line.charCodeAt(0) !== OPENING_BRACE && !line.trimStart().startsWith("{")) return NOISE;
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(line);
  } catch {
    return NOISE;
  }
  const { method, id } = value;
  if (method === undefined) return readResponse(value);
  if (typeof method !== "string") return { kind: "malformed", found: `a method of type ${typeName(method)}` };
  if (id === undefined) return { kind: "notification", method, params: value.params };
  if (isRequestId(id)) return { kind: "request", id, method, params: value.params };
  return { kind: "malformed", found: `${method} with an id of type ${typeName(id)}`, method };
}

function readResponse(value: Record<string, unknown>): Envelope {
  const { id, result, error } = value;
  const answers = result !== undefined || (error !== undefined && error !== null);
  if (!isRequestId(id)) {
    if (!answers && id === undefined) return NOISE;
    return { kind: "malformed", found: `a response with an id of type ${typeName(id)}` };
  }
  if (!answers) return { kind: "malformed", found: "a response with neither result nor error", answerTo: id };
  // An error says more than a result, should both be there.
  if (error !== undefined && error !== null) return { kind: "error", id, error: readError(error) };
  return { kind: "result", id, result };
}

function readError(error: unknown): RpcErrorObject {
  const { code, message, data } = (typeof error === "object" ? error : {}) as Partial<Record<string, unknown>>;
  return {
    code: typeof code === "number" ? code : UNKNOWN_ERROR_CODE,
    message: typeof message === "string" ? message : "(no message)",
    ...(data === undefined ? {} : { data }),
  };
}

function isRequestId(id: unknown): id is RequestId {
  return typeof id === "number" || typeof id === "string";
}

function typeName(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

// Simple members before the id are skipped; a `method` among them means that it is no response.
const RESPONSE_HEAD =
  /^\s*\{(?:\s*"(?!method"|id")[^"\\]*"\s*:\s*(?:"[^"\\]*"|-?[\d.]+|true|false|null)\s*,)*\s*"id"\s*:\s*(-?\d+|"[^"\\]*")\s*,\s*"(?:result|error)"/;

/** The id of the request that an oversized line answers, if its first bytes show that; undefined otherwise. */
export function responseIdFromHead(head: string): RequestId | undefined {
  const id = RESPONSE_HEAD.exec(head)?.[1];
  return id === undefined ? undefined : (JSON.parse(id) as RequestId);
}
