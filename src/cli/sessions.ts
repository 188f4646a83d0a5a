import path from "node:path";
import { BridgeError } from "../errors.ts";
import type { ThreadBinding } from "../thread/binding.ts";
import { leaseHolder } from "../thread/lease.ts";
import { rebindThread, requireNotRunning, requireThreadId } from "../thread/repair.ts";
import { BindingStore } from "../thread/store.ts";
import { plain } from "../visible.ts";
import { defaultStateDir } from "./setup.ts";

export interface SessionsOptions {
  readonly json?: boolean;
  readonly state?: string;
  readonly agent?: string;
}

/** Runs something on the session store of a state folder, and prints what it gives: as JSON, or for people. */
async function onStore<T>(
  options: SessionsOptions,
  work: (store: BindingStore) => Promise<T>,
  show: (result: T) => string,
): Promise<void> {
  const stateDir = path.resolve(options.state ?? defaultStateDir(process.env));
  const store = new BindingStore(path.join(stateDir, "sessions.db"), {
    onSetAside: (movedTo) => process.stderr.write(`the session store was damaged; it is kept as ${movedTo}\n`),
  });
  try {
    const result = await work(store);
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : show(result));
  } finally {
    await store.close();
  }
}

/** `codex-bridge sessions list` */
export function list(options: SessionsOptions): Promise<void> {
  return onStore(
    options,
    (store) => store.list(),
    (bindings) => (bindings.length === 0 ? "no sessions\n" : bindings.map(line).join("")),
  );
}

/** `codex-bridge sessions show` @throws BridgeError `session_unknown` */
export function show(key: string, options: SessionsOptions): Promise<void> {
  return onStore(
    options,
    async (store) => {
      const binding = await known(store, key, options);
      const holder = leaseHolder(await store.database(), binding);
      return { ...binding, rotations: await store.rotations(binding), ...(holder ? { runningIn: holder } : {}) };
    },
    ({ rotations, runningIn, ...binding }) => {
      const rows = Object.entries(binding).map(([name, value]) => {
        const text = name.endsWith("AtMs") ? new Date(Number(value)).toISOString() : shown(value);
        return `${name.replace(/Ms$/, "").padEnd(16)} ${text}`;
      });
      if (runningIn) rows.push(`${"running in".padEnd(16)} process ${runningIn.pid} on ${runningIn.host}`);
      for (const { atMs, from, to, reason } of rotations) {
        rows.push(`${"replaced".padEnd(16)} ${new Date(atMs).toISOString()} ${from} -> ${to}: ${plain(reason)}`);
      }
      return `${rows.join("\n")}\n`;
    },
  );
}

/** `codex-bridge sessions rebind`: the session goes on with another thread. @throws BridgeError `thread_bound_elsewhere` */
export function rebind(key: string, threadId: string, options: SessionsOptions): Promise<void> {
  requireThreadId(threadId);
  return onStore(
    options,
    async (store) => {
      const before = await known(store, key, options);
      await rebindThread(store, before, threadId);
      return { session: key, from: before.threadId, to: threadId };
    },
    ({ from, to }) => `${plain(key)}: ${from} -> ${to}\n`,
  );
}

/** `codex-bridge sessions unbind`: the session's next turn starts a new thread. */
export function unbind(key: string, options: SessionsOptions): Promise<void> {
  return onStore(
    options,
    async (store) => {
      const before = await known(store, key, options);
      await requireNotRunning(store, before);
      await store.patch(before, { state: "retired", retiredReason: "unbound by hand", carryHistory: 0 });
      return { session: key, from: before.threadId };
    },
    ({ from }) => `${plain(key)}: ${from} is no longer used\n`,
  );
}

/** `codex-bridge sessions prune`: forgets sessions that ended long ago. Codex's own threads stay. */
export function prune(options: SessionsOptions & { readonly days: number }): Promise<void> {
  return onStore(
    options,
    async (store) => ({
      removed: await store.prune(["retired", "orphaned"], Date.now() - options.days * 86_400_000),
    }),
    ({ removed }) => `${removed} ${removed === 1 ? "session" : "sessions"} forgotten\n`,
  );
}

async function known(store: BindingStore, sessionKey: string, options: SessionsOptions): Promise<ThreadBinding> {
  const binding = await store.get({ agentId: options.agent ?? "main", sessionKey });
  if (binding) return binding;
  throw new BridgeError("session_unknown", `There is no session ${sessionKey}.`, {
    remedy: "`codex-bridge sessions list` shows the ones there are; --agent and --state choose where to look.",
  });
}

function line(binding: ThreadBinding): string {
  const when = new Date(binding.updatedAtMs).toISOString().slice(0, 16).replace("T", " ");
  const agent = binding.agentId === "main" ? "" : `${binding.agentId}/`;
  return `${when}  ${binding.state.padEnd(8)}  ${binding.threadId}  ${plain(agent + binding.sessionKey)}\n`;
}

function shown(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? plain(String(value)) : JSON.stringify(value);
}
