import type { Readable, Writable } from "node:stream";
import { execa } from "execa";

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

/** Starts a process. A failed start is told by `pid === undefined` and `exited`. */
export function spawnChild(options: ChildOptions): Child {
  const subprocess = execa(options.command, [...options.args], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    // Buffering would keep every byte the server ever says, and kill it at 100 M characters.
    buffer: false,
    encoding: "buffer",
    reject: false,
    extendEnv: false,
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    windowsHide: true,
    detached: options.detached ?? false,
  });
  const exited: Promise<ChildExit> = subprocess.then(
    (result) => ({
      exitCode: result.exitCode,
      signal: result.signal,
      ...(subprocess.pid === undefined ? { spawnError: result.originalMessage ?? "unknown reason" } : {}),
    }),
    (thrown: unknown) => ({ spawnError: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
  let stopping: Promise<ChildExit> | undefined;
  const stop = async (): Promise<ChildExit> => {
    subprocess.stdin.end();
    if (await settlesWithin(exited, endOfInputMs)) return exited;
    subprocess.kill("SIGTERM");
    if (await settlesWithin(exited, terminateMs)) return exited;
    subprocess.kill("SIGKILL");
    return exited;
  };
  return {
    pid: subprocess.pid,
    stdin: subprocess.stdin,
    stdout: subprocess.stdout,
    stderr: subprocess.stderr,
    exited,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
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
