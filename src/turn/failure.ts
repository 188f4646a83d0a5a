import { BridgeError } from "../errors.ts";
import type { RateLimits, ServerFailure } from "../protocol/shapes.ts";
import type { FailureAction, FailureCategory, TurnOutcome } from "./outcome.ts";

interface FailureClass {
  readonly category: FailureCategory;
  readonly actions: readonly FailureAction[];
  readonly remedy: string;
}

const network: FailureClass = {
  category: "network",
  actions: ["retry"],
  remedy: "Check the model provider's address and availability, and try again.",
};
const policy: FailureClass = {
  category: "policy",
  actions: ["change_model", "report"],
  remedy: "The provider refused the content; rephrase it or use another model.",
};

/** The server's codexErrorInfo, by what can be done about it. */
const classes: Readonly<Record<string, FailureClass>> = {
  unauthorized: { category: "auth", actions: ["login"], remedy: "Log in again (`codex login`), or check the API key." },
  usageLimitExceeded: {
    category: "usage_limit",
    actions: ["wait", "login", "change_model"],
    remedy: "Wait until the limit resets, or use another account or model.",
  },
  sessionBudgetExceeded: {
    category: "usage_limit",
    actions: ["reset", "change_model"],
    remedy: "Start a new session or use another model.",
  },
  rateLimitExceeded: { category: "rate_limit", actions: ["wait", "retry"], remedy: "Wait a moment and try again." },
  serverOverloaded: { category: "overloaded", actions: ["wait", "retry"], remedy: "Try again in a moment." },
  flexUnavailable: {
    category: "overloaded",
    actions: ["wait", "retry"],
    remedy: "Try again, or use another service tier.",
  },
  policyCapacityUnavailable: { category: "overloaded", actions: ["wait", "retry"], remedy: "Try again in a moment." },
  contextWindowExceeded: {
    category: "context_overflow",
    actions: ["compact", "reset"],
    remedy: "Compact the session or start a new one.",
  },
  internalServerError: { category: "model_server", actions: ["retry"], remedy: "The model server failed; try again." },
  responseTooManyFailedAttempts: {
    category: "model_server",
    actions: ["wait", "retry"],
    remedy: "The model server kept failing; try again later.",
  },
  httpConnectionFailed: network,
  responseStreamConnectionFailed: network,
  responseStreamDisconnected: network,
  modelNotFound: {
    category: "bad_request",
    actions: ["change_model"],
    remedy: "Choose a model that the account may use.",
  },
  badRequest: {
    category: "bad_request",
    actions: ["change_model", "report"],
    remedy: "The model server refused the request.",
  },
  cyberPolicy: policy,
  misalignmentPolicyViolation: policy,
  inferenceHookDenied: policy,
  tooManyDenials: {
    category: "policy",
    actions: ["retry"],
    remedy: "Too many approvals were declined; change the policy.",
  },
  sandboxError: {
    category: "sandbox",
    actions: ["report"],
    remedy: "Check that Codex's sandbox works on this machine.",
  },
};
const unknown: FailureClass = { category: "other", actions: ["retry", "report"], remedy: "Try again." };

/** An HTTP status says more than a kind that only tells where it happened. */
function byStatus(status: number | undefined): FailureClass | undefined {
  if (status === 401 || status === 403) return classes.unauthorized;
  if (status === 429) return classes.rateLimitExceeded;
  if (status === 404) return classes.modelNotFound;
  return undefined;
}

/** A turn the server failed, as an outcome. The server's message is meant for people and kept. */
export function failedOutcome(failure: ServerFailure, limits?: RateLimits): TurnOutcome {
  const known = byStatus(failure.httpStatus) ?? classes[failure.kind] ?? unknown;
  const resetsAtMs = known.category === "usage_limit" ? resetOf(limits) : undefined;
  return {
    kind: "failed",
    category: known.category,
    actions: known.actions,
    error: new BridgeError("turn_failed", failure.message, {
      remedy: known.remedy,
      facts: { kind: failure.kind, category: known.category, httpStatus: failure.httpStatus, resetsAtMs },
    }),
    ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
  };
}

/** A failure the bridge itself found. */
export function ownFailure(
  error: BridgeError,
  category: FailureCategory,
  actions: readonly FailureAction[],
): TurnOutcome {
  return { kind: "failed", error, category, actions };
}

/** A turn that did not begin. */
export function startFailure(error: BridgeError): TurnOutcome {
  return error.code === "server_overloaded"
    ? ownFailure(error, "overloaded", ["wait", "retry"])
    : ownFailure(error, "other", ["retry", "report"]);
}

/** The allowance that is used up decides; the one that comes back last, if several are. */
function resetOf(limits: RateLimits | undefined): number | undefined {
  const full = limits?.windows.filter(({ usedPercent }) => usedPercent >= 100) ?? [];
  const windows = full.length > 0 ? full : (limits?.windows ?? []);
  const resets = windows.flatMap(({ resetsAtMs }) => (resetsAtMs === undefined ? [] : [resetsAtMs]));
  return resets.length > 0 ? Math.max(...resets) : undefined;
}
