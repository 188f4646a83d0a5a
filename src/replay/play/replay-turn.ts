import { defaultClocks } from "../../clocks.ts";
import type { BridgeError } from "../../errors.ts";
import { reduce } from "../../turn/reduce.ts";
import {
  type ControlEffect,
  type HostEffect,
  initialTurnState,
  isControl,
  type TurnClock,
  type TurnEvent,
  type TurnState,
} from "../../turn/state.ts";

/** A clock that ends something without a message of ours that would show it in a recording. */
const silent: Partial<Record<TurnClock, number>> = {
  settlement: defaultClocks.settlementMs,
  interrupt_grace: defaultClocks.interruptGraceMs,
};
/** Clocks that ask the server; which of them it was does not show in the question. */
const asking: readonly TurnClock[] = ["late_items", "idle_read", "ask_again", "release_grace", "interrupt_grace"];

/** What became visible of a turn, and at which line of the recording. */
export interface ShownEffect {
  readonly seq: number;
  readonly effect: HostEffect;
}

/** One recorded turn on its way through the reducer. Time is the recording's. */
export class ReplayTurn {
  readonly server: number;
  readonly startedSeq: number;
  /** A compaction: its host is shown nothing of it. */
  readonly compaction: boolean;
  readonly shown: ShownEffect[] = [];
  readonly followed = new Set<string>();
  readonly #armed = new Map<TurnClock, number>();
  #state: TurnState;
  #reads = 0;
  #settledSeq: number | undefined;

  constructor(options: { threadId: string; server: number; seq: number; compaction: boolean }) {
    this.server = options.server;
    this.startedSeq = options.seq;
    this.compaction = options.compaction;
    this.followed.add(options.threadId);
    this.#state = initialTurnState(options.threadId);
  }

  get state(): TurnState {
    return this.#state;
  }

  get settled(): boolean {
    return this.#settledSeq !== undefined;
  }

  /** The line whose message ended it. */
  get settledSeq(): number | undefined {
    return this.#settledSeq;
  }

  /** The reducer waits for what the server has of the turn. */
  get isReading(): boolean {
    return this.#reads > 0;
  }

  /** @param tUs when the event happened; @param seq the line that shows it */
  dispatch(event: TurnEvent, seq: number, tUs: number): void {
    if (event.type === "read" || event.type === "read.failed") this.#reads = Math.max(0, this.#reads - 1);
    const { state, effects } = reduce(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      if (isControl(effect)) this.#control(effect, tUs);
      else this.shown.push({ seq, effect });
    }
    if (state.phase === "settled") this.#settledSeq ??= seq;
  }

  /** Our question to the server is in the recording: the clock that asked it has fired by then. */
  question(seq: number, tUs: number): void {
    if (this.isReading || this.settled) return;
    const clock = asking.find((each) => this.#armed.has(each));
    if (clock) this.#fire(clock, seq, tUs);
    else this.dispatch({ type: "quiet" }, seq, tUs);
  }

  /** Lets the clocks run that nothing but time shows. */
  elapse(seq: number, tUs: number): void {
    for (const [clock, dueUs] of this.#armed)
      if (clock in silent && dueUs <= tUs && !this.settled) this.#fire(clock, seq, tUs);
  }

  /** The recording is over: whatever clock still runs would fire now, and a question has no answer any more. */
  runOut(seq: number, tUs: number, error: BridgeError): void {
    for (let round = 0; round < 20 && !this.settled; round += 1) {
      const [clock] = this.#armed.keys();
      if (this.isReading) this.dispatch({ type: "read.failed", unanswered: true, error }, seq, tUs);
      else if (clock && this.#state.ending) this.#fire(clock, seq, tUs);
      else return;
    }
  }

  #fire(clock: TurnClock, seq: number, tUs: number): void {
    this.#armed.delete(clock);
    this.dispatch({ type: "clock", clock } as TurnEvent, seq, tUs);
  }

  #control(effect: ControlEffect, tUs: number): void {
    if (effect.type === "arm") this.#armed.set(effect.clock, tUs + (silent[effect.clock] ?? 0) * 1000);
    else if (effect.type === "disarm") this.#armed.delete(effect.clock);
    else if (effect.type === "follow") this.followed.add(effect.threadId);
    else if (effect.type === "read") this.#reads += 1;
  }
}
