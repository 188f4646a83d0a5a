import type { ThreadBinding } from "../thread/binding.ts";
import { rebuildBindings } from "../thread/name.ts";
import { type OpenedThread, openThread } from "../thread/open.ts";
import { projectHistory } from "../thread/projection.ts";
import {
  applied,
  instructionsIdentity,
  mustReplace,
  policyIdentity,
  toolIdentity,
  type WantedSettings,
} from "../thread/settings.ts";
import { initialTurnState } from "../turn/state.ts";
import { refuseAborted } from "./attempt-checks.ts";
import { note, orSuspect, type Running, retire, threadSettings } from "./attempt-context.ts";
import { shownThread } from "./attempt-result.ts";
import { catchUp } from "./catch-up.ts";
import { compactThread } from "./compact.ts";
import { endLeftTurn } from "./left-turn.ts";
import { mcpServersOff } from "./native-off.ts";
import type { LiveServer } from "./server-slot.ts";
import { ownerOf } from "./session.ts";
import { waitForRest } from "./thread-rest.ts";

export interface Opened {
  readonly live: LiveServer;
  readonly thread: OpenedThread;
}

/** The server and the thread for an attempt, started or resumed as needed. */
export async function openOn(running: Running): Promise<Opened> {
  const { context, attempt, phases } = running;
  const bound = await context.store.get(ownerOf(attempt.session));
  // Two servers must never run one thread at the same time.
  if (bound) await context.leaving.get(bound.threadId);
  const live = await serverFor(running);
  if (live.fresh) {
    phases.spawnMs = live.server.timings.spawnMs;
    phases.initializeMs = live.server.timings.initializeMs;
    live.fresh = false;
  }
  await attempt.observer?.onPhase?.({ phase: "server_ready", atMs: running.at() });
  const threadFrom = performance.now();
  if (bound) {
    await endLeftTurn(running, live, bound);
    await waitForRest(live, bound.threadId, running.clocks, attempt.signal);
    refuseAborted(attempt);
  }
  if (attempt.nativeExecution === "off") {
    running.serversOff = await mcpServersOff(live.server, attempt.cwd, running.clocks.requestMs);
  }
  if (context.store.takeRebuild()) await rebuildBindings(live.server, context.store);
  const thread = await orSuspect(running, live, bound?.threadId ?? "", openRoomy(running, live)).catch(
    (thrown: unknown) => {
      refuseAborted(attempt);
      throw thrown;
    },
  );
  if (!bound) await tellEarlier(running, live, thread);
  await completeRecord(running, live, thread, bound);
  phases.threadMs = performance.now() - threadFrom;
  await attempt.observer?.onThread?.(shownThread(thread));
  return { live, thread };
}

/** The one that was begun for the attempt, unless it was given up meanwhile. Its failure is the attempt's. */
async function serverFor(running: Running): Promise<LiveServer> {
  const { slot } = running.context;
  const begun = await running.begun;
  running.begun = undefined;
  return begun && begun === slot.live ? begun : slot.acquire();
}

/**
 * A session that is new here may have a past: it was forked by its host, or another runtime has run it. The first thread
 * is told what the host has of it.
 */
async function tellEarlier(
  { attempt, context, clocks }: Running,
  live: LiveServer,
  thread: OpenedThread,
): Promise<void> {
  if (thread.resumed || thread.rotation || !attempt.adoptHistory || !attempt.history) return;
  const { items } = projectHistory((await attempt.history()) ?? [], context.historyBytes);
  if (items.length === 0) return;
  const timeoutMs = clocks.requestMs;
  await live.server.call("thread/inject_items", { threadId: thread.id, items }, { timeoutMs });
}

/** Opens the thread, and makes room in it when it is fuller than the host wants. */
async function openRoomy(running: Running, live: LiveServer): Promise<OpenedThread> {
  const { context, clocks, attempt } = running;
  const thread = await open(running, live);
  const full = thread.binding.contextTokens;
  if (context.maxContextTokens === undefined || full === undefined || full <= context.maxContextTokens) return thread;
  const onRetire = (): void => retire(context, live, thread.id);
  const { compacted } = await compactThread(live, thread.id, clocks, onRetire, attempt.signal).catch(() => ({
    compacted: false,
  }));
  await context.store.patch(ownerOf(attempt.session), { contextTokens: undefined });
  if (compacted) return thread;
  return open(running, live, `the thread holds ${full} tokens and could not be compacted`);
}

