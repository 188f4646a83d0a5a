import { BridgeError } from "../errors.ts";
import { RpcError } from "../wire/errors.ts";
import { sandboxTypes, type WantedSettings } from "./settings.ts";

/**
 * What the server says it will do has to be what was asked: an administrator's requirements, or a server that does not
 * know a policy, must not widen it unnoticed.
 * @throws BridgeError `policy_mismatch`
 */
export function requirePolicy(
  wanted: WantedSettings,
  found: { approvalPolicy?: unknown; sandbox?: { type: string } | null | undefined },
): void {
  const policy = found.approvalPolicy;
  const sandbox = found.sandbox?.type;
  const policyDiffers = typeof policy === "string" && policy !== wanted.approvalPolicy;
  const sandboxDiffers = sandbox !== undefined && sandbox !== sandboxTypes[wanted.sandbox];
  if (!policyDiffers && !sandboxDiffers) return;
  throw new BridgeError(
    "policy_mismatch",
    `Codex would use approval policy ${String(policy)} and sandbox ${sandbox}, not ${wanted.approvalPolicy} and ${wanted.sandbox}.`,
    {
      remedy: "Ask for what Codex's requirements allow (`codex` shows them), or have them changed.",
      facts: { approvalPolicy: String(policy), sandbox },
    },
  );
}

/**
 * The server's ways of saying that it cannot have this thread any more. Matched by text because the error code (-32600)
 * is that of every refusal; checked against real releases.
 */
export function whyGone(thrown: unknown): string | undefined {
  if (!(thrown instanceof RpcError)) return undefined;
  if (/no rollout found|not materialized|thread not found|invalid (thread|session) id/i.test(thrown.rpcMessage)) {
    return "Codex has no record of the earlier thread";
  }
  // Releases read and continue each other's threads, but not all what all others wrote (0.142 spoils it for 0.169).
  return /failed to (parse|load(?! configuration)|read|resume)\b.*\b(rollout|thread)/i.test(thrown.rpcMessage)
    ? "this Codex cannot read the earlier thread"
    : undefined;
}

/** A refusal by its name, where the server's own words would not tell anybody what to do. Rethrows everything else. */
export function throwNamed(thrown: unknown): never {
  const data = thrown instanceof RpcError ? (thrown.data as { type?: unknown } | null | undefined) : undefined;
  if (data?.type === "modelProviderMismatch") throw providerUnavailable(thrown);
  throw thrown;
}

/** Some releases run turns only with the model provider of the app-server's own configuration. */
export function providerUnavailable(cause?: unknown): BridgeError {
  return new BridgeError(
    "model_provider_unavailable",
    "This Codex runs turns only with the model provider it was started with.",
    {
      remedy:
        "Use another release: this one can give no thread a provider of its own, as harness modes need it. " +
        "A provider of Codex's configuration it has when it is started with it (`-c model_provider=…`).",
      cause,
    },
  );
}
