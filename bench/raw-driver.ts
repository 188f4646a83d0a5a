import { spawn } from "node:child_process";
import { once } from "node:events";

type Json = Record<string, unknown>;

export interface RawDriverOptions {
  binary: string;
  codexHome: string;
  cwd: string;
  /** The whole child environment apart from CODEX_HOME; default: only PATH and HOME, so no credentials leak in. */
  env?: NodeJS.ProcessEnv;
  /** Sees every message from the server; the default driver looks only at what ends a turn. */
  onMessage?(message: Json): void;
  /** Answers a server request; without it, or when it returns undefined, the answer is -32601. */
  onRequest?(method: string, params: Json): unknown;
}

export interface RawTurn {
  /** The last agent message, final answer preferred. */
  text: string;
  /** From sending turn/start to the first item/agentMessage/delta; undefined when the turn had none. */
  firstTokenMs: number | undefined;
  /** From sending turn/start to turn/completed. */
  totalMs: number;
  status: string;
  /** `turn.error` of a failed turn, as sent. */
  error: Json | null;
  deltas: number;
}

interface OpenTurn extends RawTurn {
  startedMs: number;
  final: boolean;
  settle: (error?: Error) => void;
}

export type RawDriver = Awaited<ReturnType<typeof startRawDriver>>;

/**
 * Drives `codex app-server` with nothing in between: spawn, split on newlines, JSON.parse. The yardstick the bridge is
 * measured against, so it does only what no client could leave out. Resolves after the initialize handshake.
 */
export async function startRawDriver(options: RawDriverOptions) {
  const env = { ...(options.env ?? { PATH: process.env.PATH, HOME: process.env.HOME }), CODEX_HOME: options.codexHome };
  // stderr is dropped by the kernel rather than piped: an unread pipe would block the server.
  const child = spawn(options.binary, ["app-server"], { cwd: options.cwd, env, stdio: ["pipe", "pipe", "ignore"] });
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const pending = new Map<number, { resolve(result: Json): void; reject(error: Error): void }>();
  const turns = new Map<string, OpenTurn>();
  let nextId = 1;
  let gone: Error | undefined;

  const send = (message: Json) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const lost = (error: Error) => {
    gone ??= error;
    for (const call of pending.values()) call.reject(gone);
    for (const turn of turns.values()) turn.settle(gone);
    pending.clear();
  };
  child.once("error", lost);
  child.stdin.on("error", lost);
  child.once("close", (code, signal) => lost(new Error(`codex app-server exited (${signal ?? code})`)));

  const receive = (message: Json) => {
    options.onMessage?.(message);
    const { id, method } = message as { id?: number; method?: string };
    if (method === undefined) {
      const call = pending.get(id as number);
      pending.delete(id as number);
      if (message.error) call?.reject(new Error(JSON.stringify(message.error)));
      else call?.resolve(message.result as Json);
    } else if (id !== undefined) {
      const result = options.onRequest?.(method, message.params as Json);
      if (result === undefined) send({ id, error: { code: -32601, message: `${method} is not supported` } });
      else Promise.resolve(result).then((value) => send({ id, result: value }));
    } else {
      observe(method, message.params as Json);
    }
  };
  const observe = (method: string, params: Json) => {
    const turn = turns.get(params.threadId as string);
    if (turn === undefined) return;
    if (method === "item/agentMessage/delta") {
      turn.deltas += 1;
      turn.firstTokenMs ??= performance.now() - turn.startedMs;
    } else if (method === "item/completed") {
      const item = params.item as Json;
      if (item.type !== "agentMessage" || (turn.final && item.phase !== "final_answer")) return;
      turn.text = item.text as string;
      turn.final = item.phase === "final_answer";
    } else if (method === "turn/completed") {
      const { status, error } = params.turn as { status: string; error: Json | null };
      Object.assign(turn, { status, error, totalMs: performance.now() - turn.startedMs });
      turn.settle();
    }
  };

  // A block can end in the middle of a line (and of a character), so the tail waits as bytes.
  let tail: Buffer[] = [];
  child.stdout.on("data", (block: Buffer) => {
    let from = 0;
    for (let end = block.indexOf(10); end !== -1; from = end + 1, end = block.indexOf(10, from)) {
      const line = tail.length === 0 ? block.subarray(from, end) : Buffer.concat([...tail, block.subarray(from, end)]);
      tail = [];
      receive(JSON.parse(line.toString()) as Json);
    }
    if (from < block.length) tail.push(block.subarray(from));
  });

  const request = (method: string, params: Json = {}): Promise<Json> =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone);
      pending.set(nextId, { resolve, reject });
      send({ id: nextId++, method, params });
    });
  /** Starts a thread and returns its id. */
  const startThread = async (params: Json = {}): Promise<string> =>
    ((await request("thread/start", { cwd: options.cwd, ...params })).thread as { id: string }).id;
  /** Runs one turn to turn/completed; a failed turn resolves too (see `status`), a dead server rejects. */
  const runTurn = async (threadId: string, text: string, params: Json = {}): Promise<RawTurn> => {
    const turn = { text: "", status: "", error: null, deltas: 0, firstTokenMs: undefined, totalMs: 0, final: false };
    const done = new Promise<void>((resolve, reject) => {
      // Registered before the request is sent: the turn's first events can share a block with the response.
      const settle = (error?: Error) => (error ? reject(error) : resolve());
      turns.set(threadId, Object.assign(turn, { startedMs: performance.now(), settle }));
    });
    try {
      await Promise.all([request("turn/start", { threadId, input: [{ type: "text", text }], ...params }), done]);
    } finally {
      turns.delete(threadId);
    }
    const { status, error, deltas, firstTokenMs, totalMs } = turn;
    return { text: turn.text, status, error, deltas, firstTokenMs, totalMs };
  };
  /** Ends the server the way it wants to be ended (stdin EOF), by force after two seconds. */
  const close = async (): Promise<void> => {
    child.stdin.end();
    const force = setTimeout(() => child.kill("SIGKILL"), 2_000);
    await exited;
    clearTimeout(force);
  };

  if (child.pid === undefined) await once(child, "spawn");
  try {
    const clientInfo = { name: "raw-driver", title: "raw driver", version: "0.0.0" };
    await request("initialize", { clientInfo, capabilities: { experimentalApi: true } });
  } catch (error) {
    await close();
    throw error;
  }
  send({ method: "initialized" });
  return { pid: child.pid, request, startThread, runTurn, close };
}
