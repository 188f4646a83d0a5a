import { decodeResult } from "../protocol/events.ts";
import { type ThreadSettings, threadResult } from "../protocol/methods.ts";
import type { AppServer } from "../server/app-server.ts";
import { RpcError } from "../wire/errors.ts";
import type { BindingStore, ThreadBinding } from "./store.ts";

export interface OpenedThread {
  readonly id: string;
  readonly resumed: boolean;
  /** Set when the session had a thread that could not be used any more. */
  readonly rotation?: { readonly reason: string; readonly from: string };
}

/** Threads a connection has loaded, each with the model it was last told to use (undefined: the server's default). */
export type LoadedThreads = Map<string, string | undefined>;

export interface OpenOptions {
  readonly server: AppServer;
  readonly store: BindingStore;
  /** The session's binding as the store has it. */
  readonly bound: ThreadBinding | undefined;
  readonly session: { readonly key: string; readonly id: string };
  readonly settings: ThreadSettings;
  /** Threads this connection already has loaded; resuming those again would only cost a round trip. */
  readonly loaded: LoadedThreads;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Resumes the session's thread, or starts one and binds it. A thread is replaced only when the server says that it has
 * no such thread, and then the reason is returned.
 */
export async function openThread(options: OpenOptions): Promise<OpenedThread> {
  const { store, session, loaded, bound } = options;
  if (!bound) return start(options);
  if (bound.sessionId !== session.id) {
    return start(options, { reason: "the host started a new session under this key", from: bound.threadId });
  }
  if (loaded.has(bound.threadId)) return { id: bound.threadId, resumed: true };
  try {
    await request(options, "thread/resume", { threadId: bound.threadId, ...options.settings });
  } catch (thrown) {
    if (!isThreadGone(thrown)) throw thrown;
    return start(options, { reason: "Codex has no record of the earlier thread", from: bound.threadId });
  }
  loaded.set(bound.threadId, options.settings.model);
  await store.put(rebound(bound, options));
  return { id: bound.threadId, resumed: true };
}

/** Loads a bound thread into this connection as it is, unless it is loaded already. */
export async function loadThread(server: AppServer, loaded: LoadedThreads, bound: ThreadBinding): Promise<void> {
  if (loaded.has(bound.threadId)) return;
  await server.request("thread/resume", { threadId: bound.threadId, cwd: bound.cwd });
  loaded.set(bound.threadId, undefined);
}

async function start(options: OpenOptions, rotation?: OpenedThread["rotation"]): Promise<OpenedThread> {
  const result = decodeResult("thread/start", threadResult, await request(options, "thread/start", options.settings));
  const threadId = result.thread.id;
  options.loaded.set(threadId, options.settings.model);
  const now = Date.now();
  await options.store.put({
    sessionKey: options.session.key,
    sessionId: options.session.id,
    threadId,
    cwd: options.settings.cwd,
    codexVersion: options.server.info.version,
    createdAtMs: now,
    updatedAtMs: now,
  });
  return rotation ? { id: threadId, resumed: false, rotation } : { id: threadId, resumed: false };
}

function rebound(bound: ThreadBinding, options: OpenOptions): ThreadBinding {
  return { ...bound, cwd: options.settings.cwd, codexVersion: options.server.info.version, updatedAtMs: Date.now() };
}

function request(options: OpenOptions, method: string, params: unknown): Promise<unknown> {
  return options.server.request(method, params, {
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/**
 * The server's ways of saying "I have no such thread": an id it never had, or a thread whose first turn never began.
 * Matched by text because the error code (-32600) is that of every refusal; checked against real releases.
 */
function isThreadGone(thrown: unknown): boolean {
  return thrown instanceof RpcError && /no rollout found|not materialized|thread not found/i.test(thrown.rpcMessage);
}