async function open(running: Running, live: LiveServer, replace?: string): Promise<OpenedThread> {
  const { context, attempt, clocks } = running;
  const { session } = attempt;
  const settings = threadSettings(running);
  const bound = attempt.lenientTools && replace === undefined ? await context.store.get(ownerOf(session)) : undefined;
  return openThread({
    server: live.server,
    store: context.store,
    owner: ownerOf(session),
    sessionId: session.id,
    ...(session.predecessorId === undefined ? {} : { predecessorId: session.predecessorId }),
    settings: bound ? withKnownTools(settings, bound) : settings,
    loaded: live.loaded,
    ...(attempt.history ? { history: () => attempt.history!() } : {}),
    historyBytes: context.historyBytes,
    ...(replace === undefined ? {} : { replace }),
    onStatus: (threadId, status) => live.router.noteStatus(threadId, status),
    timeoutMs: clocks.threadOpenMs,
    ...(attempt.signal ? { signal: attempt.signal } : {}),
  });
}

/**
 * Leaves out tools the thread has in another form: it keeps that form, and they would be its only reason to be replaced.
 * Where something else replaces it anyway, the new thread gets every tool as it is now.
 */
function withKnownTools(settings: WantedSettings, bound: ThreadBinding): WantedSettings {
  const { tools = [] } = settings;
  const identity = toolIdentity(tools);
  const kept = tools.filter((tool) => {
    const name = tool.namespace === undefined ? tool.name : `${tool.namespace}.${tool.name}`;
    const known = bound.tools?.[name];
    return known === undefined || known === identity[name];
  });
  if (kept.length === tools.length) return settings;
  const same = { ...settings, tools: kept };
  return mustReplace(bound, same) ? settings : same;
}

/** A turn whose end nobody saw, in this process or in one that died: its transcript is completed first. */
async function completeRecord(
  running: Running,
  live: LiveServer,
  thread: OpenedThread,
  bound: ThreadBinding | undefined,
): Promise<void> {
  const { context, attempt, clocks, record } = running;
  const owed = record.pending.length > 0;
  await record.write([]);
  // The session's last turn was seen to its end here, and is written now.
  if (owed && record.error === undefined && !context.unfinished.has(thread.id)) return;
  const seen = context.unfinished.get(thread.id);
  const known = ["completed", "failed", "interrupted"].includes(bound?.lastTurnStatus ?? "completed");
  const crashed = bound?.threadId === thread.id && !known ? bound.lastTurnId : undefined;
  const unseen = seen ?? (crashed === undefined ? undefined : { ...initialTurnState(thread.id), turnId: crashed });
  if (!unseen) return;
  const history = attempt.history && (() => attempt.history!());
  await catchUp(live, unseen, attempt.transcript, clocks.requestMs, history).catch((error: unknown) =>
    context.warn("an earlier turn could not be completed from the server's record", { error: String(error) }),
  );
  context.unfinished.delete(thread.id);
}

/** What the turn was started with is what the thread was told now. */
export function accepted(running: Running, live: LiveServer, thread: OpenedThread, turnId: string): void {
  const { context, attempt } = running;
  const settings = threadSettings(running);
  const before = live.loaded.get(thread.id);
  const now = applied(settings);
  live.loaded.set(thread.id, {
    ...now,
    model: now.model ?? before?.model,
    effort: now.effort ?? before?.effort,
    lastTurnId: turnId,
  });
  note(running, {
    lastTurnId: turnId,
    lastTurnStatus: "running",
    policy: policyIdentity(settings),
    instructions: instructionsIdentity(settings),
    cwd: attempt.cwd,
    ...(attempt.model === undefined ? {} : { model: attempt.model }),
  }).catch((error: unknown) => context.warn("the session could not be noted", { error: String(error) }));
}
