import type { Clocks } from "../clocks.ts";
import { BridgeError, toBridgeError } from "../errors.ts";
import type { ServerEvent } from "../protocol/events.ts";
import type { ThreadItem } from "../protocol/items.ts";
import { requestKind } from "../protocol/server-requests.ts";
import type { AppServer } from "../server/app-server.ts";
import { inLine, type Lines } from "../server/in-line.ts";
import { meter, reducing } from "../server/meter.ts";
import { readTurnRecord } from "../thread/history.ts";
import type { ThreadRouter } from "../thread/router.ts";
import type { IncomingRequest } from "../wire/connection.ts";
import type { RequestId } from "../wire/contract.ts";
import { EffectQueue } from "./effect-queue.ts";
import { interrupt } from "./interrupt.ts";
import { reduce } from "./reduce.ts";
import { reporting } from "./reporting.ts";
import {
  type ControlEffect,
  type HostEffect,
  initialTurnState,
  isControl,
  type TurnClock,
  type TurnEvent,
  type TurnState,
} from "./state.ts";
import type { SteerMessage } from "./steering.ts";
import { Budget, QuietWatch, Timers } from "./timers.ts";

export interface RunTurnOptions {
  readonly server: AppServer;
  readonly router: ThreadRouter;
  readonly threadId: string;
  /** Sends what begins the turn; its id, when the response names one. */
  start(): Promise<{ turnId?: string }>;
  /** Carries out what the host sees; called in order, `settled` last. */
  onEffect(effect: HostEffect): void | Promise<void>;
  onEffectError(error: unknown): void;
  onRequest(request: IncomingRequest): void;
  /** The server needs no answer to this request any more. */
  onResolved?(id: RequestId): void;
  /** An item that requests may refer to; told at once, however slow the host is. */
  onItem?(item: ThreadItem, over: boolean): void;
  /** The server does not stop this thread's turn: its connection must not be used for the thread again. */
  onRetire(error: BridgeError): void;
  /** Called once with the handle that reaches the running turn. */
  onControl?(control: TurnControl): void;
  readonly clocks: Clocks;
  /** Which clock limits the turn, and how long; `wholeMs`: before a part of it was spent elsewhere. */
  readonly budget: { readonly clock: "run_budget" | "compaction"; readonly ms: number; readonly wholeMs?: number };
  readonly signal?: AbortSignal;
}

/** What a host can do to a running turn. */
export interface TurnControl {
  /**
   * Gives the model more to read during the turn (`turn/steer`). Resolves with `accepted` when the server has it, with
   * `returned` when this turn cannot take it, or is over; an accepted one that the turn does not consume is handed back
   * at its end.
   */
  steer(message: SteerMessage): Promise<"accepted" | "returned">;
  /**
   * The host has what it wanted (a tool that ends the turn): Codex may finish by itself within `releaseGraceMs`, and is
   * interrupted only then.
   */
  release(reason: string): void;
}

/** A server that is slow must not be asked by all its turns at once how they stand. */
const reads: Lines = new WeakMap();

/** How long completions that overtook `turn/completed` are waited for, how soon an idle thread without an end is asked. */
const fixedMs: Readonly<Partial<Record<TurnClock, number>>> = { late_items: 250, idle_read: 1000, ask_again: 1000 };

/**
 * Runs one turn: registers for its events, begins it, feeds the reducer and carries out its effects.
 * @returns the settled state; every way a turn can end is an outcome, never an exception
 */
