import { resolveClocks } from "../clocks.ts";
import { rememberSecrets, secretsIn } from "../redact.ts";
import { ApprovalMemory } from "../requests/approvals.ts";
import { RequestDesk } from "../requests/desk.ts";
import { toolSet } from "../requests/tool-set.ts";
import { settlesWithin } from "../server/child-process.ts";
import { nameThread } from "../thread/name.ts";
import type { OpenedThread } from "../thread/open.ts";
import { throwNamed } from "../thread/refusals.ts";
import { projectFailure } from "../transcript/project.ts";
import { runTurn } from "../turn/run.ts";
import type { TurnState } from "../turn/state.ts";
import { turnUsage } from "../turn/usage.ts";
import { refuseAborted } from "./attempt-checks.ts";
import {
  type AttemptContext,
  note,
  orSuspect,
  type Running,
  retire,
  retireForAuth,
  type Try,
} from "./attempt-context.ts";
import { turnStart } from "./attempt-input.ts";
import { identify, resultOf } from "./attempt-result.ts";
import { accepted, type Opened } from "./attempt-thread.ts";
import { effectHandler } from "./effects.ts";
import { guardHost } from "./host-guard.ts";
import { endLeftTurn } from "./left-turn.ts";
import { RecordWriter } from "./record-writer.ts";
import { remember } from "./remember.ts";
import { makeRoom, openAgain, startAnew, worthAgain } from "./second-run.ts";
import type { LiveServer } from "./server-slot.ts";
import { type Afterwards, ownerOf } from "./session.ts";
import { restsInTime, threadBusy } from "./thread-rest.ts";
import type { Attempt, AttemptResult } from "./types.ts";

/**
 * Runs one attempt: server, thread, turn; a second time when the first came to nothing that anybody could see.
 * @param begun the server it begins on
 */
export async function runAttempt(
  context: AttemptContext,
  given: Attempt,
  afterwards: Afterwards,
  begun: Promise<LiveServer>,
): Promise<AttemptResult> {
  rememberSecrets(...secretsIn(given.config));
  const clocks = resolveClocks({ ...context.clocks, ...given.clocks });
  const attempt = guardHost(given, clocks.hostCallbackMs, context.warn);
  const startedAt = performance.now();
  const running: Running = {
    context,
    attempt,
    clocks,
    phases: {},
    entries: [],
    tools: toolSet(attempt.tools ?? [], attempt.excludeTools),
    afterwards,
    at: () => performance.now() - startedAt,
    record: new RecordWriter(attempt.transcript, context.unwritten.get(sessionKeyOf(attempt))),
    serversOff: {},
    begun,
  };
  for (const { name, reason } of running.tools.leftOut) context.warn("a tool was left out", { name, reason });
  const first = await oneTry(running);
  const again = attempt.signal?.aborted ? undefined : await worthAgain(first);
  if (!again) return finish(running, first);
  await attempt.observer?.onNotice?.({
    text: again === "restart" ? "Codex ended before it answered; trying again." : "The context is full; compacting it.",
  });
  const second = await secondRun(running, first, again).catch((error: unknown) => {
    context.warn("a turn could not be begun again", { error: String(error) });
    return undefined;
  });
  // What the first try came to is told when there is no second.
  return finish(running, second ?? first);
}

async function secondRun(running: Running, first: Try, how: "restart" | "compact"): Promise<Try | undefined> {
  const opened = how === "compact" ? await makeRoom(running, first) : await startAnew(running, first);
  return opened && oneTry(running, opened);
}

/** How a turn went wrong is part of its transcript. */
async function finish(running: Running, last: Try): Promise<AttemptResult> {
  const { outcome, turnId, threadId } = last.state;
  if (outcome && "error" in outcome && turnId !== undefined) {
    const entry = projectFailure({ threadId, turnId }, outcome.error.message);
    running.entries.push(entry);
    await running.record.write([entry]);
  }
  keepUnwritten(running);
  return resultOf(running, last);
}

