import { describe, expect, it } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { refusal } from "../../src/openclaw/preflight.ts";
import { promptError, repeats } from "../../src/openclaw/prompt-error.ts";
import type { FailureCategory, TurnOutcome } from "../../src/turn/outcome.ts";

type Failed = Extract<TurnOutcome, { kind: "failed" }>;

function failed(category: FailureCategory, message = "it failed", httpStatus?: number): Failed {
  return {
    kind: "failed",
    category,
    actions: [],
    error: new BridgeError("turn_failed", message, { facts: { httpStatus } }),
  };
}

describe("a failed turn, for the host's failover", () => {
  it.each<[FailureCategory, number]>([
    ["auth", 401],
    ["usage_limit", 429],
    ["rate_limit", 429],
    ["overloaded", 503],
    ["model_server", 500],
  ])("%s has the status %i", (category, status) => {
    expect(promptError(failed(category))).toMatchObject({ status });
  });

  it("has the model server's own status where Codex told it", () => {
    expect(promptError(failed("network", "cut", 502))).toMatchObject({ status: 502, message: "cut" });
  });

  it("is the bridge's own error where no status says what it was", () => {
    const outcome = failed("policy");
    expect(promptError(outcome)).toBe(outcome.error);
  });

  it("says that an allowance is used up in the words hosts know, and otherwise in Codex's", () => {
    expect(promptError(failed("usage_limit", "No more today.")).message).toBe(
      "The usage limit is reached: No more today.",
    );
    const known = "You've hit your usage limit. Try again at 5 PM.";
    expect(promptError(failed("usage_limit", known)).message).toBe(known);
    expect(promptError(failed("rate_limit", "Slow down.")).message).toBe("Slow down.");
  });

  it("may be repeated a few times after a rate limit, and as often as the host likes otherwise", () => {
    expect(repeats(failed("rate_limit"))).toEqual({ providerRetryMaxRetries: 3 });
    expect(repeats(failed("overloaded"))).toEqual({});
    expect(repeats({ kind: "completed" })).toEqual({});
  });
});

describe("a turn that could not begin", () => {
  class AgentHarnessPreflightError extends Error {
    constructor(message: string, options: object) {
      super(message);
      Object.assign(this, options);
    }
  }
  const host = { AgentHarnessPreflightError } as never;

  it.each(["auth_profile_unusable", "login_failed"] as const)("for %s makes the host try the next account", (code) => {
    const error = refusal(new BridgeError(code, "It does not work."), host);
    expect(error).not.toBeInstanceOf(AgentHarnessPreflightError);
    expect(error).toMatchObject({ status: 401, message: `${code}: It does not work.` });
  });

  it("for any other reason is the harness's, with what to do", () => {
    const error = refusal(new BridgeError("codex_binary_not_found", "No Codex.", { remedy: "Install it." }), host);
    expect(error).toBeInstanceOf(AgentHarnessPreflightError);
    expect(error).toMatchObject({ scope: "harness", userMessage: "No Codex. Install it." });
  });
});
