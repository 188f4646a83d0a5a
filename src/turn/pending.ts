import type { RequestKind } from "../protocol/server-requests.ts";
import type { RequestId } from "../wire/contract.ts";
import type { Effects, TurnState } from "./state.ts";

function people(pending: TurnState["pending"]): number {
  let count = 0;
  for (const kind of pending.values()) if (kind === "person") count += 1;
  return count;
}

/** A server request came in. Time that a person takes to answer is not the turn's time. */
export function answerOwed(state: TurnState, id: RequestId, kind: RequestKind, effects: Effects): TurnState {
  if (kind === "person" && people(state.pending) === 0) effects.push({ type: "pause_budget" });
  return { ...state, pending: new Map(state.pending).set(id, kind), touched: true };
}

export function answerGiven(state: TurnState, id: RequestId, effects: Effects): TurnState {
  const kind = state.pending.get(id);
  if (kind === undefined) return state;
  const pending = new Map(state.pending);
  pending.delete(id);
  if (kind === "person" && people(pending) === 0) effects.push({ type: "resume_budget" });
  return { ...state, pending };
}
