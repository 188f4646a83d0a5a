import type { Clocks } from "../clocks.ts";
import type { AppServerOptions } from "../server/app-server.ts";
import type { CodexHarnessOptions } from "./codex-harness.ts";
import { ephemeralCredentials } from "./login.ts";

/**
 * A thread that gives itself goals (from 0.133 on) runs turns nobody asked for: no host would see what they say, and up
 * to 0.147 a prompt that meets one is answered where nobody reads it. Stated first, so that who wants it can have it.
 */
const noGoals = "features.goals=false";

/** How the harness starts its servers: what the host asked for, with the harness's clocks and credentials. */
export function serverOptions(options: CodexHarnessOptions, clocks: Clocks): AppServerOptions {
  const { configOverrides = [], ...server } = options.server ?? {};
  return {
    startTimeoutMs: clocks.initializeMs,
    requestTimeoutMs: clocks.requestMs,
    ...(options.recorder ? { recorder: options.recorder } : {}),
    ...server,
    configOverrides: [noGoals, ...configOverrides, ...(options.login ? [ephemeralCredentials] : [])],
  };
}
