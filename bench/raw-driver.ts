import { spawn } from "node:child_process";

type Json = Record<string, unknown>;

export interface RawDriverOptions {
  binary: string;
  codexHome: string;
  cwd: string;
  /** The whole child environment apart from CODEX_HOME; default: only PATH and HOME, so no credentials leak in. */
  env?: NodeJS.ProcessEnv;
  /** Lines that begin like this are taken from the pipe and dropped. */
  dropped?: string;
  /** Notifications the server is asked not to send. */
  optOut?: readonly string[];
  /** Sees every message from the server. */
  onMessage?(message: Json): void;
  /** Answers a server request; without it, or when it returns undefined, the answer is -32601. */
  onRequest?(method: string, params: Json): unknown;
}

export interface RawTurn {
  /** The last agent message, a final answer preferred. */
  text: string;
  /** From sending turn/start to the first item/agentMessage/delta; undefined when the turn had none. */
  firstTokenMs: number | undefined;
  /** From sending turn/start to turn/completed. */
  totalMs: number;
  deltas: number;
  /** As sent in turn/completed. */
  status: string;
  error: Json | null;
}

type OpenTurn = RawTurn & { startedMs: number; final: boolean; settle(error?: Error): void };
export type RawDriver = Awaited<ReturnType<typeof startRawDriver>>;

/**
 * Drives `codex app-server` with nothing in between: spawn, split on newlines, JSON.parse. The yardstick the bridge is
 * measured against, so it does only what no client could leave out. Resolves after the initialize handshake.
 */
export async function startRawDriver(options: RawDriverOptions) {
  const env = { ...(options.env ?? { PATH: process.env.PATH, HOME: process.env.HOME }), CODEX_HOME: options.codexHome };
  // stderr goes to nowhere rather than into a pipe: an unread pipe would block the server.
  // In a session of its own, as the bridge's server is: Linux shares its CPUs among sessions before processes.
  const child = spawn(options.binary, ["app-server"], {
    cwd: options.cwd,
    env,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const pending = new Map<unknown, { resolve(result: Json): void; reject(error: Error): void }>();
  /** Of more than 128 requests at a time the server forgets some without a word. */
  const waiting: (() => void)[] = [];
  const turns = new Map<unknown, OpenTurn>();
  let nextId = 1;
  let gone: Error | undefined;

  const send = (message: Json) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const lose = (error: Error) => {
    gone ??= error;
    for (const call of pending.values()) call.reject(gone);
    for (const ask of waiting.splice(0)) ask();
    for (const turn of turns.values()) turn.settle(gone);
  };
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("close", (code, signal) => lose(new Error(`codex app-server exited (${signal ?? code})`)));
  child.once("error", lose);
  child.stdin.on("error", () => {}); // The exit that broke the pipe is reported by "close".

  const receive = (message: Json) => {
    options.onMessage?.(message);
    const { id, method, params, result, error } = message as { [field: string]: unknown; params: Json };
    if (method === undefined) {
      const call = pending.get(id);
      pending.delete(id);
      waiting.shift()?.();
      if (error === undefined) call?.resolve(result as Json);
      else call?.reject(new Error(JSON.stringify(error)));
    } else if (id === undefined) {
      const turn = turns.get(params.threadId);
      if (turn) observe(turn, method as string, params);
    } else {
      Promise.resolve(options.onRequest?.(method as string, params)).then((answer) => {
        if (answer !== undefined) send({ id, result: answer });
        else send({ id, error: { code: -32601, message: `${method} is not supported` } });
      });
    }
  };

  // A block can end in the middle of a line, even of a character, so the tail waits as bytes.
  let tail: Buffer[] = [];
  const dropped = options.dropped === undefined ? undefined : Buffer.from(options.dropped);
  child.stdout.on("data", (block: Buffer) => {
    let from = 0;
    for (let end = block.indexOf(10); end !== -1; from = end + 1, end = block.indexOf(10, from)) {
      const line = tail.length === 0 ? block.subarray(from, end) : Buffer.concat([...tail, block.subarray(from, end)]);
      tail = [];
      if (dropped && line.subarray(0, dropped.length).equals(dropped)) continue;
      receive(JSON.parse(line.toString()) as Json);
    }
    if (from < block.length) tail.push(block.subarray(from));
  });

  const request = (method: string, params: Json = {}): Promise<Json> =>
    new Promise((resolve, reject) => {
      const ask = (): void => {
        if (gone) {
          reject(gone);
          return;
        }
        pending.set(nextId, { resolve, reject });
        send({ id: nextId++, method, params });
      };
      if (pending.size < 64) ask();
      else waiting.push(ask);
    });
  /** Starts a thread and returns its id. */
  const startThread = async (params: Json = {}): Promise<string> =>
    ((await request("thread/start", { cwd: options.cwd, ...params })).thread as { id: string }).id;
  /** Runs one turn to turn/completed. A failed turn resolves too (see `status`); a dead server rejects. */
  const runTurn = async (threadId: string, text: string, params: Json = {}): Promise<RawTurn> => {
    const blank = { text: "", firstTokenMs: undefined, totalMs: 0, deltas: 0, status: "", error: null, final: false };
    const done = new Promise<OpenTurn>((resolve, reject) => {
      const settle = (error?: Error) => (error ? reject(error) : resolve(turn));
      const turn: OpenTurn = { ...blank, startedMs: performance.now(), settle };
      // Registered before the request is sent: the turn's first events can share a block with the response.
      turns.set(threadId, turn);
    });
    try {
      await Promise.all([done, request("turn/start", { threadId, input: [{ type: "text", text }], ...params })]);
    } finally {
      turns.delete(threadId);
    }
    const { startedMs: _, final: __, settle: ___, ...turn } = await done;
    return turn;
  };
  /** Ends the server the way it wants to be ended (stdin EOF), by force after two seconds. */
  const close = async (): Promise<void> => {
    child.stdin.end();
    const force = setTimeout(() => child.kill("SIGKILL"), 2_000);
    await exited;
    clearTimeout(force);
  };

  try {
    const clientInfo = { name: "raw-driver", title: "raw driver", version: "0.0.0" };
    const optOut = options.optOut === undefined ? {} : { optOutNotificationMethods: options.optOut };
    await request("initialize", { clientInfo, capabilities: { experimentalApi: true, ...optOut } });
  } catch (error) {
    await close();
    throw error;
  }
  send({ method: "initialized" });
  return { pid: child.pid, request, startThread, runTurn, close };
}

function observe(turn: OpenTurn, method: string, params: Json): void {
  if (method === "item/agentMessage/delta") {
    turn.deltas += 1;
    turn.firstTokenMs ??= performance.now() - turn.startedMs;
  } else if (method === "item/completed") {
    const { type, phase, text } = params.item as { type: string; phase?: string; text: string };
    if (type !== "agentMessage" || (turn.final && phase !== "final_answer")) return;
    turn.text = text;
    turn.final = phase === "final_answer";
  } else if (method === "turn/completed") {
    const { status, error } = params.turn as { status: string; error: Json | null };
    Object.assign(turn, { status, error, totalMs: performance.now() - turn.startedMs });
    turn.settle();
  }
}
