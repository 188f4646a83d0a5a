import { BridgeError, toBridgeError } from "../errors.ts";
import { decodeResult } from "../protocol/events.ts";
import { maxInputChars, type TurnStartParams, turnResult } from "../protocol/methods.ts";
import type { AppServer } from "../server/app-server.ts";
import type { ThreadRouter } from "../thread/router.ts";
import type { IncomingRequest } from "../wire/connection.ts";
import { EffectQueue } from "./effect-queue.ts";
import { reduce } from "./reduce.ts";
import { initialTurnState, type TurnEffect, type TurnEvent, type TurnState } from "./state.ts";

export interface RunTurnOptions {
  readonly server: AppServer;
  readonly router: ThreadRouter;
  readonly params: TurnStartParams;
  /** Carries out what the host sees; called in order, `settled` last. */
  onEffect(effect: TurnEffect): void | Promise<void>;
  onEffectError(error: unknown): void;
  onRequest(request: IncomingRequest): void;
  readonly signal?: AbortSignal;
  /** Budget of the turn. */
  readonly timeoutMs?: number;
  /** How long a confirmed interrupt may take to end the turn. Default 10 s. */
  readonly interruptGraceMs?: number;
}

/** How long a turn that the server completed waits for its tools' completions. */
const lateItemsMs = 250;

/**
 * Runs one turn: registers for its events, sends `turn/start`, feeds the reducer and carries out its effects.
 * @returns the settled state; every way a turn can end is an outcome, never an exception
 * @throws BridgeError `prompt_empty` | `prompt_too_long` before anything is sent
 */
export async function runTurn(options: RunTurnOptions): Promise<TurnState> {
  checkInput(options.params);
  const { threadId } = options.params;
  const settled = Promise.withResolvers<void>();
  let state = initialTurnState(threadId);
  const timers = new Set<NodeJS.Timeout>();
  const arm = (ms: number, clock: string, message: string): void => {
    timers.add(
      setTimeout(() => {
        if (clock === "run_budget") void interrupt(options);
        void dispatch({
          type: "clock",
          clock,
          error: new BridgeError("turn_timeout", message, { facts: { clock, ms } }),
        });
      }, ms),
    );
  };
  const queue = new EffectQueue((effect) => {
    if (effect.type === "interrupt") {
      arm(options.interruptGraceMs ?? 10_000, "interrupt_grace", "Codex did not confirm the interrupt in time.");
      void interrupt(options);
      return undefined;
    }
    if (effect.type === "late_items.wait") {
      timers.add(setTimeout(() => void dispatch({ type: "late_items.over" }), lateItemsMs));
      return undefined;
    }
    return options.onEffect(effect);
  }, options.onEffectError);
  const dispatch = (event: TurnEvent): void | Promise<void> => {
    const reduction = reduce(state, event);
    state = reduction.state;
    const lag = queue.push(reduction.effects);
    if (state.phase === "settled") settled.resolve();
    return lag;
  };

  const unfollow = options.router.follow(threadId, {
    onEvent: dispatch,
    onRequest: options.onRequest,
    onClosed: (error) => void dispatch({ type: "server.gone", error }),
  });
  const onAbort = (): void => void dispatch({ type: "abort" });
  options.signal?.addEventListener("abort", onAbort, { once: true });
  if (options.timeoutMs !== undefined) {
    arm(options.timeoutMs, "run_budget", `The turn did not end within its budget of ${options.timeoutMs} ms.`);
  }
  try {
    if (options.signal?.aborted) onAbort();
    const answer = await startTurn(options);
    void dispatch(answer);
    await settled.promise;
    await queue.idle();
    return state;
  } finally {
    unfollow();
    options.signal?.removeEventListener("abort", onAbort);
    for (const timer of timers) clearTimeout(timer);
  }
}

async function startTurn(options: RunTurnOptions): Promise<TurnEvent> {
  try {
    const result = decodeResult("turn/start", turnResult, await options.server.request("turn/start", options.params));
    return { type: "start.accepted", turnId: result.turn.id };
  } catch (thrown) {
    const error = toBridgeError(thrown);
    return options.server.isClosed ? { type: "server.gone", error } : { type: "start.failed", error };
  }
}

/** An empty turn id is the only form that works in every state on every release, and never hangs. */
async function interrupt(options: RunTurnOptions): Promise<void> {
  const { threadId } = options.params;
  await options.server.request("turn/interrupt", { threadId, turnId: "" }, { timeoutMs: 5000 }).catch(() => undefined);
}

function checkInput(params: TurnStartParams): void {
  const chars = params.input.reduce((sum, part) => sum + part.text.length, 0);
  if (chars === 0) {
    throw new BridgeError("prompt_empty", "The prompt is empty.", { remedy: "Give at least one character of text." });
  }
  if (chars > maxInputChars) {
    throw new BridgeError("prompt_too_long", `The prompt has ${chars} characters; Codex takes ${maxInputChars}.`, {
      remedy: "Put the long part into a file and name the file.",
      facts: { chars, maxInputChars },
    });
  }
}
