import type { BridgeError } from "../errors.ts";
import type { ServerEvent } from "../protocol/events.ts";
import { ask, giveUp, readFailed, readTurn } from "./asking.ts";
import { childEvent, runningChildren } from "./children.ts";
import { advanceEnding, settle, turnCompleted } from "./ending.ts";
import { startFailure } from "./failure.ts";
import { itemCompleted, itemDelta, itemStarted, reasoningPart } from "./items.ts";
import { answerGiven, answerOwed } from "./pending.ts";
import type { Effects, TurnEffect, TurnEvent, TurnState } from "./state.ts";
import { sendWaiting, steer, steerAnswered } from "./steering.ts";
import { noteUsage, turnUsage } from "./usage.ts";

export interface Reduction {
  readonly state: TurnState;
  readonly effects: readonly TurnEffect[];
}

/** Events kept before the turn has a name. The response that names it is already on its way. */
const maxEarly = 4096;

/**
 * The whole behaviour of a turn: what one event makes of a state, and what is to be done about it. Pure: no clock, no
 * I/O, no host types. A live turn, a replayed recording and a reconciliation after a crash all go through here.
 */
export function reduce(state: TurnState, event: TurnEvent): Reduction {
  const effects: TurnEffect[] = [];
  return { state: step(state, event, effects), effects };
}

function step(state: TurnState, event: TurnEvent, effects: Effects): TurnState {
  if (state.phase === "settled") return { ...state, lateEvents: state.lateEvents + 1 };
  switch (event.type) {
    case "start.accepted":
      return accepted(state, event.turnId, effects);
    case "start.failed":
      return startFailed(state, event, effects);
    case "abort":
      return stop(state, { by: "host" }, effects);
    case "release":
      return release(state, event.reason, effects);
    case "clock":
      return clock(state, event, effects);
    case "quiet":
      return state.phase === "running" ? ask(state, "quiet", effects) : state;
    case "read":
      return readTurn(state, event.reading, effects);
    case "read.failed":
      return readFailed(state, event, effects);
    case "steer":
      return steer(state, event.message, effects);
    case "steer.accepted":
    case "steer.refused":
      return advanceEnding(steerAnswered(state, event.id, event.type === "steer.accepted", effects), effects);
    case "request.opened":
      return answerOwed(state, event.id, event.kind, effects);
    case "request.closed":
      return answerGiven(state, event.id, effects);
    case "server.gone":
      return serverGone(state, event.error, effects);
    default:
      return fromServer(state, event, effects);
  }
}

/** Events can be parsed before the response that names the turn: they were kept, and now the ones of this turn count. */
function accepted(state: TurnState, turnId: string | undefined, effects: Effects): TurnState {
  const { early } = state;
  let next: TurnState = { ...state, phase: "running", early: [] };
  if (turnId !== undefined) next = named(next, turnId, effects);
  if (next.stop) effects.push({ type: "interrupt", children: [] });
  for (const event of early) next = step(next, event, effects);
  return next;
}

function named(state: TurnState, turnId: string, effects: Effects): TurnState {
  effects.push({ type: "accepted", turnId });
  return { ...sendWaiting(state, turnId, effects), turnId };
}

/** Without an answer the server may have begun: its own word for it decides. If there is none, it is told to stop. */
function startFailed(
  state: TurnState,
  event: Extract<TurnEvent, { type: "start.failed" }>,
  effects: Effects,
): TurnState {
  if (event.unanswered) {
    const begun = begunTurn(state);
    if (begun !== undefined) return accepted(state, begun, effects);
    effects.push({ type: "interrupt", children: [] });
  }
  return settle(state, startFailure(event.error), effects);
}

/** What the server had already said of the turn stands, also what came before the answer that names it. */
function serverGone(state: TurnState, error: BridgeError, effects: Effects): TurnState {
  const begun = state.phase === "starting" ? begunTurn(state) : undefined;
  const next = begun === undefined ? state : accepted(state, begun, effects);
  if (next.phase === "settled") return next;
  return settle(next, next.ending?.outcome ?? { kind: "server_exit", error }, effects);
}

function begunTurn(state: TurnState): string | undefined {
  return state.early.findLast((event) => event.type === "turn.started")?.turn.id;
}

/** An interrupt leaves its mark in the thread and confuses later turns: Codex gets the time to finish by itself. */
function release(state: TurnState, reason: string, effects: Effects): TurnState {
  if (state.release || state.stop || state.ending) return state;
  effects.push({ type: "arm", clock: "release_grace" });
  return { ...state, release: { reason } };
}

