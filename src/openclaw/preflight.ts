import { BridgeError } from "../errors.ts";
import type { PluginConfig } from "./config.ts";
import { requireHostCapabilities } from "./host-features.ts";
import { type HostAttempt, loadHostRuntime } from "./sdk.ts";

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
    const { code, message, remedy } = thrown;
    const { AgentHarnessPreflightError } = await loadHostRuntime();
    throw new AgentHarnessPreflightError(`${code}: ${message}`, {
      cause: thrown,
      scope: "harness",
      userMessage: remedy === undefined ? message : `${message} ${remedy}`,
    });
  }
}
