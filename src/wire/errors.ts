import { BridgeError } from "../errors.ts";

/** The connection has ended; nothing can be sent or answered on it any more. */
export class WireClosedError extends BridgeError {
  constructor(found: string, cause?: unknown) {
    super("wire_closed", found, { remedy: "Open a new connection.", cause });
  }
}

/** No response came within `timeoutMs` of the call. The request may still have taken effect at the peer. */
export class WireTimeoutError extends BridgeError {
  constructor(method: string, timeoutMs: number) {
    super("wire_request_timeout", `Expected a response to ${method} within ${timeoutMs} ms, found none.`, {
      remedy: "Read the state back from the peer before repeating the request: it may have taken effect.",
      facts: { method, timeoutMs },
    });
  }
}

/** The caller's AbortSignal fired first. The request may still have taken effect at the peer. */
export class WireAbortedError extends BridgeError {
  constructor(method: string, cause: unknown) {
    super("wire_request_aborted", `The caller aborted the request ${method}.`, { facts: { method }, cause });
  }
}

/** A line was longer than allowed and has been discarded. The connection lives on. */
export class WireLineTooLongError extends BridgeError {
  constructor(limitBytes: number, method?: string) {
    super("wire_line_too_long", `Expected a line of at most ${limitBytes} bytes, found a longer one and discarded it.`, {
      remedy: "Ask for less at once, or raise maxLineBytes.",
      facts: { limitBytes, method },
    });
  }
}

/** The stream to the peer refused a write, or closed while we still needed it. */
export class WireWriteFailedError extends BridgeError {
  constructor(cause: unknown) {
    const code = (cause as NodeJS.ErrnoException | undefined)?.code;
    super("wire_write_failed", `Writing to the peer failed${code === undefined ? "" : ` (${code})`}.`, {
      remedy: "Find out why the peer stopped reading (exit code, stderr), then open a new connection.",
      facts: { errorCode: code },
      cause,
    });
  }
}

/** A JSON object arrived that is neither a request, nor a response, nor a notification. */
export class WireMalformedError extends BridgeError {
  constructor(found: string, method?: string) {
    super("wire_malformed", `Expected a JSON-RPC message, found ${found}.`, { facts: { method } });
  }
}

/** What we were asked to send cannot be written as JSON (circular, BigInt, params that are no object). */
export class WireNotEncodableError extends BridgeError {
  constructor(method: string, found: string, cause?: unknown) {
    super("wire_not_encodable", `Expected a JSON object to send with ${method}, found ${found}.`, {
      facts: { method },
      cause,
    });
  }
}

/** One of our own callbacks threw or rejected while it handled a message. */
export class WireHandlerError extends BridgeError {
  constructor(callback: string, cause: unknown, method?: string) {
    const where = method === undefined ? callback : `${callback} for ${method}`;
    super("wire_handler_failed", `The callback ${where} failed.`, { facts: { callback, method }, cause });
  }
}

/** The error object of a JSON-RPC response. */
export interface RpcErrorObject {
  code: number;
  message: string;
  data?: unknown;
}

/**
 * The peer answered a request with an error. `rpcMessage` and `data` are verbatim and may quote what was sent;
 * `message` is safe to show: peers echo the offending value between double quotes, so quoted text is left out.
 */
export class RpcError extends BridgeError {
  readonly rpcCode: number;
  readonly rpcMessage: string;
  readonly data: unknown;
  readonly method: string;

  constructor(method: string, error: RpcErrorObject) {
    super("rpc_error", `The peer refused ${method} with error ${error.code}: ${withoutQuotedText(error.message)}`, {
      facts: { method, rpcCode: error.code },
    });
    this.rpcCode = error.code;
    this.rpcMessage = error.message;
    this.data = error.data;
    this.method = method;
  }
}

const SHOWN_RPC_MESSAGE_LENGTH = 300;

function withoutQuotedText(text: string): string {
  // An unfinished quote hides everything up to the end.
  const safe = text.replace(/"(?:[^"\\]|\\.)*(?:"|$)/gs, '"…"');
  return safe.length <= SHOWN_RPC_MESSAGE_LENGTH ? safe : `${safe.slice(0, SHOWN_RPC_MESSAGE_LENGTH).toWellFormed()}…`;
}
