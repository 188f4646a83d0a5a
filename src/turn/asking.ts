import { BridgeError } from "../errors.ts";
import type { TurnSummary } from "../protocol/shapes.ts";
import type { TurnRecord } from "../thread/history.ts";
import { advanceEnding, outcomeOf, settle } from "./ending.ts";
import { ownFailure } from "./failure.ts";
import { itemCompleted } from "./items.ts";
import { withLiveIds } from "./spoken.ts";
import type { Effects, Ending, TurnEvent, TurnState } from "./state.ts";

/** How often a question may stay unanswered before the connection counts as dead. */
const maxUnanswered = 3;
/** Of a server that says other things meanwhile this is one such time: it has much to do, and gets to it late. */
const busyShare = 1 / 4;

/** Asks the server how the turn stands, unless it is being asked already or the turn waits for us. */
export function ask(state: TurnState, why: NonNullable<TurnState["asking"]>, effects: Effects): TurnState {
  if (state.asking !== undefined || state.ending) return state;
  // While we owe an answer, the server is right to be silent.
  if (why !== "interrupt" && state.pending.size > 0) return state;
  effects.push({ type: "read", turnId: state.turnId });
  return { ...state, asking: why };
}

/** What the server says about the turn. Only its word settles anything. */
export function readTurn(state: TurnState, reading: TurnRecord, effects: Effects): TurnState {
  const why = state.asking;
  const { asking: _, ...rest } = state;
  const asked: TurnState = { ...rest, unansweredAsks: 0 };
  const { turn } = reading;
  const read: Ending["read"] = reading.itemsUnread ? "failed" : "yes";
  if (asked.ending) {
    const merged = turn ? merge(asked, turn, effects) : asked;
    // A question from before the end may have an answer from before the end: it helps, and is asked again.
    if (why !== "ending") return advanceEnding(merged, effects);
    return advanceEnding({ ...merged, ending: { ...asked.ending, waited: true, read } }, effects);
  }
  if (turn && turn.status !== "inProgress") {
    const merged = merge(asked, turn, effects);
    // The record was just read: nothing more is to be found in it.
    const ending = { outcome: outcomeOf(merged, turn), waited: false, read, told: [] };
    return advanceEnding({ ...merged, ending }, effects);
  }
  if (why === "interrupt") return giveUp(asked, effects);
  if (turn || reading.threadStatus === "active") return asked;
  return unknownTurn(asked, reading, effects);
}

/** The server has no such turn although its thread rests. Said twice it is believed: a new turn may not be listed yet. */
function unknownTurn(state: TurnState, reading: TurnRecord, effects: Effects): TurnState {
  if (!state.missedOnce) {
    effects.push({ type: "arm", clock: "ask_again" });
    return { ...state, missedOnce: true };
  }
  const why = reading.listed ? "has no record of this turn" : "keeps no record of this thread";
  const error = new BridgeError("turn_lost", `The Codex thread is ${reading.threadStatus} and ${why}.`, {
    remedy: "Send the message again.",
    facts: { threadStatus: reading.threadStatus },
  });
  return settle(state, ownFailure(error, "lost", ["retry"]), effects);
}

export function readFailed(
  state: TurnState,
  { unanswered, busy, error }: Extract<TurnEvent, { type: "read.failed" }>,
  effects: Effects,
): TurnState {
  const why = state.asking;
  const { asking: _, ...rest } = state;
  if (state.ending) {
    if (why !== "ending") return advanceEnding(rest, effects);
    return advanceEnding({ ...rest, ending: { ...state.ending, waited: true, read: "failed" } }, effects);
  }
  if (why === "interrupt") return giveUp(rest, effects);
  const unansweredAsks = unanswered ? state.unansweredAsks + (busy ? busyShare : 1) : 0;
  if (unansweredAsks >= maxUnanswered) {
    const dead = new BridgeError("turn_timeout", "Codex stopped answering; its connection was given up.", {
      remedy: "The next turn starts a new server and resumes the thread.",
      facts: { clock: "settlement" },
      cause: error,
    });
    effects.push({ type: "retire", error: dead });
    return settle(rest, { kind: "timeout", clock: "settlement", error: dead }, effects);
  }
  effects.push({ type: "arm", clock: "ask_again" });
  return { ...rest, unansweredAsks };
}

/** The interrupt was never confirmed, and the server says nothing that ends the turn: only now the connection goes. */
export function giveUp(state: TurnState, effects: Effects): TurnState {
  const error = new BridgeError("interrupt_unconfirmed", "Codex did not confirm the interrupt in time.", {
    remedy: "The next turn starts a new server and resumes the thread.",
    facts: { clock: "interrupt_grace" },
  });
  effects.push({ type: "retire", error });
  return state.stop?.by === "clock"
    ? settle(state, { kind: "timeout", clock: state.stop.clock, error: state.stop.error }, effects)
    : settle(state, { kind: "interrupted", by: state.stop?.by ?? "host", unconfirmed: true }, effects);
}

/** Completes what the server's record has and we have not seen completed. */
export function merge(state: TurnState, turn: TurnSummary, effects: Effects): TurnState {
  const open = [...state.open, ...(state.cut ?? [])];
  const items = withLiveIds(turn.items, state.spoken, open, state.ending?.told ?? []);
  let next = state;
  for (const item of items) {
    if ("status" in item && item.status === "inProgress") continue;
    next = itemCompleted(next, item, effects);
  }
  // What was made up for came last, wherever it stands in the turn: the record's order decides.
  const said = items.filter((item) => item.type === "agentMessage");
  const best = said.findLast(({ phase }) => phase === "final_answer") ?? said.at(-1);
  if (!best) return next;
  return { ...next, answer: { itemId: best.id, text: best.text, final: best.phase === "final_answer" } };
}
