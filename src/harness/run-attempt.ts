import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { type Clocks, resolveClocks } from "../clocks.ts";
import { BridgeError } from "../errors.ts";
import { decodeResult } from "../protocol/events.ts";
import { maxInputChars, type ThreadSettings, type TurnStartParams, turnResult } from "../protocol/methods.ts";
import { answerSafely } from "../requests/defaults.ts";
import { type OpenedThread, openThread } from "../thread/open.ts";
import type { BindingStore } from "../thread/store.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import { projectFailure } from "../transcript/project.ts";
import { runTurn } from "../turn/run.ts";
import type { TurnState } from "../turn/state.ts";
import { resultOf } from "./attempt-result.ts";
import { catchUp } from "./catch-up.ts";
import { compactThread } from "./compact.ts";
import { effectHandler } from "./effects.ts";
import { secondTry, withdrawTurn } from "./second-try.ts";
import type { LiveServer, ServerSlot } from "./server-slot.ts";
import type { Attempt, AttemptPhases, AttemptResult } from "./types.ts";

/** What all attempts of a harness share. */
export interface AttemptContext {
  readonly id: string;
  readonly stateDir: string;
  readonly store: BindingStore;
  readonly slot: ServerSlot;
  readonly clocks: Clocks;
  /** Turns whose end nobody saw, by thread: their transcripts are completed before the next turn. */
  readonly unfinished: Map<string, TurnState>;
  /** Servers on their way out, by a thread they must not run beside its next server. */
  readonly leaving: Map<string, Promise<void>>;
  warn(message: string, facts: Record<string, unknown>): void;
}

/** One attempt in progress. */
export interface Running {
  readonly context: AttemptContext;
  readonly attempt: Attempt;
  readonly clocks: Clocks;
  readonly promptId: string;
  readonly phases: AttemptPhases;
  readonly entries: TranscriptEntry[];
  at(): number;
  writeError: unknown;
}

/** Runs one attempt: server, thread, turn; a second time when the first came to nothing that anybody could see. */
export async function runAttempt(context: AttemptContext, attempt: Attempt): Promise<AttemptResult> {
  checkPrompt(attempt.prompt);
  refuseAborted(attempt);
  const startedAt = performance.now();
  const running: Running = {
    context,
    attempt,
    clocks: resolveClocks({ ...context.clocks, ...attempt.clocks }),
    promptId: randomUUID(),
    phases: {},
    entries: [],
    at: () => performance.now() - startedAt,
    writeError: undefined,
  };
  const first = await oneTry(running);
  const again = attempt.signal?.aborted ? undefined : secondTry(first.state);
  if (!again) return finish(running, first);
  await attempt.observer?.onNotice?.({
    text: again === "restart" ? "Codex ended before it answered; trying again." : "The context is full; compacting it.",
  });
  if (!(await prepareAgain(running, first, again))) return finish(running, first);
  return finish(running, await oneTry(running));
}

/** How a turn went wrong is part of its transcript. */
async function finish(running: Running, last: Try): Promise<AttemptResult> {
  const { outcome, turnId, threadId } = last.state;
  if (outcome && "error" in outcome && turnId !== undefined) {
    const entry = projectFailure({ threadId, turnId }, outcome.error.message);
    running.entries.push(entry);
    await running.attempt.transcript.append([entry]).catch((error: unknown) => {
      running.writeError ??= error;
    });
  }
  return resultOf(running, last);
}

export interface Try {
  readonly live: LiveServer;
  readonly thread: OpenedThread;
  readonly state: TurnState;
}

async function oneTry(running: Running): Promise<Try> {
  const { attempt, phases } = running;
  const { live, thread } = await openOn(running);
  await attempt.observer?.onPhase?.({ phase: "thread_ready", atMs: running.at() });
  refuseAborted(attempt);
  const turnFrom = performance.now();
  const state = await turnOn(running, live, thread, turnFrom);
  phases.turnMs = performance.now() - turnFrom;
  const { kind } = state.outcome!;
  const { unfinished } = running.context;
  if (kind === "completed" || kind === "failed") unfinished.delete(thread.id);
  else unfinished.set(thread.id, state);
  return { live, thread, state };
}

async function openOn(running: Running): Promise<{ live: LiveServer; thread: OpenedThread }> {
  const { context, attempt, phases } = running;
  const bound = await context.store.get(attempt.session.key);
  // Two servers must never run one thread at the same time.
  if (bound) await context.leaving.get(bound.threadId);
  const live = await context.slot.acquire();
  if (live.fresh) {
    phases.spawnMs = live.server.timings.spawnMs;
    phases.initializeMs = live.server.timings.initializeMs;
    live.fresh = false;
  }
  await attempt.observer?.onPhase?.({ phase: "server_ready", atMs: running.at() });
  const threadFrom = performance.now();
  const thread = await openThread({
    server: live.server,
    store: context.store,
    bound,
    session: attempt.session,
    loaded: live.loaded,
    settings: threadSettings(attempt),
    timeoutMs: running.clocks.threadOpenMs,
    ...(attempt.signal ? { signal: attempt.signal } : {}),
  });
  const unseen = context.unfinished.get(thread.id);
  if (unseen) {
    await catchUp(live, unseen, attempt.transcript, running.clocks.requestMs).catch((error: unknown) =>
      context.warn("an earlier turn could not be completed from the server's record", { error: String(error) }),
    );
    context.unfinished.delete(thread.id);
  }
  phases.threadMs = performance.now() - threadFrom;
  await attempt.observer?.onThread?.(thread);
  return { live, thread };
}

