import type { BridgeError } from "../errors.ts";
import type { DeltaChannel, ServerEvent } from "../protocol/events.ts";
import type { ThreadItem } from "../protocol/items.ts";
import type { RequestKind } from "../protocol/server-requests.ts";
import type { RateLimits, ServerFailure } from "../protocol/shapes.ts";
import type { TurnRecord } from "../thread/history.ts";
import type { RequestId } from "../wire/contract.ts";
import type { Child } from "./children.ts";
import { emptyIdSet, type IdSet } from "./id-set.ts";
import type { OpenItem, ToolItem } from "./open-items.ts";
import type { TurnOutcome, TurnUsage } from "./outcome.ts";
import type { Spoken } from "./spoken.ts";
import type { Steer, SteerMessage } from "./steering.ts";
import { noUsage, type UsageState } from "./usage.ts";

/** Everything known about one turn. Immutable; `reduce` makes the next one. */
export interface TurnState {
  readonly threadId: string;
  readonly phase: "starting" | "running" | "settled";
  /** Absent in a running turn whose start did not name it (a compaction), until the server does. */
  readonly turnId?: string;
  /** Events that came before the server named the turn. */
  readonly early: readonly ServerEvent[];
  /** Items started and not completed. Few at any time. */
  readonly open: readonly OpenItem[];
  readonly done: IdSet;
  /** Messages and reasoning that were completed, newest first: what a server's history is aligned with. */
  readonly spoken: Spoken | undefined;
  /** Messages and reasoning that were open when the turn was settled: a history read later may have them whole. */
  readonly cut?: readonly OpenItem[];
  /** Threads of native sub-agents, by id. */
  readonly children: ReadonlyMap<string, Child>;
  readonly answer?: { readonly itemId: string; readonly text: string; readonly final: boolean };
  readonly usage: UsageState;
  readonly plan?: readonly PlanStep[];
  readonly limits?: RateLimits;
  readonly failure?: ServerFailure;
  /** Why the last model request was tried again: the final failure may say less. */
  readonly retried?: ServerFailure;
  /** Server requests that wait for an answer of ours. */
  readonly pending: ReadonlyMap<RequestId, RequestKind>;
  readonly steers: readonly Steer[];
  /** Somebody wants the turn to end. */
  readonly stop?: Stop;
  /** The host has what it wanted and lets Codex finish by itself; for how long, a clock says. */
  readonly release?: { readonly reason: string };
  /** The server has ended the turn, and something of it is still missing. */
  readonly ending?: Ending;
  /** Why the server is being asked how the turn stands. */
  readonly asking?: "quiet" | "idle" | "interrupt" | "ending";
  /** How often in a row that was not answered; a busy server's silence counts less. */
  readonly unansweredAsks: number;
  /** The server once knew nothing of this turn; said twice, it counts. */
  readonly missedOnce: boolean;
  readonly outcome?: TurnOutcome;
  /** The turn ended with something missing that nobody could look up: its transcript is to be completed later. */
  readonly unread?: true;
  /** Something beyond the user's own words happened: repeating the turn would repeat it. */
  readonly touched: boolean;
  readonly firstToken: boolean;
  /** Counted, never processed: events after the end, of other turns, of unknown items, and too many before the start. */
  readonly lateEvents: number;
  readonly foreignEvents: number;
  readonly strayDeltas: number;
  readonly droppedEarly: number;
}

export type Stop =
  | { readonly by: "host" }
  | { readonly by: "release"; readonly reason: string }
  | { readonly by: "clock"; readonly clock: string; readonly error: BridgeError };

export interface PlanStep {
  readonly step: string;
  readonly status: string;
}

export interface Ending {
  readonly outcome: TurnOutcome;
  /** Completions that overtook each other have had their moment. */
  readonly waited: boolean;
  /** The server's own record of the turn: `failed` when it could not be read. */
  readonly read: "no" | "yes" | "failed";
  /** What came with the end and had not been heard of: written after what the record has before it. */
  readonly told: readonly ThreadItem[];
}

export function initialTurnState(threadId: string): TurnState {
  return {
    threadId,
    phase: "starting",
    early: [],
    open: [],
    done: emptyIdSet,
    spoken: undefined,
    children: new Map(),
    usage: noUsage,
    pending: new Map(),
    steers: [],
    unansweredAsks: 0,
    missedOnce: false,
    touched: false,
    firstToken: false,
    lateEvents: 0,
    foreignEvents: 0,
    strayDeltas: 0,
    droppedEarly: 0,
  };
}

