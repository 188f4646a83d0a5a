import type { BridgeError } from "../errors.ts";
import type { DeltaChannel, ServerEvent } from "../protocol/events.ts";
import type { ThreadItem } from "../protocol/items.ts";
import { emptyIdSet, type IdSet } from "./id-set.ts";
import type { OpenItem } from "./open-items.ts";
import type { TurnOutcome, TurnUsage } from "./outcome.ts";

/** Everything known about one turn. Immutable; `reduce` makes the next one. */
export interface TurnState {
  readonly threadId: string;
  readonly phase: "starting" | "running" | "settled";
  readonly turnId?: string;
  /** Events that came before the server named the turn. */
  readonly early: readonly ServerEvent[];
  /** Items started and not completed. Few at any time. */
  readonly open: readonly OpenItem[];
  readonly done: IdSet;
  readonly answer?: { readonly itemId: string; readonly text: string; readonly final: boolean };
  readonly usage?: TurnUsage;
  readonly failure?: BridgeError;
  readonly outcome?: TurnOutcome;
  /** The server has ended the turn, but completions of its tools may still be under way. */
  readonly ending?: TurnOutcome;
  readonly aborting: boolean;
  readonly firstToken: boolean;
  /** Counted, never processed: events after the end, of other turns, and deltas of unknown items. */
  readonly lateEvents: number;
  readonly foreignEvents: number;
  readonly strayDeltas: number;
}

export function initialTurnState(threadId: string): TurnState {
  return {
    threadId,
    phase: "starting",
    early: [],
    open: [],
    done: emptyIdSet,
    aborting: false,
    firstToken: false,
    lateEvents: 0,
    foreignEvents: 0,
    strayDeltas: 0,
  };
}

/** What can happen to a turn. */
export type TurnEvent =
  | ServerEvent
  | { type: "start.accepted"; turnId: string }
  | { type: "start.failed"; error: BridgeError }
  | { type: "abort" }
  | { type: "clock"; clock: string; error: BridgeError }
  | { type: "late_items.over" }
  | { type: "server.gone"; error: BridgeError };

/** What is to be done about it, in order. `settled` is the last one of a turn, exactly once. */
export type TurnEffect =
  | { type: "accepted"; turnId: string }
  | { type: "first_token" }
  | { type: "assistant.start"; itemId: string }
  | { type: "delta"; channel: Exclude<DeltaChannel, "output">; item: ThreadItem; delta: string; text: string }
  | { type: "reasoning.end" }
  | { type: "tool.start"; item: ThreadItem }
  | { type: "tool.output"; item: ThreadItem; delta: string }
  | { type: "tool.end"; item: ThreadItem }
  | { type: "plan"; steps: readonly { step: string; status: string }[] }
  | { type: "notice"; text: string }
  /** A finished item, ready for the transcript. `incomplete`: the turn ended before the server completed it. */
  | { type: "item"; item: ThreadItem; incomplete: boolean }
  | { type: "interrupt" }
  /** Give completions that overtook each other a moment, then say `late_items.over`. */
  | { type: "late_items.wait" }
  | { type: "settled"; outcome: TurnOutcome };