/** @param opened what was opened for it already */
async function oneTry(running: Running, opened?: Opened): Promise<Try> {
  const { attempt, phases } = running;
  const { live, thread } = opened ?? (await openAgain(running));
  const skippedBefore = live.server.skipped;
  await attempt.observer?.onPhase?.({ phase: "thread_ready", atMs: running.at() });
  refuseAborted(attempt);
  const turnFrom = performance.now();
  const state = await turnOn(running, live, thread, turnFrom);
  phases.turnMs = performance.now() - turnFrom;
  const { kind } = state.outcome!;
  const { unfinished } = running.context;
  // An end that we only heard half of, or not at all, is looked up before the next turn, in whatever process.
  const whole = (kind === "completed" || kind === "failed") && !state.unread;
  if (whole) live.router.noteStatus(thread.id, "idle");
  if (whole) unfinished.delete(thread.id);
  else remember(unfinished, thread.id, state);
  const { outcome } = state;
  if (outcome?.kind === "server_exit" && live.server.process === undefined) {
    running.afterwards(() => leaveNothing(running, thread));
  }
  if (outcome?.kind === "failed" && outcome.category === "auth") retireForAuth(running.context, live, thread.id);
  const contextTokens = turnUsage(state.usage)?.contextTokens;
  // Unknown after a compaction: an old number would be wrong.
  running.afterwards(() =>
    note(running, { lastTurnStatus: state.unread || running.record.error ? "unread" : kind, contextTokens }).catch(
      (error: unknown) => running.context.warn("the session could not be noted", { error: String(error) }),
    ),
  );
  if (thread.binding.lastTurnId === undefined || running.context.unnamed.has(thread.id)) {
    running.afterwards(() => named(running.context, live, thread));
  }
  return { live, thread, state, skippedBefore };
}

/** It is the last thing that a turn's session is kept for. */
async function named({ unnamed }: AttemptContext, { server }: LiveServer, { binding }: OpenedThread): Promise<void> {
  if (await nameThread(server, binding)) unnamed.delete(binding.threadId);
  else unnamed.add(binding.threadId);
}

/**
 * The connection was lost and the server may live: what it still does for us is ended now, not with the next turn. One
 * that cannot be reached for a while does not keep the session from its next turn, which asks again.
 */
async function leaveNothing(running: Running, { binding }: OpenedThread): Promise<void> {
  const { context, clocks } = running;
  try {
    const connecting = context.slot.acquire();
    if (!(await settlesWithin(connecting, clocks.interruptGraceMs))) return;
    await endLeftTurn(running, await connecting, binding);
  } catch (error) {
    context.warn("a turn may still run on the server that was lost", { error: String(error) });
  }
}

async function turnOn(running: Running, live: LiveServer, thread: OpenedThread, turnFrom: number): Promise<TurnState> {
  const { context, attempt, clocks, phases } = running;
  if (!(await restsInTime(live, thread.id, clocks))) throw threadBusy(thread.id);
  const params = turnStart(attempt, live, thread);
  const budgetMs = attempt.timeoutMs ?? clocks.runBudgetMs;
  const desk = new RequestDesk({
    handlers: attempt,
    tools: running.tools,
    clocks,
    memory: memoryOf(context, attempt),
    answers: live.answers,
    warn: (message, facts) => context.warn(message, facts),
  });
  const state = await runTurn({
    server: live.server,
    router: live.router,
    threadId: thread.id,
    start: async () => {
      const { turn } = await orSuspect(running, live, thread.id, live.server.call("turn/start", params)).catch(
        throwNamed,
      );
      return { turnId: turn.id };
    },
    onEffect: effectHandler({
      attempt,
      threadId: thread.id,
      entries: running.entries,
      at: running.at,
      onAccepted: (turnId) => {
        accepted(running, live, thread, turnId);
        // Until the model answers there is time for it; a turn that is over would have to wait.
        if (attempt.serverHash !== "if_known") void identify(running, live);
      },
      onFirstToken: () => {
        phases.firstTokenMs = performance.now() - turnFrom;
      },
      write: (entries) => running.record.write(entries),
    }),
    onEffectError: (error) => context.warn("an observer failed", { error: String(error) }),
    onRequest: (request) => desk.take(request),
    onResolved: (id) => desk.resolved(id),
    onItem: (item, over) => desk.noteItem(item, over),
    onRetire: () => retire(context, live, thread.id),
    ...(attempt.onControl ? { onControl: (control) => attempt.onControl?.(control) } : {}),
    clocks,
    // The budget is the whole attempt's; what was spent before the turn counts.
    budget: { clock: "run_budget", ms: Math.max(1, budgetMs - running.at()), wholeMs: budgetMs },
    ...(attempt.signal ? { signal: attempt.signal } : {}),
  });
  desk.close("the turn is over");
  return state;
}

/** Kept for as long as the process lives, for the sessions used last. */
function memoryOf({ memories }: AttemptContext, attempt: Attempt): ApprovalMemory {
  const key = sessionKeyOf(attempt);
  const memory = memories.get(key) ?? new ApprovalMemory();
  remember(memories, key, memory);
  return memory;
}

function sessionKeyOf({ session }: Attempt): string {
  return JSON.stringify(ownerOf(session));
}

/** What the transcript did not take is written with the session's next turn, in this process or (from the server) another. */
function keepUnwritten({ context, attempt, record }: Running): void {
  const key = sessionKeyOf(attempt);
  if (record.pending.length > 0) remember(context.unwritten, key, record.pending);
  else context.unwritten.delete(key);
}