/** The request to interrupt is an effect; the turn ends when the server says so. */
function stop(state: TurnState, why: NonNullable<TurnState["stop"]>, effects: Effects): TurnState {
  if (state.stop || state.ending) return state;
  effects.push({ type: "arm", clock: "interrupt_grace" });
  if (state.phase === "running") effects.push({ type: "interrupt", children: runningChildren(state) });
  return { ...state, stop: why };
}

function clock(state: TurnState, event: Extract<TurnEvent, { type: "clock" }>, effects: Effects): TurnState {
  switch (event.clock) {
    case "run_budget":
    case "compaction":
      return stop(state, { by: "clock", clock: event.clock, error: event.error }, effects);
    case "release_grace":
      return state.release ? stop(state, { by: "release", ...state.release }, effects) : state;
    case "interrupt_grace":
      if (state.ending) return state;
      if (state.phase === "starting") return giveUp(state, effects);
      // A question already under way now decides.
      return state.asking === undefined ? ask(state, "interrupt", effects) : { ...state, asking: "interrupt" };
    case "idle_read":
    case "ask_again":
      return ask(state, "idle", effects);
    case "late_items":
      return state.ending ? advanceEnding({ ...state, ending: { ...state.ending, waited: true } }, effects) : state;
    case "settlement":
      return state.ending ? settle(state, state.ending.outcome, effects) : state;
  }
}

function fromServer(state: TurnState, event: ServerEvent, effects: Effects): TurnState {
  if (event.type === "limits") return { ...state, limits: event.limits };
  if (!("threadId" in event) || event.threadId === undefined) return state;
  if (event.type === "request.resolved") return answerGiven(state, event.requestId, effects);
  if (event.threadId !== state.threadId) {
    if (!state.children.has(event.threadId)) return state;
    return childEvent(state, event.threadId, event, effects);
  }
  if (state.phase === "starting") {
    if (state.early.length >= maxEarly) return { ...state, droppedEarly: state.droppedEarly + 1 };
    return { ...state, early: [...state.early, event] };
  }
  if (state.turnId === undefined && event.type === "turn.started") return named(state, event.turn.id, effects);
  const turnId = "turnId" in event ? event.turnId : "turn" in event ? event.turn.id : undefined;
  if (turnId !== undefined && turnId !== state.turnId) return { ...state, foreignEvents: state.foreignEvents + 1 };
  return ofThisTurn(state, event, effects);
}

function ofThisTurn(state: TurnState, event: ServerEvent, effects: Effects): TurnState {
  switch (event.type) {
    case "item.delta":
      return itemDelta(state, event, effects);
    case "item.started":
      return itemStarted(state, event.item, effects);
    case "item.completed":
      return advanceEnding(itemCompleted(state, event.item, effects), effects);
    case "reasoning.part":
      return reasoningPart(state, event.itemId, effects);
    case "turn.started":
      // An interrupt that was sent before the turn began may have come to nothing.
      if (state.stop) effects.push({ type: "interrupt", children: [] });
      return state;
    case "turn.completed":
      return turnCompleted(state, event.turn, effects);
    case "thread.status":
      if (state.ending) return state;
      effects.push({ type: event.status === "active" ? "disarm" : "arm", clock: "idle_read" });
      return state;
    case "usage": {
      const usage = noteUsage(state.usage, event, state.touched);
      const shown = turnUsage(usage);
      if (shown) effects.push({ type: "usage", usage: shown });
      return { ...state, usage };
    }
    case "plan":
      effects.push({ type: "plan", steps: event.steps });
      return { ...state, plan: event.steps };
    case "failure":
      return failure(state, event, effects);
    case "notice":
      effects.push({ type: "notice", text: event.text });
      return state;
    default:
      return state;
  }
}

/** A request that is tried again starts its message anew: what was streamed of it does not stand. */
function failure(state: TurnState, event: Extract<ServerEvent, { type: "failure" }>, effects: Effects): TurnState {
  if (!event.willRetry) return { ...state, failure: event.failure };
  effects.push({ type: "notice", text: event.failure.message });
  const open = state.open.map((entry) => {
    if (entry.item.type !== "agentMessage" || entry.discarded) return entry;
    effects.push({ type: "assistant.discard", itemId: entry.item.id });
    return { ...entry, discarded: true };
  });
  return { ...state, open, retried: event.failure };
}
