import type { BridgeError } from "../errors.ts";
import type { ServerEvent, TurnSummary } from "../protocol/events.ts";
import { serverFailure } from "./failure.ts";
import { addId, hasId } from "./id-set.ts";
import { agentText, closeOpenItems, isToolItem, type OpenItem } from "./open-items.ts";
import type { TurnOutcome } from "./outcome.ts";
import type { TurnEffect, TurnEvent, TurnState } from "./state.ts";

export interface Reduction {
  readonly state: TurnState;
  readonly effects: readonly TurnEffect[];
}

const none: readonly TurnEffect[] = [];

/**
 * The whole behaviour of a turn: what one event makes of a state, and what is to be done about it. Pure: no clock, no
 * I/O, no host types. A live turn, a replayed recording and a reconciliation after a crash all go through here.
 */
export function reduce(state: TurnState, event: TurnEvent): Reduction {
  if (state.phase === "settled") return { state: { ...state, lateEvents: state.lateEvents + 1 }, effects: none };
  switch (event.type) {
    case "start.accepted":
      return accepted(state, event.turnId);
    case "start.failed":
      return settle(state, { kind: "failed", error: event.error });
    case "abort":
      // The request to interrupt is an effect; the turn ends when the server says so.
      if (state.aborting) return { state, effects: none };
      return { state: { ...state, aborting: true }, effects: [{ type: "interrupt" }] };
    case "clock":
      return settle(state, state.ending ?? { kind: "timeout", clock: event.clock, error: event.error });
    case "late_items.over":
      return state.ending ? settle(state, state.ending) : { state, effects: none };
    case "server.gone":
      // What the server had already decided stands.
      return settle(state, state.ending ?? { kind: "server_exit", error: event.error });
    default:
      return fromServer(state, event);
  }
}

/** Events can be parsed before the response that names the turn: they were kept, and now the ones of this turn count. */
function accepted(state: TurnState, turnId: string): Reduction {
  const early = state.early;
  let next: TurnState = { ...state, phase: "running", turnId, early: [] };
  const effects: TurnEffect[] = [{ type: "accepted", turnId }];
  for (const event of early) {
    const reduction = reduce(next, event);
    next = reduction.state;
    effects.push(...reduction.effects);
  }
  return { state: next, effects };
}

function fromServer(state: TurnState, event: ServerEvent): Reduction {
  if (!("threadId" in event) || event.threadId !== state.threadId) return { state, effects: none };
  if (state.phase === "starting") return { state: { ...state, early: [...state.early, event] }, effects: none };
  const turnId = "turnId" in event ? event.turnId : "turn" in event ? event.turn.id : undefined;
  if (turnId !== undefined && turnId !== state.turnId) {
    return { state: { ...state, foreignEvents: state.foreignEvents + 1 }, effects: none };
  }
  switch (event.type) {
    case "item.started":
      return itemStarted(state, event);
    case "item.delta":
      return itemDelta(state, event);
    case "item.completed":
      return itemCompleted(state, event);
    case "usage": {
      const { totalTokens, inputTokens, cachedInputTokens, outputTokens, reasoningOutputTokens } = event.total;
      const usage = {
        totalTokens,
        inputTokens,
        cachedInputTokens,
        outputTokens,
        reasoningOutputTokens,
        lastInputTokens: event.lastInputTokens,
        ...(event.window === undefined ? {} : { contextWindow: event.window }),
      };
      return { state: { ...state, usage }, effects: none };
    }
    case "failure":
      return event.willRetry
        ? { state, effects: [{ type: "notice", text: event.failure.message }] }
        : { state: { ...state, failure: serverFailure(event.failure) }, effects: none };
    case "notice":
      return { state, effects: [{ type: "notice", text: event.text }] };
    case "plan":
      return { state, effects: [{ type: "plan", steps: event.steps }] };
    case "turn.completed":
      return turnCompleted(state, event.turn);
    case "reasoning.part":
      return reasoningPart(state, event.itemId);
    default:
      return { state, effects: none };
  }
}

function outcomeOf(state: TurnState, status: string, error: BridgeError | undefined): TurnOutcome {
  if (status === "completed") return { kind: "completed" };
  if (status === "interrupted") return { kind: "interrupted", by: state.aborting ? "host" : "server" };
  return {
    kind: "failed",
    error: error ?? state.failure ?? serverFailure({ message: `turn ${status}`, kind: "other" }),
  };
}

/** Completions of commands can come after `turn/completed`, on every release: a finished turn waits for them briefly. */
function turnCompleted(state: TurnState, turn: TurnSummary): Reduction {
  const outcome = outcomeOf(state, turn.status, turn.error && serverFailure(turn.error));
  if (outcome.kind !== "completed" || !state.open.some(({ item }) => isToolItem(item))) return settle(state, outcome);
  if (state.ending) return { state, effects: none };
  return { state: { ...state, ending: outcome }, effects: [{ type: "late_items.wait" }] };
}

