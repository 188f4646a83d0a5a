import { emptiedForCommands } from "../harness/server-options.ts";
import type { AppServerConfig } from "./config.ts";
import type { HostAttempt } from "./sdk.ts";

/**
 * What the commands Codex runs must find, and must not find, in their environment (`preparedEnvironment`): credentials
 * of the host are emptied, the agent's own identity is set. A login shell would read the old values back from profiles.
 */
export function shellEnvironment(
  { hostCapabilities, sandbox }: HostAttempt,
  appServer: Pick<AppServerConfig, "env" | "configOverrides">,
): Readonly<Record<string, unknown>> {
  const prepared = hostCapabilities.preparedEnvironment?.();
  if (!prepared) return {};
  // A policy of the thread takes the place of the server's, which empties what only Codex is to have.
  const set = {
    ...emptiedForCommands(appServer),
    ...prepared.credentialScrubEnv,
    ...(sandbox?.enabled ? {} : prepared.localIdentityEnv),
    ...prepared.localProcessEnv,
  };
  if (Object.keys(set).length === 0) return {};
  return { shell_environment_policy: { set, experimental_use_profile: false }, allow_login_shell: false };
}
