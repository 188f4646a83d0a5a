import { BridgeError } from "../errors.ts";
import type { PluginConfig } from "./config.ts";
import { requireHostCapabilities } from "./host-features.ts";
import { type HostAttempt, type HostRuntime, loadHostRuntime } from "./sdk.ts";

/**
 * What can be wrong before anything of a turn has begun, said so that the host does not try the next model on the same
 * harness.
 *
 * @throws AgentHarnessPreflightError with scope `harness`
 */
export async function preflight(params: HostAttempt, config: () => PluginConfig): Promise<PluginConfig> {
  try {
    requireHostCapabilities(params);
    return config();
  } catch (thrown) {
    if (!(thrown instanceof BridgeError)) throw thrown;
    throw refusal(thrown, await loadHostRuntime());
  }
}

/** What another account may well do; every model would fail on this one. */
const accountFailures: ReadonlySet<string> = new Set(["auth_profile_unusable", "login_failed"]);

/**
 * A turn that could not begin, as the host is to take it: an account that does not work makes it try the next one;
 * anything else is wrong with the harness, so that other models on it are not tried either.
 */
export function refusal(thrown: BridgeError, host: Pick<HostRuntime, "AgentHarnessPreflightError">): Error {
  const { code, message, remedy } = thrown;
  const words = `${code}: ${message}`;
  if (accountFailures.has(code)) return Object.assign(new Error(words), { status: 401 });
  return new host.AgentHarnessPreflightError(words, {
    cause: thrown,
    scope: "harness",
    userMessage: remedy === undefined ? message : `${message} ${remedy}`,
  });
}
