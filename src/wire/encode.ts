import type { RequestId } from "./connection.ts";
import { type RpcErrorObject, WireNotEncodableError } from "./errors.ts";

/**
 * The line of a request. `params` is always an object, because many peers refuse a request without it.
 * @throws WireNotEncodableError
 */
export function encodeRequest(id: RequestId, method: string, params: unknown): string {
  return encode(method, { id, method, params: requireObject(method, params ?? {}) });
}

/**
 * The line of a notification; `params` is left out when undefined.
 * @throws WireNotEncodableError
 */
export function encodeNotification(method: string, params: unknown): string {
  return encode(method, params === undefined ? { method } : { method, params: requireObject(method, params) });
}

/**
 * The line that answers request `id` of the peer.
 * @throws WireNotEncodableError
 */
export function encodeResult(id: RequestId, method: string, result: unknown): string {
  return encode(method, { id, result: result === undefined ? null : result });
}

/**
 * The line that refuses request `id` of the peer.
 * @throws WireNotEncodableError
 */
export function encodeError(id: RequestId, method: string, error: RpcErrorObject): string {
  const { code, message, data } = error;
  return encode(method, { id, error: data === undefined ? { code, message } : { code, message, data } });
}

function requireObject(method: string, params: unknown): object {
  if (typeof params === "object" && params !== null && !Array.isArray(params)) return params;
  throw new WireNotEncodableError(method, `params that are ${Array.isArray(params) ? "an array" : typeof params}`);
}

function encode(method: string, message: object): string {
  let line: string;
  try {
    line = JSON.stringify(message);
  } catch (cause) {
    throw new WireNotEncodableError(method, "a value JSON cannot hold", cause);
  }
  // JSON.stringify writes \udXXX for lone surrogates and for nothing else, but the same letters may follow an escaped
  // backslash. So this test is cheap and sometimes wrong, and the pass below is exact.
  return line.includes("\\ud") ? replaceLoneSurrogates(line) : line;
}

/**
 * A lone surrogate has no UTF-8 form, and strict parsers refuse its escape. Working on the encoded text covers values
 * and keys alike: every escape is matched as a whole, so a backslash that is itself escaped is never mistaken for one.
 */
function replaceLoneSurrogates(line: string): string {
  return line.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (escape, surrogate) =>
    surrogate === undefined ? escape : "\ufffd",
  );
}
