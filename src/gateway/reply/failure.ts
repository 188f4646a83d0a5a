import { toBridgeError } from "../../errors.ts";
import { UpstreamError, type UpstreamFault, withoutKeys } from "../upstream/errors.ts";
import type { Failure } from "./reply.ts";

/*
 * How Codex is told of a failure, so that it fails with these words or tries again. Measured: it ends a turn at once for
 * `invalid_prompt` and `insufficient_quota`, compacts for `context_length_exceeded`, waits as told for
 * `rate_limit_exceeded`, and tries again for every other code, as often as `stream_max_retries` says.
 */
const codes: Readonly<Record<UpstreamFault, string>> = {
  refused: "invalid_prompt",
  quota: "insufficient_quota",
  context_full: "context_length_exceeded",
  rate_limit: "rate_limit_exceeded",
  unavailable: "upstream_unavailable",
  cut: "upstream_cut",
  malformed: "upstream_malformed",
};
const restMs = 5_000;

export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof UpstreamError)) {
    const { message, remedy } = toBridgeError(thrown);
    return { code: "invalid_prompt", message: withoutKeys(remedy === undefined ? message : `${message} ${remedy}`) };
  }
  const { fault, message, retryAfterMs } = thrown;
  if (fault !== "rate_limit") return { code: codes[fault], message };
  const seconds = Math.ceil((retryAfterMs ?? restMs) / 1000);
  return { code: codes.rate_limit, message: `${message} Please try again in ${seconds}s.` };
}
