import { isSecretVariable } from "../redact.ts";

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
/** What runs somebody's code in whatever is started: never, not even when asked for. In any case of letters. */
const refused =
  /^(?:LD_|DYLD_|BASH_FUNC_|NODE_(?:OPTIONS|PATH)$|GCONV_PATH$|(?:BASH_)?ENV$|PYTHONSTARTUP$|PROMPT_COMMAND$|PS4$|SHELLOPTS$|BASHOPTS$)/i;
/** What every shell passes on; another name could not be hidden from commands, and `__proto__` is none. */
const plainName = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;
/** Windows has two of its own. */
const windowsName = /^(?:ProgramFiles|CommonProgramFiles)\(x86\)$/i;

/**
 * The environment of a Codex process: allowed names of `base`, then `extra` on top.
 * @param extra what the host wants Codex to have; loader variables are dropped from it as well
 * @param platform on Windows names are the same whatever their case, and a second one would decide by chance
 */
export function codexEnvironment(
  base: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string>> = {},
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const env = new Map<string, readonly [name: string, value: string]>();
  const set = (name: string, value: string): void => {
    const key = platform === "win32" ? name.toUpperCase() : name;
    env.set(key, [env.get(key)?.[0] ?? name, value]);
  };
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && isAllowed(name) && isPassable(name, value)) set(name, value);
  }
  for (const [name, value] of Object.entries(extra)) if (isPassable(name, value)) set(name, value);
  return Object.fromEntries(env.values());
}

function isAllowed(name: string): boolean {
  const upper = name.toUpperCase();
  return (
    allowedNames.has(upper) || allowedPrefixes.some((prefix) => upper.startsWith(prefix)) || windowsName.test(name)
  );
}

function isPassable(name: string, value: string): boolean {
  // A NUL would end the value, or the start of the process.
  return (plainName.test(name) || windowsName.test(name)) && !refused.test(name) && !value.includes("\0");
}

/**
 * The names of an environment that Codex needs and a command must not read: keys and tokens for a model or an MCP
 * server, a proxy's address with its password.
 */
export function hiddenFromCommands(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => (isSecretVariable(name, value) ? [name] : []));
}
