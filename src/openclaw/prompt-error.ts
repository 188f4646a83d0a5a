import type { FailureCategory, TurnOutcome } from "../turn/outcome.ts";

type Failed = Extract<TurnOutcome, { kind: "failed" }>;

/** The status by which the host's failover rules know a kind of failure, when the model server's own is not known. */
const statuses: Readonly<Partial<Record<FailureCategory, number>>> = {
  auth: 401,
  usage_limit: 429,
  rate_limit: 429,
  overloaded: 503,
  model_server: 500,
};

/** Hosts tell an allowance that is used up from a limit that is over in a moment by these words alone. */
const usedUp = /\busage limit\b/i;

/**
 * A failure of the turn as the host's failover reads it (host docs `concepts/retry`): which account or model to try
 * next, and whether the same one again, follows from the status and the words.
 */
export function promptError({ error, category }: Failed): Error {
  const { httpStatus } = error.facts;
  const status = typeof httpStatus === "number" ? httpStatus : statuses[category];
  if (status === undefined) return error;
  const plain = category === "usage_limit" && !usedUp.test(error.message);
  const message = plain ? `The usage limit is reached: ${error.message}` : error.message;
  // Without a cause: hosts show people the codes of the whole chain.
  return Object.assign(new Error(message), { status });
}

/**
 * How often the host may repeat the same attempt after a rate limit (hosts from 2026.9.5 on). Codex has asked six times
 * itself before it gave up (0.169.0; 0.154.0 once); the host's own nine repeats on top of that keep a person, or the
 * next model in line, waiting for more than two minutes.
 */
const repeatsAfterRateLimit = 3;

/** Undefined: as often as the host sees fit. */
export function repeats(outcome: TurnOutcome): { providerRetryMaxRetries?: number } {
  const limited = outcome.kind === "failed" && outcome.category === "rate_limit";
  return limited ? { providerRetryMaxRetries: repeatsAfterRateLimit } : {};
}
