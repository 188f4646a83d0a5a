import { BridgeError } from "../errors.ts";
import type { ServerFailure } from "../protocol/events.ts";

const remedies: Readonly<Record<string, string>> = {
  unauthorized: "Log in again (`codex login`), or check the API key.",
  usageLimitExceeded: "Wait until the limit resets, or use another account or model.",
  rateLimitExceeded: "Wait a moment and try again.",
  serverOverloaded: "Try again in a moment.",
  contextWindowExceeded: "Compact the session or start a new one.",
  internalServerError: "The model server failed; try again.",
  httpConnectionFailed: "Check the model provider's address, key and availability.",
  responseStreamDisconnected: "The connection to the model broke; try again.",
};

/** A failed turn as a typed error. The server's message is meant for people and kept. */
export function serverFailure(failure: ServerFailure): BridgeError {
  const remedy = remedies[failure.kind];
  return new BridgeError("turn_failed", failure.message, {
    ...(remedy === undefined ? {} : { remedy }),
    facts: { kind: failure.kind, httpStatus: failure.httpStatus },
  });
}
