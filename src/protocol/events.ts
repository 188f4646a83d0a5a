import type { BridgeError } from "../errors.ts";
import { shapeError } from "./decode.ts";
import { ignoredNotifications } from "./ignored.ts";
import type { ThreadItem } from "./items.ts";
import { notifications } from "./notifications.ts";
import type { RateLimits, ServerFailure, TokenCounts, TurnSummary } from "./shapes.ts";

export type DeltaChannel = "text" | "reasoning" | "output" | "plan";

/** What a server notification means to the bridge. Method names and their history end here. */
export type ServerEvent =
  | { type: "turn.started"; threadId: string; turn: TurnSummary }
  | { type: "turn.completed"; threadId: string; turn: TurnSummary }
  | { type: "item.started"; threadId: string; turnId: string; item: ThreadItem }
  | { type: "item.completed"; threadId: string; turnId: string; item: ThreadItem }
  | { type: "item.delta"; threadId: string; turnId: string; itemId: string; channel: DeltaChannel; delta: string }
  | { type: "reasoning.part"; threadId: string; turnId: string; itemId: string }
  | { type: "thread.status"; threadId: string; status: string; flags: readonly string[] }
  | { type: "usage"; threadId: string; turnId: string; total: TokenCounts; last: TokenCounts; window?: number }
  | { type: "failure"; threadId: string; turnId: string; failure: ServerFailure; willRetry: boolean }
  | { type: "plan"; threadId: string; turnId: string; steps: readonly { step: string; status: string }[] }
  | { type: "request.resolved"; threadId: string; requestId: number | string }
  | { type: "limits"; limits: RateLimits }
  | { type: "notice"; threadId?: string; text: string }
  | { type: "ignored"; method: string }
  | { type: "unknown"; method: string }
  /** Known, but a consumed field is not as expected: this one message is skipped, and counted. */
  | { type: "unreadable"; method: string; threadId?: string; error: BridgeError };

const ignored = new Set(ignoredNotifications);

/** Turns one notification into its meaning. Never fails: what it does not know or cannot read is an event, too. */
export function decodeNotification(method: string, params: unknown): ServerEvent {
  const reading = Object.hasOwn(notifications, method) ? notifications[method] : undefined;
  if (!reading) return ignored.has(method) ? { type: "ignored", method } : { type: "unknown", method };
  try {
    return reading.read(params);
  } catch (thrown) {
    const { threadId } = (params ?? {}) as { threadId?: unknown };
    const error = shapeError(method, thrown);
    return { type: "unreadable", method, ...(typeof threadId === "string" ? { threadId } : {}), error };
  }
}
