/*
 * What of our environment a Codex process gets. Codex runs shell commands for a model, so everything it can read a
 * command can read: names are let in one by one, and secrets go through the login request instead.
 */

const allowedNames = new Set(
  [
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TERM COLORTERM TZ TMPDIR TMP TEMP HOSTNAME",
    "SSL_CERT_FILE SSL_CERT_DIR CODEX_CA_CERTIFICATE NODE_EXTRA_CA_CERTS",
    "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY",
    "CODEX_HOME RUST_LOG RUST_BACKTRACE",
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES USERPROFILE USERNAME",
  ]
    .join(" ")
    .split(" "),
);
const allowedPrefixes = ["LC_", "XDG_"];
/** Loader and runtime injection: never, not even when asked for. */
const refused = /^(LD_|DYLD_|NODE_OPTIONS$|NODE_PATH$|GCONV_PATH$|BASH_ENV$|ENV$|PYTHONSTARTUP$|__proto__$)/i;

/**
 * The environment of a Codex process: allowed names of `base`, then `extra` on top.
 * @param extra what the host wants Codex and its commands to have; loader variables are dropped from it as well
 */
export function codexEnvironment(
  base: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    const upper = name.toUpperCase();
    if (value === undefined || refused.test(name)) continue;
    if (allowedNames.has(upper) || allowedPrefixes.some((prefix) => upper.startsWith(prefix))) env[name] = value;
  }
  for (const [name, value] of Object.entries(extra)) if (!refused.test(name)) env[name] = value;
  return env;
}
