import { BridgeError, type BridgeErrorOptions } from "../errors.ts";
import { redactSecrets, redactValue } from "../redact.ts";

/** The stream ended or was closed; nothing more can be sent or received. */
export class WireClosedError extends BridgeError {
  constructor(message = "The connection is closed.", options: BridgeErrorOptions = {}) {
    super("wire_closed", message, options);
  }
}

/** No response arrived within `timeoutMs` of the call. The peer may still be working on it. */
export class WireTimeoutError extends BridgeError {
  constructor(method: string, timeoutMs: number) {
    super("wire_request_timeout", `Expected a response to ${method} within ${timeoutMs} ms, none arrived.`, {
      facts: { method, timeoutMs },
    });
  }
}

/** The caller's AbortSignal fired before the response arrived. `cause` is the signal's reason. */
export class WireAbortedError extends BridgeError {
  constructor(method: string, cause: unknown) {
    super("wire_request_aborted", `The request ${method} was aborted by its caller.`, { facts: { method }, cause });
  }
}

/** A line exceeded `limitBytes` and was discarded; the connection lives on. */
export class WireLineTooLongError extends BridgeError {
  constructor(limitBytes: number, method?: string) {
    const what = method === undefined ? "An incoming line" : `The response to ${method}`;
    super("wire_line_too_long", `${what} is longer than ${limitBytes} bytes and was discarded.`, {
      remedy: "Ask for less in one message, or raise maxLineBytes.",
      facts: { limitBytes, method },
    });
  }
}

/**
 * The peer answered with a JSON-RPC error. Its own words are in `rpcMessage` and `data`, not in `message`: a
 * deserialiser likes to quote the value it refused, and that value may be prompt text.
 */
export class RpcError extends BridgeError {
  readonly method: string;
  readonly rpcCode: number;
  readonly rpcMessage: string;
  readonly data: unknown;

  constructor(method: string, rpcCode: number, rpcMessage: string, data?: unknown) {
    super("rpc_error", `The peer refused ${method} with JSON-RPC error ${rpcCode}.`, {
      remedy: "See rpcMessage for the peer's own words.",
      facts: { method, rpcCode },
    });
    this.method = method;
    this.rpcCode = rpcCode;
    this.rpcMessage = redactSecrets(rpcMessage);
    this.data = redactValue(data);
  }
}

/** A message could not be serialised or written. */
export class WireWriteError extends BridgeError {
  constructor(message: string, options: BridgeErrorOptions = {}) {
    super("wire_write_failed", message, options);
  }
}

/** A JSON object that pretends to be a message but has an unusable `id`, `method`, `result` or `error`. */
export class WireMalformedError extends BridgeError {
  constructor(found: string, method?: string) {
    super("wire_malformed", `Expected a JSON-RPC request, response or notification, found ${found}.`, {
      facts: { method },
    });
  }
}

/** One of our own callbacks threw or rejected; `cause` is what it threw. */
export class WireHandlerError extends BridgeError {
  constructor(handler: string, cause: unknown, method?: string) {
    const subject = method === undefined ? handler : `${handler} for ${method}`;
    super("wire_handler_failed", `The callback ${subject} threw.`, { facts: { handler, method }, cause });
  }
}
