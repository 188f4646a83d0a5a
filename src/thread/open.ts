import type { ResultOf } from "../protocol/methods.ts";
import type { AppServer } from "../server/app-server.ts";
import type { SessionOwner, ThreadBinding } from "./binding.ts";
import { call } from "./call.ts";
import { type PriorMessage, type Projection, projectHistory, readPriorMessages } from "./projection.ts";
import { providerUnavailable, requirePolicy, whyGone } from "./refusals.ts";
import { isLoadedThere, loading, orTakenOut, resumeThread } from "./resume.ts";
import {
  type AppliedSettings,
  applied,
  instructionsIdentity,
  mustReplace,
  policyIdentity,
  type TurnOverrides,
  toolIdentity,
  turnOverrides,
  type WantedSettings,
} from "./settings.ts";
import type { BindingStore } from "./store.ts";
import { hasOtherWriter } from "./writer.ts";

/** Why a session's thread was replaced, and what the new one was told of the old one's conversation. */
export interface ThreadRotation {
  readonly reason: string;
  readonly from: string;
  /** `native`: the whole history came along (a fork). Otherwise how many visible messages were quoted, and left out. */
  readonly history: "native" | "none" | { readonly messages: number; readonly leftOut: number };
}

export interface OpenedThread {
  readonly id: string;
  readonly resumed: boolean;
  readonly rotation?: ThreadRotation;
  readonly binding: ThreadBinding;
  /** What `turn/start` has to say because it changed since the thread was told last. */
  readonly overrides: TurnOverrides;
}

/** Threads a connection has loaded, each with what it was last told. */
export type LoadedThreads = Map<string, AppliedSettings>;

