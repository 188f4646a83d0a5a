import { BridgeError } from "../errors.ts";
import { holdsSecret } from "../redact.ts";

/**
 * `-c` arguments for Codex. Every user of the machine can read the arguments of a process, so what looks like a
 * credential is refused before anything is started.
 * @throws BridgeError `secret_in_arguments`; names the key, never the value
 */
export function overrideArguments(configOverrides: readonly string[] = []): string[] {
  for (const pair of configOverrides) if (holdsSecret(pair)) throw secretInArguments(keyOf(pair));
  return configOverrides.flatMap((pair) => ["-c", pair]);
}

/** Keys of Codex are words and dots; whatever else stands there is not repeated. */
function keyOf(pair: string): string {
  const key = pair.slice(0, Math.max(0, pair.indexOf("="))).trim();
  return /^[\w.-]{1,100}$/.test(key) && !holdsSecret(key) ? key : "(unnamed)";
}

function secretInArguments(key: string): BridgeError {
  return new BridgeError(
    "secret_in_arguments",
    `The configuration override ${key} looks like it holds a credential, and the arguments of a process are public.`,
    {
      remedy:
        "Name an environment variable instead (env_key, bearer_token_env_var, env_vars) and give its value in env, or put " +
        "it into config.toml in the Codex home.",
      facts: { key },
    },
  );
}
