/**
 * Whether a host writes what is told at debug level: its configuration says so, or its environment. A host that says
 * neither is not measured for.
 */
export function wantsDebug(config: unknown, env: NodeJS.ProcessEnv): boolean {
  const { logging } = (config ?? {}) as { logging?: { level?: unknown; consoleLevel?: unknown } };
  return [logging?.level, logging?.consoleLevel, env.OPENCLAW_LOG_LEVEL].some(
    (level) => level === "debug" || level === "trace",
  );
}
