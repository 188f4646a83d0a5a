import type { ModelCall, Thinking } from "../conversation/types.ts";

/** Tokens of one answer. `input` includes what came from and went into the cache, as Responses counts. */
export interface ModelUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/**
 * Why an answer ended. `pause`: the provider wants to be asked again with what there is.
 * `other`: a reason this bridge does not know; treated as `end`.
 */
export type StopReason = "end" | "calls" | "max_tokens" | "refusal" | "context_full" | "pause" | "other";

/** What comes out of an upstream while it answers. A call is told when it is complete. */
export type ModelEvent =
  | { readonly type: "text"; readonly delta: string }
  | { readonly type: "thinking"; readonly delta: string }
  /** A thinking block is complete. */
  | { readonly type: "thought"; readonly thinking: Thinking }
  | { readonly type: "call"; readonly call: ModelCall }
  /** A call that was cut off by the limit of output tokens; its `problem` says so, and it is not executed. */
  | { readonly type: "call.lost"; readonly call: ModelCall }
  | { readonly type: "usage"; readonly usage: ModelUsage }
  | { readonly type: "stop"; readonly reason: StopReason };

/** One complete answer. */
export interface ModelAnswer {
  readonly text: string;
  readonly thinking: readonly Thinking[];
  readonly calls: readonly ModelCall[];
  readonly stop: StopReason;
  readonly usage?: ModelUsage;
}
