import { type ChildProcess, spawn as spawnProcess } from "node:child_process";
import { createRequire } from "node:module";
import { PassThrough, type Readable, type Writable } from "node:stream";

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** In a process group and session of its own: Ctrl-C in a terminal does not reach it, and it outlives us by itself. */
  readonly detached?: boolean;
}

export interface ChildExit {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  /** The operating system's message when the process could not be started at all. */
  readonly spawnError?: string | undefined;
}

/** A child process with three pipes, whose end is always an answer and never an exception. */
export interface Child {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ChildExit>;
  /** Closes stdin, then SIGTERM, then SIGKILL, each after its deadline. Resolves when the process is gone. */
  stop(): Promise<ChildExit>;
}

/** How long each step of a stop may take. Codex ends 20–70 ms after stdin closes, even in mid-turn. */
const endOfInputMs = 2000;
const terminateMs = 1500;
/** What a process said last arrives after it ended; what it left behind may hold its pipes for ever. */
const lastWordsMs = 1000;

/**
 * Node's own, because this is on the way of every cold start and a package for it would take longer to load than Codex to
 * start. On Windows a name may be a script that only a shell can run, which needs its arguments quoted.
 */
function spawnFor(platform: NodeJS.Platform): typeof spawnProcess {
  if (platform !== "win32") return spawnProcess;
  return createRequire(import.meta.url)("cross-spawn") as typeof spawnProcess;
}

/** Starts a process. A failed start is told by `pid === undefined` and `exited`. */
export function spawnChild(options: ChildOptions): Child {
  const { command, args, env, cwd, detached = false } = options;
  let child: ChildProcess;
  try {
    child = spawnFor(process.platform)(command, [...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...env },
      ...(cwd === undefined ? {} : { cwd }),
      windowsHide: true,
      detached,
    });
  } catch (thrown) {
    return neverStarted(thrown);
  }
  const { stdin, stdout, stderr, pid } = child;
  const exited = exitOf(child);
  // A process that could not be started for want of descriptors has no pipes.
  if (!stdin || !stdout || !stderr) return { ...neverStarted(undefined), exited };
  // The end of the process tells more than a broken pipe.
  for (const stream of [stdin, stdout, stderr]) stream.on("error", () => undefined);
  let stopping: Promise<ChildExit> | undefined;
  const stop = async (): Promise<ChildExit> => {
    stdin.end();
    if (await settlesWithin(exited, endOfInputMs)) return exited;
    child.kill("SIGTERM");
    if (await settlesWithin(exited, terminateMs)) return exited;
    child.kill("SIGKILL");
    return exited;
  };
  return {
    pid,
    stdin,
    stdout,
    stderr,
    exited,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Resolves when the process is gone and its pipes are read to their end, or somebody else keeps them open. */
function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once("error", (thrown) => {
      // Later errors are of signals that could not be sent.
      if (child.pid === undefined) resolve({ spawnError: thrown.message });
    });
    const told = (exitCode: number | null, signal: string | null): void =>
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined });
    child.once("close", told);
    child.once("exit", (exitCode, signal) => {
      const late = setTimeout(told, lastWordsMs, exitCode, signal);
      child.once("close", () => clearTimeout(late));
    });
  });
}

function neverStarted(thrown: unknown): Child {
  const exited = Promise.resolve({ spawnError: thrown instanceof Error ? thrown.message : String(thrown) });
  const nothing = (): PassThrough => new PassThrough().end();
  return { pid: undefined, stdin: nothing(), stdout: nothing(), stderr: nothing(), exited, stop: () => exited };
}

/** Whether a promise settles before a deadline. The timer does not keep the process alive. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<false>((done) => {
    timer = setTimeout(done, ms, false);
  });
  try {
    return await Promise.race([promise.then(() => true as const), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
