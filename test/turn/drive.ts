import type { ServerEvent } from "../../src/protocol/events.ts";
import type { ThreadItem } from "../../src/protocol/items.ts";
import type { TurnSummary } from "../../src/protocol/shapes.ts";
import { reduce } from "../../src/turn/reduce.ts";
import {
  type ControlEffect,
  type HostEffect,
  initialTurnState,
  isControl,
  type TurnClock,
  type TurnEffect,
  type TurnEvent,
  type TurnState,
} from "../../src/turn/state.ts";
import { scope } from "./acts.ts";
import type { History } from "./generate.ts";

export interface Played {
  readonly state: TurnState;
  readonly effects: readonly TurnEffect[];
  readonly shown: readonly HostEffect[];
  /** The state right after it settled, and what was asked for after that. */
  readonly settledState: TurnState | undefined;
  readonly afterwards: readonly TurnEffect[];
  readonly events: readonly TurnEvent[];
  /** Server events that reached the reducer before the turn was settled, by their index in the truth. */
  readonly heard: ReadonlySet<number>;
  /** How far the server was when a question was answered for the last time. */
  readonly lastAnswerAt: number;
}

/** More than any history needs; a turn that is not over then hangs. */
const maxRounds = 60;

/** Clocks that end something, whatever is still on its way. */
const deadlines: ReadonlySet<TurnClock> = new Set(["settlement", "interrupt_grace"]);

const frozen = new WeakSet<object>();
const refuse = (): never => {
  throw new TypeError("a state was changed in place");
};

/** Makes changing anything reachable an error. Maps and sets have no such mode: their methods are replaced. */
export function deepFreeze<T>(value: T): T {
  const todo: unknown[] = [value];
  for (let each = todo.pop(); each !== undefined || todo.length > 0; each = todo.pop()) {
    if (typeof each !== "object" || each === null || frozen.has(each)) continue;
    frozen.add(each);
    if (each instanceof Map || each instanceof Set) {
      todo.push(...(each instanceof Map ? each.values() : each));
      Object.assign(each, { set: refuse, add: refuse, delete: refuse, clear: refuse });
    } else todo.push(...Object.values(each));
    Object.freeze(each);
  }
  return value;
}

/** The server's own record of the turn when it had done everything up to `at`. */
export function recordAt({ truth, end, positional }: History, at: number): TurnSummary {
  const turnEnd = truth[end]!;
  if (turnEnd.type !== "turn.completed") throw new Error("the truth has no end");
  if (at < end) return { id: scope.turnId, status: "inProgress", items: [] };
  const items = new Map<string, ThreadItem>();
  for (const event of truth.slice(0, at + 1)) {
    if (!("threadId" in event) || event.threadId !== scope.threadId) continue;
    if (event.type === "item.completed") items.set(event.item.id, event.item);
    if (event.type === "item.started" && "status" in event.item) items.set(event.item.id, event.item);
  }
  const kept = [...items.values()];
  if (!positional) return { ...turnEnd.turn, items: kept };
  const spoken = kept.filter(({ type }) => type === "userMessage" || type === "agentMessage" || type === "reasoning");
  return { ...turnEnd.turn, items: spoken.map((item, index) => ({ ...item, id: `item-${index + 1}` })) };
}