function itemStarted(state: TurnState, event: Extract<ServerEvent, { type: "item.started" }>): Reduction {
  const { item } = event;
  if (hasId(state.done, item.id) || state.open.some((open) => open.item.id === item.id))
    return { state, effects: none };
  const opened: OpenItem = { item, streamed: "" };
  const next = { ...state, open: [...state.open, opened] };
  if (item.type === "agentMessage") return { state: next, effects: [{ type: "assistant.start", itemId: item.id }] };
  if (isToolItem(item)) return { state: next, effects: [{ type: "tool.start", item }] };
  return { state: next, effects: none };
}

function itemDelta(state: TurnState, event: Extract<ServerEvent, { type: "item.delta" }>): Reduction {
  const index = state.open.findIndex((open) => open.item.id === event.itemId);
  // A delta without its start: the item was finished already, or never announced. Its completion has the whole text.
  if (index < 0) return { state: { ...state, strayDeltas: state.strayDeltas + 1 }, effects: none };
  const before = state.open[index]!;
  const effects: TurnEffect[] = [];
  if (!state.firstToken && event.channel !== "output") effects.push({ type: "first_token" });
  const keepsText = event.channel !== "output";
  const streamed = keepsText ? before.streamed + event.delta : before.streamed;
  effects.push(
    event.channel === "output"
      ? { type: "tool.output", item: before.item, delta: event.delta }
      : { type: "delta", channel: event.channel, item: before.item, delta: event.delta, text: streamed },
  );
  const open = keepsText ? state.open.with(index, { ...before, streamed }) : state.open;
  return { state: { ...state, open, firstToken: state.firstToken || keepsText }, effects };
}

function reasoningPart(state: TurnState, itemId: string): Reduction {
  const index = state.open.findIndex((open) => open.item.id === itemId);
  const before = state.open[index];
  // Parts are paragraphs; the first one needs no separator.
  if (!before || before.streamed === "") return { state, effects: none };
  const streamed = `${before.streamed}\n\n`;
  return {
    state: { ...state, open: state.open.with(index, { ...before, streamed }) },
    effects: [{ type: "delta", channel: "reasoning", item: before.item, delta: "\n\n", text: streamed }],
  };
}

function itemCompleted(state: TurnState, event: Extract<ServerEvent, { type: "item.completed" }>): Reduction {
  const { item } = event;
  if (hasId(state.done, item.id)) return { state, effects: none };
  const open = state.open.find((candidate) => candidate.item.id === item.id);
  const effects: TurnEffect[] = [];
  if (!open && isToolItem(item)) effects.push({ type: "tool.start", item });
  let answer = state.answer;
  if (item.type === "agentMessage") {
    if (!open) effects.push({ type: "assistant.start", itemId: item.id });
    // Deltas are best effort: what they missed follows here, so that the text streamed equals the final text.
    const streamed = open?.streamed ?? "";
    if (item.text !== streamed) {
      const delta = item.text.startsWith(streamed) ? item.text.slice(streamed.length) : "";
      effects.push({ type: "delta", channel: "text", item, delta, text: item.text });
    }
    answer = betterAnswer(answer, { itemId: item.id, text: item.text, final: item.phase === "final_answer" });
  }
  if (isToolItem(item)) effects.push({ type: "tool.end", item });
  if (item.type === "reasoning") effects.push({ type: "reasoning.end" });
  effects.push({ type: "item", item, incomplete: false });
  const next: TurnState = {
    ...state,
    open: open ? state.open.filter((candidate) => candidate !== open) : state.open,
    done: addId(state.done, item.id),
    ...(answer ? { answer } : {}),
  };
  if (!next.ending || next.open.some((candidate) => isToolItem(candidate.item))) return { state: next, effects };
  const last = settle(next, next.ending);
  return { state: last.state, effects: [...effects, ...last.effects] };
}

/** The answer is the last message marked final; without marks, the last message. */
function betterAnswer(before: TurnState["answer"], now: NonNullable<TurnState["answer"]>): TurnState["answer"] {
  return before?.final && !now.final ? before : now;
}

/** The one place where a turn ends: open items are closed, then the outcome is told, last. */
function settle(state: TurnState, outcome: TurnOutcome): Reduction {
  const closed = closeOpenItems(state.open, outcome.kind === "completed");
  const partial = closed.findLast((item) => item.type === "agentMessage");
  const answer = state.answer ?? (partial ? { itemId: partial.id, text: agentText(partial), final: false } : undefined);
  const effects: TurnEffect[] = [];
  for (const item of closed) {
    if (isToolItem(item)) effects.push({ type: "tool.end", item });
    effects.push({ type: "item", item, incomplete: true });
  }
  effects.push({ type: "settled", outcome });
  return {
    state: { ...state, phase: "settled", open: [], early: [], outcome, ...(answer ? { answer } : {}) },
    effects,
  };
}
