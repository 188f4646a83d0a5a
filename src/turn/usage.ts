import type { ServerEvent } from "../protocol/events.ts";
import type { TokenCounts } from "../protocol/shapes.ts";
import type { TurnUsage } from "./outcome.ts";

/** Token counts as they came in. */
export interface UsageState {
  /** The thread's totals before this turn's first model request. */
  readonly before?: TokenCounts;
  readonly total?: TokenCounts;
  readonly contextTokens?: number;
  readonly contextWindow?: number;
}

export const noUsage: UsageState = {};

const fields = ["totalTokens", "inputTokens", "cachedInputTokens", "outputTokens", "reasoningOutputTokens"] as const;

function minus(a: TokenCounts, b: TokenCounts): TokenCounts {
  const difference = {} as Record<(typeof fields)[number], number>;
  for (const field of fields) difference[field] = Math.max(0, a[field] - b[field]);
  return difference;
}

/**
 * The server reports the thread's totals and those of the last request. A report that comes before the model has said
 * anything in this turn repeats an old one (servers up to 0.130 send those): it only tells where the turn begins.
 */
export function noteUsage(
  state: UsageState,
  event: Extract<ServerEvent, { type: "usage" }>,
  answered: boolean,
): UsageState {
  const window = event.window === undefined ? {} : { contextWindow: event.window };
  if (!answered) return { ...state, ...window, before: event.total };
  const { contextTokens: _, ...rest } = state;
  // After a compaction the last request is only a sum: how full the context is, nobody has said.
  const context = event.last.inputTokens > 0 ? { contextTokens: event.last.totalTokens } : {};
  return { ...rest, ...window, ...context, before: state.before ?? minus(event.total, event.last), total: event.total };
}

const nothing: TokenCounts = {
  totalTokens: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
};

/** What fills the context is unknown once it was compacted. */
export function forgetContext(state: UsageState): UsageState {
  const { contextTokens: _, ...rest } = state;
  return rest;
}

/** What a host is told; undefined before the first report of this turn. */
export function turnUsage({ before, total, contextTokens, contextWindow }: UsageState): TurnUsage | undefined {
  if (!before || !total) return undefined;
  return {
    turn: minus(total, before),
    thread: minus(total, nothing),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(contextWindow === undefined ? {} : { contextWindow }),
  };
}