/** Plays a history through the reducer and does what its effects ask for, until the turn is over and the world quiet. */
export function drive(history: History): Played {
  let state = deepFreeze(initialTurnState(scope.threadId));
  let settledState: TurnState | undefined;
  let at = -1;
  let now = 0;
  let lastAnswerAt = -1;
  const counts = { read: 0, steer: 0 };
  const effects: TurnEffect[] = [];
  const afterwards: TurnEffect[] = [];
  const events: TurnEvent[] = [];
  const heard = new Set<number>();
  const armed = new Set<TurnClock>();
  const owed = new Set<string | number>();
  const replies: { due: number; event: () => TurnEvent }[] = [];
  const failure = deepFreeze(new Error("constructed")) as never;

  const send = (event: TurnEvent): void => {
    events.push(event);
    const reduction = reduce(state, deepFreeze(event));
    state = deepFreeze(reduction.state);
    (settledState ? afterwards : effects).push(...reduction.effects);
    for (const effect of reduction.effects) if (isControl(effect)) control(effect);
    if (event.type === "request.opened") owed.add(event.id);
    if (event.type === "request.closed") owed.delete(event.id);
    if (state.phase === "settled") settledState ??= state;
  };
  const control = (effect: ControlEffect): void => {
    if (effect.type === "arm") armed.add(effect.clock);
    else if (effect.type === "disarm") armed.delete(effect.clock);
    else if (effect.type === "read") replies.push(answer(effect.turnId));
    else if (effect.type === "steer.send") {
      const accepted = history.steersAccepted[counts.steer++ % history.steersAccepted.length]!;
      const type = accepted ? "steer.accepted" : "steer.refused";
      replies.push({ due: now + delay(counts.steer), event: () => ({ type, id: effect.message.id }) });
    }
  };
  const delay = (n: number): number => history.delays[n % history.delays.length]!;
  const answer = (turnId: string | undefined): { due: number; event: () => TurnEvent } => {
    const n = counts.read++;
    const fault = history.faults[n] ?? "none";
    const wait = delay(n);
    const askedAt = at;
    const event = (): TurnEvent => {
      if (fault !== "none") return { type: "read.failed", unanswered: fault === "unanswered", error: failure };
      const toldAt = wait % 2 === 1 ? askedAt : at;
      if (!settledState) lastAnswerAt = toldAt;
      const turn = recordAt(history, toldAt);
      const threadStatus = turn.status === "inProgress" ? "active" : "idle";
      // The turn is in the list once it has begun, under the name that was asked for.
      const known = turnId === scope.turnId && toldAt >= 1;
      return { type: "read", reading: { threadStatus, listed: true, ...(known ? { turn } : {}) } };
    };
    return { due: now + wait, event };
  };
  const fire = (nth: number, early: boolean): void => {
    const ready = [...armed].filter((clock) => !early || !history.patient || !deadlines.has(clock));
    const clock = ready[nth % Math.max(1, ready.length)];
    if (clock === undefined) return;
    armed.delete(clock);
    send({ type: "clock", clock } as TurnEvent);
  };
  const deliver = (dueBy: number): void => {
    for (let next = dueReply(dueBy); next; next = dueReply(dueBy)) send(next.event());
  };
  const dueReply = (dueBy: number) => {
    const index = replies.findIndex(({ due }) => due <= dueBy);
    return index < 0 ? undefined : replies.splice(index, 1)[0];
  };

  for (const step of history.steps) {
    if (step.do === "server") {
      at = Math.max(at, step.at);
      if (step.heard) {
        if (!settledState) heard.add(step.at);
        send(step.event);
      }
    } else if (step.do === "fire") fire(step.nth, true);
    else send(step.event);
    now += 1;
    deliver(now);
  }
  // Nothing comes any more by itself: what was asked is answered, what is owed is given, then clocks, then silence.
  for (let round = 0; round < maxRounds && state.phase !== "settled"; round += 1) {
    if (replies.length > 0) deliver(Number.POSITIVE_INFINITY);
    else if (owed.size > 0) for (const id of owed) send({ type: "request.closed", id });
    else if (armed.size > 0) fire(0, false);
    else send({ type: "quiet" });
  }
  deliver(Number.POSITIVE_INFINITY);
  const shown = [...effects, ...afterwards].filter((effect): effect is HostEffect => !isControl(effect));
  return { state, effects, shown, settledState, afterwards, events, heard, lastAnswerAt };
}

/** Which of the truth's items a client has heard of in time to miss them. */
export function noticed(history: History, played: Played): Set<string> {
  const ids = new Set<string>();
  for (const at of played.heard) {
    const event: ServerEvent = history.truth[at]!;
    if (at === history.end && event.type === "turn.completed") for (const { id } of event.turn.items) ids.add(id);
    if (event.type !== "item.started" && event.type !== "item.completed") continue;
    if (event.threadId === scope.threadId) ids.add(event.item.id);
  }
  return ids;
}
