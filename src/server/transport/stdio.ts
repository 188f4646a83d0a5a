import { mkdir } from "node:fs/promises";
import type { BridgeError } from "../../errors.ts";
import { overrideArguments } from "../arguments.ts";
import { rememberAuthFile } from "../auth-file.ts";
import { type CodexBinary, findCodexBinary } from "../binary.ts";
import { type ChildExit, settlesWithin } from "../child-process.ts";
import { spawnContained } from "../contained-child.ts";
import { codexEnvironment } from "../environment.ts";
import { ServerExitError, ServerStartError } from "../errors.ts";
import { StderrTail } from "../stderr-tail.ts";
import type { Transport } from "./transport.ts";

/** What a process of our own is started with. */
export interface StdioOptions {
  /** A path, a bare name to look up on PATH, or absent for the managed binary. */
  readonly command?: string;
  /** Folder of Codex's own state; made when missing. Absent: Codex's default. */
  readonly codexHome?: string;
  /** `-c key=value` overrides, each as one `key=value` string in TOML syntax. Credentials are refused: argv is public. */
  readonly configOverrides?: readonly string[];
  /** Additional environment for Codex. The commands it runs have it too, except for what looks like a credential. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder the process starts in; threads have their own. */
  readonly cwd?: string;
  /** Folder in which running servers are listed, so that what a killed process leaves is found; see `ledgerFolder`. */
  readonly ledger?: string;
}

/** How long an exit code may take to follow the end of the pipe. */
const exitFactsMs = 1000;

/**
 * Starts `codex app-server` as a child and speaks over its pipes.
 * @param onStarted called when the process runs; it stands in the ledger before anything is asked of it
 * @throws BridgeError `codex_binary_not_found` | `codex_binary_not_executable` | `secret_in_arguments`
 * @throws ServerStartError `server_spawn_failed`
 */
export async function openStdio(
  options: StdioOptions,
  warn: (message: string, facts: Record<string, unknown>) => void,
  onStarted: () => void = () => undefined,
): Promise<Transport> {
  const binary = findCodexBinary(options.command);
  if (options.codexHome !== undefined) await mkdir(options.codexHome, { recursive: true, mode: 0o700 });
  await rememberAuthFile(options.codexHome);
  const startedAt = performance.now();
  const args = argumentsFor(binary, options);
  const { codexHome, cwd, ledger } = options;
  const child = await spawnContained({
    command: binary.command,
    // What the commands of a server get of its environment is up to its configuration: the marker is let through by name.
    args: ({ name, value }) => {
      const marker = `shell_environment_policy.set.${name}=${JSON.stringify(value)}`;
      return argumentsFor(binary, { configOverrides: [...(options.configOverrides ?? []), marker] });
    },
    env: codexEnvironment(process.env, {
      ...options.env,
      ...(codexHome === undefined ? {} : { CODEX_HOME: codexHome }),
    }),
    binary: binary.file,
    warn,
    onStarted,
    ...(codexHome === undefined ? {} : { home: codexHome }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(ledger === undefined ? {} : { ledger }),
  });
  if (child.pid === undefined) {
    const { spawnError } = await child.exited;
    throw new ServerStartError("server_spawn_failed", `Codex could not be started: ${spawnError}`, {
      remedy: `Check that ${binary.file} is a Codex executable for this machine.`,
    });
  }
  let exit: ChildExit | undefined;
  const ended = child.exited.then((facts) => {
    exit = facts;
    return facts;
  });
  const tail = new StderrTail(child.stderr);
  return {
    readable: child.stdout,
    writable: child.stdin,
    where: binary.file,
    args,
    process: {
      binary,
      pid: child.pid,
      note: child.note,
      hasCommands: child.hasCommands,
      endEscaped: child.endEscaped,
    },
    openMs: performance.now() - startedAt,
    ended,
    said: (maxChars) => tail.text(maxChars),
    async describeEnd(ready) {
      await settlesWithin(ended, exitFactsMs);
      return exitError(exit, ready, tail.text());
    },
    describeSilence: (cause) => silence(tail.text(600), cause),
    async stop() {
      await child.stop();
    },
  };
}

function argumentsFor(binary: CodexBinary, { configOverrides }: StdioOptions): string[] {
  return [...binary.args, ...overrideArguments(configOverrides), "app-server"];
}

function exitError(exit: ChildExit | undefined, ready: boolean, stderr: string): BridgeError {
  const how = exit ? (exit.signal ? `by ${exit.signal}` : `with code ${exit.exitCode ?? "unknown"}`) : "its output";
  const said = stderr && ` It said: ${stderr.slice(-600)}`;
  const facts = { exitCode: exit?.exitCode, signal: exit?.signal };
  if (!ready) {
    return new ServerStartError("server_exited_early", `Codex ended ${how} before the handshake.${said}`, {
      remedy: "Check that the configured command is Codex 0.125.0 or newer and that its home is readable.",
      facts,
    });
  }
  return new ServerExitError("server_exited", `The Codex app-server ended ${how}.${said}`, {
    remedy: "The next turn starts a new one and resumes the thread.",
    facts,
  });
}

function silence(stderr: string, cause: BridgeError): BridgeError {
  return new ServerStartError(
    "server_start_timeout",
    `Codex did not answer initialize in time.${stderr && ` It said: ${stderr}`}`,
    {
      remedy: "Start `codex app-server` by hand to see what it waits for; another process may hold its home locked.",
      facts: { clock: "initialize" },
      cause,
    },
  );
}
