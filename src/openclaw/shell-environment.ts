import type { HostAttempt } from "./sdk.ts";

/**
 * What the commands Codex runs must find, and must not find, in their environment (`preparedEnvironment`): credentials
 * of the host are emptied, the agent's own identity is set. A login shell would read the old values back from profiles.
 */
export function shellEnvironment({ hostCapabilities, sandbox }: HostAttempt): Readonly<Record<string, unknown>> {
  const prepared = hostCapabilities.preparedEnvironment?.();
  if (!prepared) return {};
  const set = {
    ...prepared.credentialScrubEnv,
    ...(sandbox?.enabled ? {} : prepared.localIdentityEnv),
    ...prepared.localProcessEnv,
  };
  if (Object.keys(set).length === 0) return {};
  return { shell_environment_policy: { set, experimental_use_profile: false }, allow_login_shell: false };
}
