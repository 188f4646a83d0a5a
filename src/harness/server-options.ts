import type { Clocks } from "../clocks.ts";
import { BridgeError } from "../errors.ts";
import { rememberSecrets, secretsOf } from "../redact.ts";
import type { AppServerOptions } from "../server/app-server.ts";
import { codexEnvironment, hiddenFromCommands } from "../server/environment.ts";
import { ledgerFolder } from "../server/ledger.ts";
import type { CodexHarnessOptions } from "./codex-harness.ts";
import { ephemeralCredentials } from "./login.ts";

/**
 * A thread that gives itself goals (from 0.133 on) runs turns nobody asked for: no host would see what they say, and up
 * to 0.147 a prompt that meets one is answered where nobody reads it. Stated first, so that who wants it can have it.
 */
const noGoals = "features.goals=false";
/** The same for the threads of a server that was started without us. */
export const noGoalsInThread: Readonly<Record<string, unknown>> = { "features.goals": false };

/**
 * Codex hands all of its environment to the commands it runs (measured on 0.125.0 and 0.169.0: its own filter for names with
 * KEY, TOKEN or SECRET is off, and up to some release a login shell undoes it). What Codex needs and they must not read is
 * emptied for them. Who states a `shell_environment_policy` decides alone.
 */
export function emptiedForCommands({
  env,
  configOverrides = [],
}: Pick<AppServerOptions, "env" | "configOverrides">): Record<string, ""> {
  if (configOverrides.some((pair) => pair.trimStart().startsWith("shell_environment_policy"))) return {};
  const names = hiddenFromCommands(codexEnvironment(process.env, env));
  return Object.fromEntries(names.map((name) => [name, ""]));
}

/** How the harness starts its servers: what the host asked for, with the harness's clocks and credentials. */
export function serverOptions(options: CodexHarnessOptions, clocks: Clocks): AppServerOptions {
  const { configOverrides = [], ...server } = options.server ?? {};
  if (server.endpoint !== undefined) {
    if (options.login) throw loginOfOthers();
    return { ...timing(options, clocks), ...server, configOverrides };
  }
  rememberSecrets(...secretsOf(server.env ?? {}));
  const emptied = Object.keys(emptiedForCommands({ ...server, configOverrides }));
  return {
    ...timing(options, clocks),
    ledger: ledgerFolder(options.stateDir),
    ...server,
    configOverrides: [
      noGoals,
      ...emptied.map((name) => `shell_environment_policy.set.${name}=""`),
      ...configOverrides,
      ...(options.login ? [ephemeralCredentials] : []),
    ],
  };
}

function timing(options: CodexHarnessOptions, clocks: Clocks): AppServerOptions {
  return {
    startTimeoutMs: clocks.initializeMs,
    requestTimeoutMs: clocks.requestMs,
    ...(options.recorder ? { recorder: options.recorder } : {}),
  };
}

function loginOfOthers(): BridgeError {
  return new BridgeError("endpoint_login", "A server that somebody else runs has an account of its own.", {
    remedy: "Log in where the server runs (codex login), and give no login together with an endpoint.",
  });
}
