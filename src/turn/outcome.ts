import type { BridgeError } from "../errors.ts";

/** How a turn ended. Exactly one per turn; only the server, a named clock, an abort or a dead process can say so. */
export type TurnOutcome =
  | { readonly kind: "completed" }
  | { readonly kind: "interrupted"; readonly by: "host" | "server" }
  | { readonly kind: "failed"; readonly error: BridgeError }
  | { readonly kind: "timeout"; readonly clock: string; readonly error: BridgeError }
  | { readonly kind: "server_exit"; readonly error: BridgeError };

/** Token counts of the thread as the server last reported them; all are cumulative totals except `lastInputTokens`. */
export interface TurnUsage {
  readonly totalTokens: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningOutputTokens: number;
  /** Input tokens of the last model request: what fills the context window now. */
  readonly lastInputTokens?: number;
  readonly contextWindow?: number;
}
