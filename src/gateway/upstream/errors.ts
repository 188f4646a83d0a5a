import { GatewayError } from "../errors.ts";
import { isObject } from "../json.ts";

/**
 * How an upstream failed, by what Codex has to be told. `refused`: asking the same again is no use. `quota`: nor is it
 * before somebody pays. `context_full`: Codex may compact. The others may go better the next time.
 */
export type UpstreamFault = "refused" | "quota" | "context_full" | "rate_limit" | "unavailable" | "cut" | "malformed";

const codes = {
  refused: "upstream_refused",
  quota: "upstream_quota",
  context_full: "upstream_context_full",
  rate_limit: "upstream_rate_limit",
  unavailable: "upstream_unavailable",
  cut: "upstream_cut",
  malformed: "upstream_malformed",
} as const satisfies Record<UpstreamFault, string>;

/** An upstream that did not answer as it should. The message is safe to show: keys are taken out. */
export class UpstreamError extends GatewayError {
  readonly fault: UpstreamFault;
  readonly retryAfterMs: number | undefined;

  constructor(
    fault: UpstreamFault,
    message: string,
    options: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(codes[fault], message, {
      ...(options.status === undefined ? {} : { facts: { status: options.status } }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.fault = fault;
    this.retryAfterMs = options.retryAfterMs;
  }
}

const contextWords =
  /context[_ ](length|window)|maximum context|context_length_exceeded|prompt is too long|too many (input )?tokens|exceeds? the (model'?s )?(maximum|context)|input (length|tokens?).{0,40}exceed/i;
const quotaWords =
  /insufficient[_ ](quota|balance|credit)|credit balance|billing|exceeded your current quota|payment required/i;
const longestMessage = 600;

/** The error for an HTTP answer that is not a success. */
export function httpError(
  status: number,
  body: string,
  headers: Record<string, unknown>,
  provider: string,
): UpstreamError {
  const message = `${provider} answered ${status}: ${messageOf(body)}`;
  const retryAfterMs = retryAfter(headers["retry-after"]);
  const more = { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (status < 500 && status !== 429 && contextWords.test(body))
    return new UpstreamError("context_full", message, more);
  if (status === 402 || (status === 429 && quotaWords.test(body))) return new UpstreamError("quota", message, more);
  if (status === 429) return new UpstreamError("rate_limit", message, more);
  if (status === 408 || status >= 500) return new UpstreamError("unavailable", message, more);
  return new UpstreamError("refused", message, more);
}

/** The error for an `error` object inside of a stream that began well. */
export function streamError(error: unknown, provider: string): UpstreamError {
  const text = typeof error === "string" ? error : JSON.stringify(error ?? null);
  const kind = isObject(error) ? `${String(error.type ?? "")} ${String(error.code ?? "")}` : "";
  const message = `${provider} broke its answer off: ${messageOf(JSON.stringify({ error }))}`;
  if (contextWords.test(text)) return new UpstreamError("context_full", message);
  if (quotaWords.test(text)) return new UpstreamError("quota", message);
  if (/rate_?limit|\b429\b/i.test(kind)) return new UpstreamError("rate_limit", message);
  if (/invalid_request|authentication|permission|not_found|\b40[0134]\b/i.test(kind))
    return new UpstreamError("refused", message);
  return new UpstreamError("unavailable", message);
}

/** What an error body says, in one line and without what might be a key. */
function messageOf(body: string): string {
  let words = body;
  try {
    const value: unknown = JSON.parse(body);
    const error = isObject(value) ? (value.error ?? value) : value;
    const found = isObject(error) ? (error.message ?? error.detail ?? error.error) : error;
    if (typeof found === "string") words = found;
  } catch {
    // A proxy's page; its words are shown as they are.
  }
  const line = words.replace(/\s+/g, " ").trim().slice(0, longestMessage).toWellFormed();
  return line === "" ? "nothing" : withoutKeys(line);
}

export function withoutKeys(text: string): string {
  return text
    .replace(/\b(?:Bearer |(?:sk|pk|key|api)[-_])[A-Za-z0-9*_-]{12,}/gi, "[key]")
    .replace(/\b[A-Za-z0-9_-]{32,}\b/g, "[removed]");
}

function retryAfter(value: unknown): number | undefined {
  const seconds = typeof value === "string" ? Number(value) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
