import type { BridgeError } from "../errors.ts";
import type { TokenCounts } from "../protocol/shapes.ts";

/** What made a turn fail, in words a host can act on. */
export type FailureCategory =
  | "auth"
  | "usage_limit"
  | "rate_limit"
  | "overloaded"
  | "context_overflow"
  | "network"
  | "model_server"
  | "bad_request"
  | "policy"
  | "sandbox"
  | "lost"
  | "other";

/** What makes sense after a failure. `retry`: the same again; `wait`: after `resetsAtMs`, or a while. */
export type FailureAction = "retry" | "wait" | "login" | "compact" | "reset" | "change_model" | "report";

/** How a turn ended. Exactly one per turn; only the server, a named clock, an abort or a dead process can say so. */
export type TurnOutcome =
  | { readonly kind: "completed" }
  /** `unconfirmed`: the server did not say in time that it stopped; its connection was given up. */
  | {
      readonly kind: "interrupted";
      /** `release`: the host was done with the turn, and Codex did not finish it by itself in time. */
      readonly by: "host" | "server" | "release";
      readonly unconfirmed?: true;
    }
  | {
      readonly kind: "failed";
      readonly error: BridgeError;
      readonly category: FailureCategory;
      readonly actions: readonly FailureAction[];
      /** When a used-up allowance comes back (Unix milliseconds), if the server said so. */
      readonly resetsAtMs?: number;
    }
  | { readonly kind: "timeout"; readonly clock: string; readonly error: BridgeError }
  | { readonly kind: "server_exit"; readonly error: BridgeError };

/** What a completed turn without a visible answer was. Absent: it has an answer. */
export type TurnClassification = "silent" | "empty" | "reasoning-only" | "planning-only";

/** Token counts. Absent numbers are unknown, never stale. */
export interface TurnUsage {
  /** Of this turn alone. */
  readonly turn: TokenCounts;
  /** Of the whole thread so far. */
  readonly thread: TokenCounts;
  /** What fills the context window now. Unknown after a compaction, until the next model request. */
  readonly contextTokens?: number;
  readonly contextWindow?: number;
}
