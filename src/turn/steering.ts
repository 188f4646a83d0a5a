import type { ThreadItem } from "../protocol/items.ts";
import { hasSpoken } from "./spoken.ts";
import type { Effects, TurnState } from "./state.ts";

/** Words for a running turn. `id` identifies them for good: the same id is never sent twice. */
export interface SteerMessage {
  readonly id: string;
  readonly text: string;
}

/**
 * `waiting`: the turn has not begun; `sending`: no answer yet; `accepted`: the server has it; `consumed`: it stands in
 * the turn; `returned`: handed back to the host.
 */
export interface Steer {
  readonly message: SteerMessage;
  readonly status: "waiting" | "sending" | "accepted" | "consumed" | "returned";
}

export function steer(state: TurnState, message: SteerMessage, effects: Effects): TurnState {
  if (state.steers.some((known) => known.message.id === message.id)) return state;
  if (state.ending || state.stop) {
    effects.push({ type: "steer.returned", message });
    return { ...state, steers: [...state.steers, { message, status: "returned" }] };
  }
  if (state.turnId === undefined) return { ...state, steers: [...state.steers, { message, status: "waiting" }] };
  effects.push({ type: "steer.send", message, turnId: state.turnId });
  return { ...state, steers: [...state.steers, { message, status: "sending" }] };
}

/** The turn has a name now: what waited for it is sent, in order. */
export function sendWaiting(state: TurnState, turnId: string, effects: Effects): TurnState {
  if (!state.steers.some(({ status }) => status === "waiting")) return state;
  const steers = state.steers.map((entry): Steer => {
    if (entry.status !== "waiting") return entry;
    effects.push({ type: "steer.send", message: entry.message, turnId });
    return { ...entry, status: "sending" };
  });
  return { ...state, steers };
}

export function steerAnswered(state: TurnState, id: string, accepted: boolean, effects: Effects): TurnState {
  const entry = state.steers.find(({ message, status }) => message.id === id && status === "sending");
  if (!entry) return state;
  if (!accepted) effects.push({ type: "steer.returned", message: entry.message });
  return { ...state, steers: withStatus(state.steers, id, accepted ? "accepted" : "returned") };
}

/**
 * A user message in the turn is the proof that a steer was consumed. Servers from 0.136 on repeat its id; before, the
 * oldest outstanding one with the same words is meant.
 */
export function consumeSteer(state: TurnState, item: ThreadItem, effects: Effects): TurnState {
  if (item.type !== "userMessage" || state.steers.length === 0) return state;
  const text = item.content.map((part) => part.text ?? "").join("\n");
  // The first words of a turn are its prompt, whatever they are.
  if (!item.clientId && !hasSpoken(state.spoken, "userMessage")) return state;
  const outstanding = state.steers.filter(({ status }) => status === "sending" || status === "accepted");
  const entry = item.clientId
    ? outstanding.find(({ message }) => message.id === item.clientId)
    : outstanding.find(({ message }) => message.text === text);
  if (!entry) return state;
  effects.push({ type: "steer.consumed", id: entry.message.id });
  return { ...state, steers: withStatus(state.steers, entry.message.id, "consumed") };
}

/** At the end everything that is not in the turn goes back to the host. */
export function returnOutstanding(state: TurnState, effects: Effects): TurnState {
  const steers = state.steers.map((entry): Steer => {
    if (entry.status === "consumed" || entry.status === "returned") return entry;
    effects.push({ type: "steer.returned", message: entry.message });
    return { ...entry, status: "returned" };
  });
  return { ...state, steers };
}

/** What a host has to queue for the next turn. */
export function returnedSteers(state: TurnState): SteerMessage[] {
  return state.steers.filter(({ status }) => status === "returned").map(({ message }) => message);
}

function withStatus(steers: readonly Steer[], id: string, status: Steer["status"]): Steer[] {
  return steers.map((entry) => (entry.message.id === id ? { ...entry, status } : entry));
}