async function turnOn(running: Running, live: LiveServer, thread: OpenedThread, turnFrom: number): Promise<TurnState> {
  const { context, attempt, clocks, phases } = running;
  // Naming the model costs the server a settings update, so only a change is sent.
  const changedModel = attempt.model === live.loaded.get(thread.id) ? undefined : attempt.model;
  const params: TurnStartParams = {
    threadId: thread.id,
    clientUserMessageId: running.promptId,
    input: [{ type: "text", text: attempt.prompt }],
    ...(attempt.effort === undefined ? {} : { effort: attempt.effort }),
    ...(changedModel === undefined ? {} : { model: changedModel }),
  };
  const budgetMs = attempt.timeoutMs ?? clocks.runBudgetMs;
  return runTurn({
    server: live.server,
    router: live.router,
    threadId: thread.id,
    start: async () => {
      const { turn } = decodeResult("turn/start", turnResult, await live.server.request("turn/start", params));
      return { turnId: turn.id };
    },
    onEffect: effectHandler({
      attempt,
      threadId: thread.id,
      entries: running.entries,
      at: running.at,
      onAccepted: () => {
        if (changedModel !== undefined) live.loaded.set(thread.id, changedModel);
      },
      onFirstToken: () => {
        phases.firstTokenMs = performance.now() - turnFrom;
      },
      onWriteError: (error) => {
        running.writeError ??= error;
      },
    }),
    onEffectError: (error) => context.warn("an observer failed", { error: String(error) }),
    onRequest: (request) => answerSafely(request, "This host has no handler for the request; it was declined."),
    onRetire: () => retire(context, live, thread.id),
    ...(attempt.onControl ? { onControl: (control) => attempt.onControl?.(control) } : {}),
    clocks,
    // The budget is the whole attempt's; what was spent before the turn counts.
    budget: { clock: "run_budget", ms: Math.max(1, budgetMs - running.at()) },
    ...(attempt.signal ? { signal: attempt.signal } : {}),
  });
}

function retire(context: AttemptContext, live: LiveServer, threadId: string): void {
  const gone = context.slot.retire(live).finally(() => context.leaving.delete(threadId));
  context.leaving.set(threadId, gone);
}

/** @returns false when there is no point in a second try */
async function prepareAgain(running: Running, first: Try, how: "restart" | "compact"): Promise<boolean> {
  const { context } = running;
  const { turnId } = first.state;
  if (how === "compact") {
    if (turnId !== undefined) await withdrawTurn(first.live.server, first.thread.id, turnId);
    const done = await compactThread(
      first.live,
      first.thread.id,
      running.clocks,
      () => retire(context, first.live, first.thread.id),
      running.attempt.signal,
    ).catch(() => ({ compacted: false }));
    return done.compacted;
  }
  context.unfinished.delete(first.thread.id);
  if (turnId === undefined) return true;
  const { live } = await openOn(running);
  await withdrawTurn(live.server, first.thread.id, turnId);
  return true;
}

function threadSettings(attempt: Attempt): ThreadSettings {
  return {
    cwd: attempt.cwd,
    approvalPolicy: attempt.approvalPolicy,
    sandbox: attempt.sandbox,
    ...(attempt.model === undefined ? {} : { model: attempt.model }),
    ...(attempt.modelProvider === undefined ? {} : { modelProvider: attempt.modelProvider }),
    ...(attempt.developerInstructions === undefined ? {} : { developerInstructions: attempt.developerInstructions }),
    ...(attempt.config === undefined ? {} : { config: attempt.config }),
  };
}

function checkPrompt(prompt: string): void {
  if (prompt.length === 0) {
    throw new BridgeError("prompt_empty", "The prompt is empty.", { remedy: "Give at least one character of text." });
  }
  if (prompt.length > maxInputChars) {
    throw new BridgeError(
      "prompt_too_long",
      `The prompt has ${prompt.length} characters; Codex takes ${maxInputChars}.`,
      { remedy: "Put the long part into a file and name the file.", facts: { chars: prompt.length, maxInputChars } },
    );
  }
}

function refuseAborted(attempt: Attempt): void {
  if (!attempt.signal?.aborted) return;
  throw new BridgeError("aborted", "The attempt was aborted before its turn began.", { cause: attempt.signal.reason });
}