export async function runTurn(options: RunTurnOptions): Promise<TurnState> {
  const { server, threadId, clocks } = options;
  const settled = Promise.withResolvers<void>();
  const unfollow: (() => void)[] = [];
  const steers = new Map<string, PromiseWithResolvers<"accepted" | "returned">>();
  const told = meter.getStore();
  let state = initialTurnState(threadId);

  const dispatch = (event: TurnEvent): void | Promise<void> => {
    const reduction = told ? reducing(told, () => reduce(state, event)) : reduce(state, event);
    state = reduction.state;
    const seen: HostEffect[] = [];
    for (const effect of reduction.effects) {
      if (isControl(effect)) control(effect);
      else seen.push(effect);
      if (effect.type === "tool.start") options.onItem?.(effect.item, false);
      if (effect.type === "tool.end") options.onItem?.(effect.item, true);
      if (effect.type === "steer.returned") steers.get(effect.message.id)?.resolve("returned");
      if (effect.type === "steer.consumed") steers.get(effect.id)?.resolve("accepted");
    }
    const lag = queue.push(seen);
    if (state.phase === "settled") settled.resolve();
    return lag;
  };
  const timers = new Timers((clock) => void dispatch({ type: "clock", clock } as TurnEvent));
  const budget = new Budget(options.budget.ms, () => void dispatch(budgetOver(options.budget)));
  const quiet = new QuietWatch(clocks.quietProbeMs, () => void dispatch({ type: "quiet" }));
  const queue = new EffectQueue(options.onEffect, options.onEffectError);

  const control = (effect: ControlEffect): void => {
    switch (effect.type) {
      case "arm":
        timers.arm(effect.clock, fixedMs[effect.clock] ?? clockMs(clocks, effect.clock));
        break;
      case "disarm":
        timers.disarm(effect.clock);
        break;
      case "pause_budget":
        budget.pause();
        break;
      case "resume_budget":
        budget.resume();
        break;
      case "follow":
        unfollow.push(options.router.follow(effect.threadId, route));
        break;
      case "interrupt":
        void interrupt(server, threadId, effect.children);
        break;
      case "read":
        void inLine(reads, server, isWanted, () => read(effect.turnId)).then((event) => event && dispatch(event));
        break;
      case "steer.send":
        void send(effect.message, effect.turnId).then(dispatch);
        break;
      case "retire":
        options.onRetire(effect.error);
        break;
    }
  };
  const isWanted = (): boolean => state.phase !== "settled";
  const read = async (turnId: string | undefined): Promise<TurnEvent> => {
    const { stats } = server.wire;
    const heard = stats.linesIn;
    try {
      return { type: "read", reading: await readTurnRecord(server, threadId, turnId, clocks.settlementMs, isWanted) };
    } catch (thrown) {
      const error = toBridgeError(thrown);
      const unanswered = error.code === "wire_request_timeout";
      return { type: "read.failed", unanswered, busy: stats.linesIn > heard, error };
    }
  };
  const send = async ({ id, text }: SteerMessage, expectedTurnId: string): Promise<TurnEvent> => {
    try {
      const input = [{ type: "text", text }] as const;
      await server.call("turn/steer", { threadId, expectedTurnId, clientUserMessageId: id, input });
      steers.get(id)?.resolve("accepted");
      return { type: "steer.accepted", id };
    } catch (thrown) {
      // Without an answer it may have arrived: only the server's record of the turn can tell.
      const unanswered = toBridgeError(thrown).code === "wire_request_timeout";
      return { type: unanswered ? "steer.accepted" : "steer.refused", id };
    }
  };
  const route = {
    onEvent: (event: ServerEvent) => {
      const { foreignEvents } = state;
      if (event.type === "request.resolved") options.onResolved?.(event.requestId);
      const lag = dispatch(event);
      // The output of a command, and what belongs to other turns, says nothing about how this turn stands.
      const output = event.type === "item.delta" && event.channel === "output";
      if (!output && event.type !== "limits" && state.foreignEvents === foreignEvents) quiet.note();
      return lag;
    },
    onRequest: (request: IncomingRequest) => {
      void dispatch({ type: "request.opened", id: request.id, kind: requestKind(request.method) });
      options.onRequest(reporting(request, () => void dispatch({ type: "request.closed", id: request.id })));
    },
    onClosed: (error: BridgeError) => void dispatch({ type: "server.gone", error }),
  };
  const onAbort = (): void => void dispatch({ type: "abort" });

  unfollow.push(options.router.follow(threadId, route));
  options.signal?.addEventListener("abort", onAbort, { once: true });
  budget.resume();
  const turnControl: TurnControl = {
    steer(message) {
      if (state.phase === "settled") return Promise.resolve("returned");
      const known = steers.get(message.id);
      if (known) return known.promise;
      const answer = Promise.withResolvers<"accepted" | "returned">();
      steers.set(message.id, answer);
      void dispatch({ type: "steer", message });
      return answer.promise;
    },
    release: (reason) => void dispatch({ type: "release", reason }),
  };
  try {
    options.onControl?.(turnControl);
    if (options.signal?.aborted) onAbort();
    // Not awaited: the turn may have to end before its start is answered.
    void begin(options).then(dispatch);
    await settled.promise;
    await queue.idle();
    return state;
  } finally {
    for (const stop of unfollow) stop();
    options.signal?.removeEventListener("abort", onAbort);
    timers.clear();
    budget.stop();
    quiet.stop();
  }
}

async function begin(options: RunTurnOptions): Promise<TurnEvent> {
  try {
    return { type: "start.accepted", ...(await options.start()) };
  } catch (thrown) {
    const error = toBridgeError(thrown);
    if (options.server.isClosed) return { type: "server.gone", error };
    // Taken, but in words we cannot read: a turn that nobody follows must not go on.
    if (error.code === "protocol_shape") await interrupt(options.server, options.threadId, []);
    return { type: "start.failed", error, unanswered: error.code === "wire_request_timeout" };
  }
}

function clockMs(clocks: Clocks, clock: TurnClock): number {
  if (clock === "interrupt_grace") return clocks.interruptGraceMs;
  return clock === "release_grace" ? clocks.releaseGraceMs : clocks.settlementMs;
}

function budgetOver({ clock, ms, wholeMs = ms }: RunTurnOptions["budget"]): TurnEvent {
  const what = clock === "run_budget" ? "The turn did not end within its budget" : "Codex did not finish compacting";
  return {
    type: "clock",
    clock,
    error: new BridgeError("turn_timeout", `${what} of ${wholeMs} ms.`, {
      remedy: "Give it more time, or ask for less at once.",
      facts: { clock, ms: wholeMs },
    }),
  };
}