/** Clocks a turn sets for itself; see `Clocks` for the ones a host can change. */
export type TurnClock =
  | "run_budget"
  | "compaction"
  | "interrupt_grace"
  | "release_grace"
  | "settlement"
  | "late_items"
  | "idle_read"
  | "ask_again";

/** What can happen to a turn. */
export type TurnEvent =
  | ServerEvent
  | { type: "start.accepted"; turnId?: string }
  /** `unanswered`: nobody knows whether the server began. */
  | { type: "start.failed"; error: BridgeError; unanswered?: boolean }
  | { type: "abort" }
  | { type: "release"; reason: string }
  | { type: "steer"; message: SteerMessage }
  | { type: "steer.accepted"; id: string }
  | { type: "steer.refused"; id: string }
  | { type: "request.opened"; id: RequestId; kind: RequestKind }
  | { type: "request.closed"; id: RequestId }
  /** Nothing happened for the quiet period. */
  | { type: "quiet" }
  | { type: "read"; reading: TurnRecord }
  /** `busy`: not answered, but the server said other things meanwhile. */
  | { type: "read.failed"; unanswered: boolean; busy?: boolean; error: BridgeError }
  | { type: "clock"; clock: "run_budget" | "compaction"; error: BridgeError }
  | { type: "clock"; clock: Exclude<TurnClock, "run_budget" | "compaction"> }
  | { type: "server.gone"; error: BridgeError };

/** What the host sees of a turn, in order. `settled` is the last one, exactly once. */
export type HostEffect =
  | { type: "accepted"; turnId: string }
  | { type: "first_token" }
  | { type: "assistant.start"; itemId: string }
  /** `replace`: `text` is not what was streamed so far plus `delta`; show it instead. */
  | { type: "delta"; channel: TextChannel; item: ThreadItem; delta: string; text: string; replace?: true }
  /** Text streamed for this message does not stand: the server began it again. */
  | { type: "assistant.discard"; itemId: string }
  | { type: "reasoning.end" }
  /** `agent`: the thread of the native sub-agent that does it; absent for the turn's own. */
  | { type: "tool.start"; item: ToolItem; agent?: string }
  /** `preview`: the end of the output so far, bounded. */
  | { type: "tool.output"; item: ToolItem; preview: string; agent?: string }
  | { type: "tool.end"; item: ToolItem; agent?: string }
  /** `task`: what it was told, where its parent says so; `text`: what it said last. */
  | { type: "agent"; threadId: string; status: string; task?: string; text?: string }
  | { type: "plan"; steps: readonly PlanStep[] }
  | { type: "usage"; usage: TurnUsage }
  | { type: "compaction"; phase: "start" | "end" }
  | { type: "notice"; text: string }
  /** A finished item, ready for the transcript. `incomplete`: the turn ended before the server completed it. */
  | { type: "item"; item: ThreadItem; incomplete: boolean }
  | { type: "steer.consumed"; id: string }
  | { type: "steer.returned"; message: SteerMessage }
  | { type: "settled"; outcome: TurnOutcome };

/** What is to be done at once, however slow the host is. */
export type ControlEffect =
  /** Interrupt these sub-agents, then the turn itself, and end its background terminals. */
  | { type: "interrupt"; children: readonly string[] }
  | { type: "steer.send"; message: SteerMessage; turnId: string }
  | { type: "follow"; threadId: string }
  | { type: "read"; turnId: string | undefined }
  | { type: "arm"; clock: TurnClock }
  | { type: "disarm"; clock: TurnClock }
  | { type: "pause_budget" }
  | { type: "resume_budget" }
  /** The connection cannot be trusted with this thread any more. */
  | { type: "retire"; error: BridgeError };

export type TurnEffect = HostEffect | ControlEffect;

/** Where `reduce` puts what is to be done. */
export type Effects = TurnEffect[];

export type TextChannel = Exclude<DeltaChannel, "output">;

const controls: ReadonlySet<string> = new Set<ControlEffect["type"]>([
  "interrupt",
  "steer.send",
  "follow",
  "read",
  "arm",
  "disarm",
  "pause_budget",
  "resume_budget",
  "retire",
]);

export function isControl(effect: TurnEffect): effect is ControlEffect {
  return controls.has(effect.type);
}