export interface OpenOptions {
  readonly server: AppServer;
  readonly store: BindingStore;
  readonly owner: SessionOwner;
  readonly sessionId: string;
  /** An earlier generation whose thread this one continues (the host compacted and renamed the session). */
  readonly predecessorId?: string;
  readonly settings: WantedSettings;
  readonly loaded: LoadedThreads;
  /** The host's own record of the conversation, for a thread that Codex has lost; undefined when it cannot be read. */
  history?(): Promise<readonly PriorMessage[] | undefined>;
  /** How much of it a new thread is told. */
  readonly historyBytes: number;
  /** Replace the thread for this reason, whatever else. */
  readonly replace?: string;
  /** Told what a thread was doing when it was loaded. */
  onStatus?(threadId: string, status: string): void;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Resumes the session's thread, or starts one and binds it. A thread is replaced only for a reason that is recorded. */
export async function openThread(options: OpenOptions): Promise<OpenedThread> {
  const { store, settings } = options;
  const bound = await store.get(options.owner);
  if (!bound) return startThread(options);
  const from = bound.threadId;
  if (bound.sessionId !== options.sessionId && bound.sessionId !== options.predecessorId) {
    return startThread(options, { reason: "the host started a new session under this key", from, carry: false });
  }
  if (bound.state === "retired") {
    const reason = bound.retiredReason ?? "the host reset the session";
    return startThread(options, { reason, from, carry: bound.carryHistory === 1 });
  }
  if (options.replace !== undefined) return startThread(options, { reason: options.replace, from, carry: true });
  const replace = mustReplace(bound, settings);
  if (replace?.how === "rotate") return startThread(options, { reason: replace.reason, from, carry: true });
  try {
    if (replace?.how === "fork") return await changeProvider(options, bound, replace.reason);
    return await continueThread(options, bound);
  } catch (thrown) {
    // Another process of the host had the session's last turn, and its server keeps the thread.
    if (hasOtherWriter(thrown)) return forkThread(options, bound, "another process has the thread open");
    const reason = whyGone(thrown);
    if (reason === undefined) throw thrown;
    await store.patch(options.owner, { state: "orphaned" });
    return startThread(options, { reason, from, carry: bound.lastTurnId !== undefined });
  }
}

/** What makes a thread's model provider known to a Codex that does not have it in its own configuration. */
export type ProviderSettings = Pick<WantedSettings, "modelProvider" | "config">;

/** Loads a bound thread into this connection as it is, unless it is loaded already. */
export async function loadThread(
  server: AppServer,
  loaded: LoadedThreads,
  bound: ThreadBinding,
  provider: ProviderSettings = {},
): Promise<void> {
  if (loaded.has(bound.threadId)) return;
  const { threadId, cwd } = bound;
  const ask = () => server.call("thread/resume", { threadId, cwd, ...provider, excludeTurns: true });
  await orTakenOut(
    () => loading(loaded, bound, ask),
    () => server.call("thread/unarchive", { threadId }),
  );
}

/** Loads a bound thread into this connection with these settings, unless it has it so already. */
async function continueThread(options: OpenOptions, bound: ThreadBinding): Promise<OpenedThread> {
  const { settings, loaded, server } = options;
  const { threadId } = bound;
  const known = loaded.get(threadId);
  let binding = bound;
  let before = known;
  // Whoever had its last turn, this connection does not know it.
  const isStale = before?.lastTurnId !== bound.lastTurnId;
  if (!before || isStale || before.config !== applied(settings).config) {
    const isLoaded = known !== undefined || (await isLoadedThere(options, threadId));
    const result = await resumeThread(options, threadId, isLoaded);
    requirePolicy(settings, result);
    // Effort is the turn's: resuming does not take it.
    before = { ...applied(settings), effort: undefined, lastTurnId: bound.lastTurnId };
    loaded.set(threadId, before);
    options.onStatus?.(threadId, result.thread.status?.type ?? "idle");
    binding = {
      ...bound,
      ...(result.model ? { model: result.model } : {}),
      ...(result.thread.path ? { rolloutPath: result.thread.path } : {}),
      codexVersion: server.info.version,
      codexHome: server.info.codexHome,
    };
  }
  if (binding !== bound || bound.sessionId !== options.sessionId || bound.state !== "active") {
    binding = { ...binding, state: "active", sessionId: options.sessionId, updatedAtMs: Date.now() };
    await options.store.bind(binding);
  }
  return { id: threadId, resumed: true, binding, overrides: turnOverrides(before, settings, bound) };
}

async function changeProvider(options: OpenOptions, bound: ThreadBinding, reason: string): Promise<OpenedThread> {
  if (!options.server.facts.supports("modelProviderPerThread")) {
    // A conversation is not given up for a provider that may not work either; a thread nobody spoke in is.
    if (bound.lastTurnId !== undefined) throw providerUnavailable();
    return startThread(options, { reason, from: bound.threadId, carry: false });
  }
  return forkThread(options, bound, reason);
}

/** A fork has the whole history; what is fixed for a thread can be chosen anew for it. */
async function forkThread(options: OpenOptions, bound: ThreadBinding, reason: string): Promise<OpenedThread> {
  const { effort: _, tools: __, ...told } = options.settings;
  const result = await call(options, "thread/fork", { threadId: bound.threadId, ...told, excludeTurns: true });
  const binding = { ...newBinding(options, result), tools: bound.tools, instructions: bound.instructions };
  const rotation: ThreadRotation = { reason, from: bound.threadId, history: "native" };
  return adopt(options, binding, rotation);
}

async function startThread(
  options: OpenOptions,
  replaced?: { reason: string; from: string; carry: boolean },
): Promise<OpenedThread> {
  const { effort: _, tools, ...told } = options.settings;
  const params = { ...told, ...(tools && tools.length > 0 ? { dynamicTools: tools } : {}) };
  const result = await call(options, "thread/start", params);
  requirePolicy(options.settings, result);
  const binding = newBinding(options, result);
  if (!replaced) return adopt(options, binding);
  const { reason, from } = replaced;
  const carried = replaced.carry ? await carryHistory(options, from, binding.threadId) : undefined;
  const history = carried ? { messages: carried.messages, leftOut: carried.leftOut } : ("none" as const);
  return adopt(options, binding, { reason, from, history });
}

/**
 * The host's record of the conversation is the fullest, and the truth: what it has erased stays erased. Codex's own of
 * the old thread serves only where there is none.
 */
async function carryHistory(options: OpenOptions, from: string, to: string): Promise<Projection> {
  const messages = (await options.history?.()) ?? (await readPriorMessages(options.server, from));
  const projection = projectHistory(messages, options.historyBytes);
  if (projection.items.length > 0)
    await call(options, "thread/inject_items", { threadId: to, items: projection.items });
  return projection;
}

async function adopt(options: OpenOptions, binding: ThreadBinding, rotation?: ThreadRotation): Promise<OpenedThread> {
  await options.store.bind(binding, rotation);
  const before = { ...applied(options.settings), effort: undefined };
  options.loaded.set(binding.threadId, before);
  return {
    id: binding.threadId,
    resumed: false,
    ...(rotation ? { rotation } : {}),
    binding,
    overrides: turnOverrides(before, options.settings, binding),
  };
}

function newBinding(options: OpenOptions, result: ResultOf<"thread/start">): ThreadBinding {
  const { settings, server, owner } = options;
  const now = Date.now();
  return {
    ...owner,
    sessionId: options.sessionId,
    threadId: result.thread.id,
    ...(result.thread.path ? { rolloutPath: result.thread.path } : {}),
    codexVersion: server.info.version,
    codexHome: server.info.codexHome,
    cwd: settings.cwd,
    ...(result.model ? { model: result.model } : {}),
    modelProvider: result.modelProvider ?? settings.modelProvider,
    policy: policyIdentity(settings),
    tools: toolIdentity(settings.tools ?? []),
    instructions: instructionsIdentity(settings),
    state: "active",
    createdAtMs: now,
    updatedAtMs: now,
  };
}
