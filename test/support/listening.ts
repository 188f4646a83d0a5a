import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findCodexBinary } from "../../src/server/binary.ts";

export interface ListeningOptions {
  /** Absent: the managed Codex, or what CODEX_UNDER_TEST names. */
  readonly command?: string;
  readonly home: string;
  readonly overrides?: readonly string[];
  readonly kind: "unix" | "websocket";
  /** `--ws-auth …` and what belongs to it. */
  readonly auth?: readonly string[];
  /** Port of a server that was here before. */
  readonly port?: number;
}

/** A real app-server that was started by somebody else than the bridge. */
export interface Listening {
  readonly url: string;
  readonly pid: number;
  readonly alive: boolean;
  kill(): Promise<void>;
}

/** Starts `codex app-server --listen` and waits until it listens. */
export async function listening(options: ListeningOptions): Promise<Listening> {
  const { command = process.env.CODEX_UNDER_TEST, home, overrides = [], kind, auth = [], port = 0 } = options;
  const binary = findCodexBinary(command);
  // A path of a socket has to be short.
  const socket = path.relative(process.cwd(), path.join(home, "s", "a.sock"));
  mkdirSync(home, { recursive: true });
  const listen = kind === "unix" ? `unix://${path.resolve(socket)}` : `ws://127.0.0.1:${port}`;
  const child = spawn(
    binary.command,
    [...binary.args, ...overrides.flatMap((pair) => ["-c", pair]), "app-server", "--listen", listen, ...auth],
    { env: { PATH: process.env.PATH, HOME: home, CODEX_HOME: home }, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  // The socket of a server that was killed is still there, and nobody listens on it.
  const url = async (): Promise<string | undefined> =>
    kind === "unix" ? ((await takes(socket)) ? listen : undefined) : /ws:\/\/[\d.]+:\d+/.exec(said)?.[0];
  const deadline = Date.now() + 30_000;
  let at = await url();
  for (; at === undefined; at = await url()) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`Codex does not listen: ${said}`);
    }
    await sleep(20);
  }
  return {
    url: at,
    pid: child.pid!,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    kill: () => killed(child),
  };
}

function takes(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const tried = net.connect(socket);
    tried.once("connect", () => {
      tried.destroy();
      resolve(true);
    });
    tried.once("error", () => resolve(false));
  });
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
