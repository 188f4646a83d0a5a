import type { TurnUsage } from "../turn/outcome.ts";
import type { HostAssistantMessage, HostAttempt, HostResult } from "./sdk.ts";

type Counts = TurnUsage["turn"];
export type MessageUsage = HostAssistantMessage["usage"];

export const noUsage: MessageUsage = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 0,
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
};

/** Tells apart what each model response of a turn used; Codex reports sums. */
export class UsageMeter {
  readonly #cost: HostAttempt["model"]["cost"] | undefined;
  #before: Counts | undefined;
  #open: Counts | undefined;
  #last: Counts | undefined;
  #responses = 0;

  constructor(cost: HostAttempt["model"]["cost"] | undefined) {
    this.#cost = cost;
  }

  /** Model responses so far. */
  get responses(): number {
    return this.#responses;
  }

  /** Output tokens of the response that was reported last. */
  get lastOutput(): number {
    return this.#last?.outputTokens ?? 0;
  }

  /** What the response that was reported last used; undefined before the first. */
  get last(): MessageUsage | undefined {
    return this.#last && messageUsage(this.#last, this.#cost);
  }

  /** @returns output tokens of one new response; 0 for a report that repeats what is known */
  note({ turn }: TurnUsage): number {
    const used = this.#before ? minus(turn, this.#before) : turn;
    this.#before = turn;
    if (used.totalTokens === 0) return 0;
    this.#open = this.#open ? plus(this.#open, used) : used;
    this.#last = used;
    this.#responses += 1;
    return used.outputTokens;
  }

  /** What no message has been charged with yet. */
  take(): MessageUsage {
    const open = this.#open;
    this.#open = undefined;
    return open ? messageUsage(open, this.#cost) : noUsage;
  }
}

/** Tokens of this attempt alone. The host counts cached tokens apart; Codex counts them as part of the input. */
export function attemptUsage(usage: TurnUsage | undefined, lastOutput: number): HostResult["attemptUsage"] {
  if (!usage) return undefined;
  const { turn, contextTokens } = usage;
  return {
    input: Math.max(0, turn.inputTokens - turn.cachedInputTokens),
    output: turn.outputTokens,
    cacheRead: turn.cachedInputTokens,
    reasoningTokens: turn.reasoningOutputTokens,
    total: turn.inputTokens + turn.outputTokens,
    contextUsage:
      contextTokens === undefined
        ? { state: "unavailable" }
        : { state: "available", promptTokens: Math.max(0, contextTokens - lastOutput), totalTokens: contextTokens },
  };
}

export function messageUsage(used: Counts, cost: HostAttempt["model"]["cost"] | undefined): MessageUsage {
  const input = Math.max(0, used.inputTokens - used.cachedInputTokens);
  const dollars = {
    input: (input * (cost?.input ?? 0)) / 1e6,
    output: (used.outputTokens * (cost?.output ?? 0)) / 1e6,
    cacheRead: (used.cachedInputTokens * (cost?.cacheRead ?? 0)) / 1e6,
  };
  return {
    input,
    output: used.outputTokens,
    cacheRead: used.cachedInputTokens,
    cacheWrite: 0,
    totalTokens: used.inputTokens + used.outputTokens,
    cost: { ...dollars, cacheWrite: 0, total: dollars.input + dollars.output + dollars.cacheRead },
  };
}

function combine(a: Counts, b: Counts, with_: (x: number, y: number) => number): Counts {
  return {
    totalTokens: with_(a.totalTokens, b.totalTokens),
    inputTokens: with_(a.inputTokens, b.inputTokens),
    cachedInputTokens: with_(a.cachedInputTokens, b.cachedInputTokens),
    outputTokens: with_(a.outputTokens, b.outputTokens),
    reasoningOutputTokens: with_(a.reasoningOutputTokens, b.reasoningOutputTokens),
  };
}

function plus(a: Counts, b: Counts): Counts {
  return combine(a, b, (x, y) => x + y);
}

function minus(a: Counts, b: Counts): Counts {
  return combine(a, b, (x, y) => Math.max(0, x - y));
}
