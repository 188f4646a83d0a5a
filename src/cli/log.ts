import pino from "pino";
import { redactSecrets, redactValue } from "../redact.ts";
import type { AppServerOptions } from "../server/app-server.ts";

/** Log lines on stderr, as JSON. `CODEX_BRIDGE_LOG` sets the level; warnings and errors show by default. */
export function logger(env: NodeJS.ProcessEnv): NonNullable<AppServerOptions["log"]> {
  const level = env.CODEX_BRIDGE_LOG ?? "warn";
  const known = level === "silent" || Object.hasOwn(pino.levels.values, level);
  const log = pino({ name: "codex-bridge", level: known ? level : "warn" }, pino.destination({ fd: 2, sync: true }));
  return (severity, message, facts = {}) => log[severity](redactValue(facts), redactSecrets(message));
}
