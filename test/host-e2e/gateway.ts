import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { GatewayClient } from "./client.ts";
import { killAll, waitUntilGone } from "./processes.ts";

/** A host on disk: its program and its isolated state. */
export interface HostFolder {
  /** The host's `openclaw.mjs`. */
  readonly entry: string;
  /** HOME of every process of this host. */
  readonly home: string;
  readonly stateDir: string;
  readonly token: string;
  /** Options of Node for the gateway's process. */
  readonly nodeArgs?: readonly string[];
}

export interface CommandRun {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs one `openclaw` command to its end. @param input what it reads, for commands that ask */
export function runHostCommand(host: HostFolder, args: readonly string[], input = ""): Promise<CommandRun> {
  return runNode(host, [host.entry, ...args], input);
}

/** Runs a script (an ES module) with the host's state, for what no command of the host does. */
export function runHostScript(host: HostFolder, script: string): Promise<CommandRun> {
  return runNode(host, ["--input-type=module", "--eval", script]);
}

async function runNode(host: HostFolder, args: readonly string[], input = ""): Promise<CommandRun> {
  const child = spawn(process.execPath, args, {
    cwd: host.home,
    env: hostEnvironment(host),
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.once("error", () => undefined);
  child.stdin.end(input);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { exitCode, output };
}

export class Gateway {
  readonly client: GatewayClient;
  readonly logFile: string;
  /** From the start of the process to the accepted connection. */
  readonly readyMs: number;
  readonly #child: ChildProcess;
  readonly #host: HostFolder;

  private constructor(host: HostFolder, child: ChildProcess, client: GatewayClient, logFile: string, readyMs: number) {
    this.#host = host;
    this.#child = child;
    this.client = client;
    this.logFile = logFile;
    this.readyMs = readyMs;
  }

  /**
   * Starts a gateway on loopback and connects to it.
   * @throws Error with the end of its log when it does not become ready
   */
  static async start(host: HostFolder, logFile: string): Promise<Gateway> {
    const startedAt = performance.now();
    const port = await freePort();
    await mkdir(path.dirname(logFile), { recursive: true });
    const log = createWriteStream(logFile, { flags: "a" });
    const child = spawn(
      process.execPath,
      [
        ...(host.nodeArgs ?? []),
        host.entry,
        "gateway",
        "run",
        "--port",
        String(port),
        "--bind",
        "loopback",
        "--auth",
        "token",
      ],
      { cwd: host.home, env: hostEnvironment(host), stdio: ["ignore", "pipe", "pipe"] },
    );
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    try {
      const client = await GatewayClient.connect(`ws://127.0.0.1:${port}`, host.token, {
        timeoutMs: 300_000,
        alive: () => child.exitCode === null && child.signalCode === null,
      });
      return new Gateway(host, child, client, logFile, Math.round(performance.now() - startedAt));
    } catch (thrown) {
      child.kill("SIGKILL");
      await killAll(host.stateDir);
      const said = (await readFile(logFile, "utf8").catch(() => "")).slice(-4000);
      throw new Error(`${thrown instanceof Error ? thrown.message : thrown}\n${said}`);
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  log(): Promise<string> {
    return readFile(this.logFile, "utf8");
  }

  /** Asks the gateway to end; what is left of its tree afterwards is returned, and killed. */
  async stop(): Promise<string[]> {
    this.client.close();
    return await this.#end("SIGTERM", 30_000);
  }

  /** Ends the gateway's own process at once, as a crash would, and leaves its children alone. */
  async crash(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
    this.client.close();
  }

  async #end(signal: NodeJS.Signals, graceMs: number): Promise<string[]> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.kill(signal);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
    }
    const left = await waitUntilGone(this.#host.stateDir, 3_000);
    await killAll(this.#host.stateDir);
    return left.map(({ pid, command }) => `${pid} ${command}`);
  }
}

function hostEnvironment(host: HostFolder): NodeJS.ProcessEnv {
  const { CODEX_HOME: _home, OPENAI_BASE_URL: _url, ...inherited } = process.env;
  return {
    ...inherited,
    NODE_OPTIONS: "",
    VITEST: "",
    HOME: host.home,
    // Gateways that share a temporary folder wait for each other's locks.
    TMPDIR: path.join(host.home, "tmp"),
    OPENCLAW_STATE_DIR: host.stateDir,
    OPENCLAW_GATEWAY_TOKEN: host.token,
    OPENCLAW_DISABLE_BONJOUR: "1",
    OPENCLAW_NO_RESPAWN: "1",
    OPENCLAW_SKIP_CHANNELS: "1",
    // The host asks git for the state of the workspace; the repository around it is none of its business.
    GIT_CEILING_DIRECTORIES: host.home,
    OPENAI_API_KEY: "sk-not-a-key",
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
