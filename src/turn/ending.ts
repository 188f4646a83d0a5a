import type { ThreadItem } from "../protocol/items.ts";
import type { TurnSummary } from "../protocol/shapes.ts";
import { closeChildren } from "./children.ts";
import { failedOutcome } from "./failure.ts";
import { hasId } from "./id-set.ts";
import { itemCompleted } from "./items.ts";
import { closeOpenItems, isToolItem } from "./open-items.ts";
import type { TurnOutcome } from "./outcome.ts";
import type { Effects, Ending, PlanStep, TurnState } from "./state.ts";
import { returnOutstanding } from "./steering.ts";

/** What the server's word for the end of a turn means, given who wanted it to end. */
export function outcomeOf(state: TurnState, turn: TurnSummary): TurnOutcome {
  if (turn.status === "completed") return { kind: "completed" };
  if (turn.status === "interrupted") {
    if (state.stop?.by === "clock") return { kind: "timeout", clock: state.stop.clock, error: state.stop.error };
    return { kind: "interrupted", by: state.stop?.by ?? "server" };
  }
  const failure = turn.error ?? state.failure ?? { message: `turn ${turn.status}`, kind: "other" };
  // Servers that gave up trying often say no more than that.
  const cause = failure.kind === "other" && failure.httpStatus === undefined ? state.retried : undefined;
  return failedOutcome({ ...failure, ...cause, message: failure.message }, state.limits);
}

/** `turn/completed`. Some servers put the last message into it, which makes up for a completion that was lost. */
export function turnCompleted(state: TurnState, turn: TurnSummary, effects: Effects): TurnState {
  if (state.ending) return state;
  const told = turn.items.filter((item) => !isToolItem(item) && !hasId(state.done, item.id));
  const ending: Ending = { outcome: outcomeOf(state, turn), waited: false, read: "no", told };
  return advanceEnding({ ...state, ending }, effects);
}

/**
 * A finished turn is settled at once, unless something of it is missing. Completions of commands may come after
 * `turn/completed`, on every release: they are waited for briefly. What is still open then, what was never heard of,
 * and steers nobody has seen in the turn, are looked up in the server's own record.
 */
export function advanceEnding(state: TurnState, effects: Effects): TurnState {
  const { ending } = state;
  if (!ending || state.phase === "settled") return state;
  const missing = isMissing(state, ending);
  const unanswered = state.steers.some(({ status }) => status === "sending");
  const unseen = state.steers.some(({ status }) => status === "accepted");
  if (!missing && !unanswered && !unseen) return settle(state, ending.outcome, effects);
  if (missing && !ending.waited && state.open.some(({ item }) => isToolItem(item))) {
    effects.push({ type: "arm", clock: "late_items" });
    return state;
  }
  effects.push({ type: "arm", clock: "settlement" });
  if (unanswered) return state;
  if (ending.read !== "no") return settle(state, ending.outcome, effects);
  if (state.asking !== undefined) return state;
  effects.push({ type: "read", turnId: state.turnId });
  return { ...state, asking: "ending" };
}

/** An interrupted turn leaves things open by nature; any other that does has lost something on its way to us. */
function isMissing(state: TurnState, { outcome, told }: Ending): boolean {
  if (outcome.kind === "interrupted" || outcome.kind === "timeout") return false;
  const unheard = told.some((item) => !hasId(state.done, item.id));
  return unheard || state.open.length > 0 || state.droppedEarly + state.strayDeltas > 0;
}

/** The plan is told by updates, not as an item; the last one is what the transcript keeps. */
function planItem(plan: readonly PlanStep[]): ThreadItem {
  const text = plan.map(({ step, status }) => `[${status === "completed" ? "x" : " "}] ${step}`).join("\n");
  return { type: "plan", id: "turn-plan", text };
}

/** The one place where a turn ends: what is open is closed, then the outcome is told, last. */
export function settle(before: TurnState, outcome: TurnOutcome, effects: Effects): TurnState {
  let state = before;
  for (const item of before.ending?.told ?? []) state = itemCompleted(state, item, effects);
  const { ending: end } = state;
  const unread = end !== undefined && (end.read === "failed" || (end.read === "no" && isMissing(state, end)));
  // Only the server's record can say that it dropped what a user has seen of a completed turn.
  const { kept, discarded } = closeOpenItems(state.open, outcome.kind === "completed" && !unread);
  for (const { item } of state.open) {
    if (item.type === "contextCompaction") effects.push({ type: "compaction", phase: "end" });
  }
  if (state.open.some(({ item }) => item.type === "reasoning")) effects.push({ type: "reasoning.end" });
  for (const itemId of discarded) effects.push({ type: "assistant.discard", itemId });
  for (const item of kept) {
    if (isToolItem(item)) effects.push({ type: "tool.end", item });
    effects.push({ type: "item", item, incomplete: true });
  }
  if (state.plan) effects.push({ type: "item", item: planItem(state.plan), incomplete: false });
  const partial = kept.find((item) => item.type === "agentMessage");
  const answer = state.answer ?? (partial ? { itemId: partial.id, text: partial.text, final: false } : undefined);
  const cut = state.open.filter(({ item }) => kept.some(({ id }) => id === item.id) && !isToolItem(item));
  const next = returnOutstanding(closeChildren(state, effects), effects);
  effects.push({ type: "settled", outcome });
  const { ending: _, asking: __, ...rest } = next;
  return {
    ...rest,
    phase: "settled",
    open: [],
    ...(cut.length > 0 ? { cut } : {}),
    early: [],
    pending: new Map(),
    outcome,
    ...(unread ? { unread } : {}),
    ...(answer ? { answer } : {}),
  };
}
