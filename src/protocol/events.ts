import { z } from "zod";
import { BridgeError } from "../errors.ts";
import { type ThreadItem, threadItem } from "./items.ts";
import {
  countsShape,
  failureShape,
  limitsShape,
  type RateLimits,
  type ServerFailure,
  type TokenCounts,
  type TurnSummary,
  turnShape,
} from "./shapes.ts";

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
  | { type: "unknown"; method: string };

const scope = { threadId: z.string(), turnId: z.string() };
type Decoder = (params: unknown) => ServerEvent;

function decoder<S extends z.ZodType>(shape: S, build: (value: z.output<S>) => ServerEvent): Decoder {
  return (params) => build(shape.parse(params));
}

const turnScoped = z.looseObject({ threadId: z.string(), turn: turnShape });
const itemScoped = z.looseObject({ ...scope, item: threadItem });
const deltaScoped = z.looseObject({ ...scope, itemId: z.string(), delta: z.string() });
const notice = (key: "message" | "summary"): Decoder =>
  decoder(z.looseObject({ threadId: z.string().nullish(), [key]: z.string() }), (value) => {
    const text = String((value as Record<string, unknown>)[key]);
    return value.threadId ? { type: "notice", threadId: value.threadId, text } : { type: "notice", text };
  });

/** Deltas arrive by the ten thousand per second: a shape check by hand instead of a schema walk. */
function delta(channel: DeltaChannel): Decoder {
  return (params) => {
    const p = params as { threadId?: unknown; turnId?: unknown; itemId?: unknown; delta?: unknown } | null | undefined;
    if (
      typeof p?.threadId !== "string" ||
      typeof p.turnId !== "string" ||
      typeof p.itemId !== "string" ||
      typeof p.delta !== "string"
    ) {
      deltaScoped.parse(params);
      throw new TypeError("unreachable: the schema accepts what the hand-written check refuses");
    }
    return { type: "item.delta", threadId: p.threadId, turnId: p.turnId, itemId: p.itemId, channel, delta: p.delta };
  };
}

const decoders: Readonly<Record<string, Decoder>> = {
  "turn/started": decoder(turnScoped, (v) => ({ type: "turn.started", threadId: v.threadId, turn: v.turn })),
  "turn/completed": decoder(turnScoped, (v) => ({ type: "turn.completed", threadId: v.threadId, turn: v.turn })),
  "item/started": decoder(itemScoped, (v) => ({
    type: "item.started",
    threadId: v.threadId,
    turnId: v.turnId,
    item: v.item,
  })),
  "item/completed": decoder(itemScoped, (v) => ({
    type: "item.completed",
    threadId: v.threadId,
    turnId: v.turnId,
    item: v.item,
  })),
  "item/agentMessage/delta": delta("text"),
  "item/reasoning/summaryTextDelta": delta("reasoning"),
  "item/reasoning/textDelta": delta("reasoning"),
  "item/commandExecution/outputDelta": delta("output"),
  "item/plan/delta": delta("plan"),
  "item/reasoning/summaryPartAdded": decoder(z.looseObject({ ...scope, itemId: z.string() }), (v) => ({
    type: "reasoning.part",
    threadId: v.threadId,
    turnId: v.turnId,
    itemId: v.itemId,
  })),
  "thread/status/changed": decoder(
    z.looseObject({
      threadId: z.string(),
      status: z.looseObject({ type: z.string(), activeFlags: z.array(z.string()).nullish() }),
    }),
    (v) => ({ type: "thread.status", threadId: v.threadId, status: v.status.type, flags: v.status.activeFlags ?? [] }),
  ),
  "thread/tokenUsage/updated": decoder(
    z.looseObject({
      ...scope,
      tokenUsage: z.looseObject({ total: countsShape, last: countsShape, modelContextWindow: z.number().nullish() }),
    }),
    (v) => ({
      type: "usage",
      threadId: v.threadId,
      turnId: v.turnId,
      total: v.tokenUsage.total,
      last: v.tokenUsage.last,
      ...(v.tokenUsage.modelContextWindow ? { window: v.tokenUsage.modelContextWindow } : {}),
    }),
  ),
  error: decoder(z.looseObject({ ...scope, error: failureShape, willRetry: z.boolean().default(false) }), (v) => ({
    type: "failure",
    threadId: v.threadId,
    turnId: v.turnId,
    failure: v.error,
    willRetry: v.willRetry,
  })),
  "turn/plan/updated": decoder(
    z.looseObject({ ...scope, plan: z.array(z.looseObject({ step: z.string(), status: z.string() })) }),
    (v) => ({ type: "plan", threadId: v.threadId, turnId: v.turnId, steps: v.plan }),
  ),
  "serverRequest/resolved": decoder(
    z.looseObject({ threadId: z.string(), requestId: z.union([z.number(), z.string()]) }),
    (v) => ({ type: "request.resolved", threadId: v.threadId, requestId: v.requestId }),
  ),
  "account/rateLimits/updated": decoder(limitsShape, (limits) => ({ type: "limits", limits })),
  warning: notice("message"),
  guardianWarning: notice("message"),
  configWarning: notice("summary"),
  deprecationNotice: notice("summary"),
};

/** Notifications that are known and deliberately not used, with the reason in the group's name. */
const ignoredGroups: Readonly<Record<string, readonly string[]>> = {
  "state the bridge already has from responses": ["thread/started", "thread/settings/updated", "turn/diff/updated"],
  "lists the bridge reads when it needs them": ["skills/changed", "app/list/updated"],
  "progress that item events already carry": ["item/commandExecution/terminalInteraction", "item/mcpToolCall/progress"],
  "connection facts without an effect on a turn": [
    "mcpServer/startupStatus/updated",
    "remoteControl/status/changed",
    "account/updated",
    "account/login/completed",
    "thread/readState/changed",
    "thread/name/updated",
    "thread/closed",
    "item/fileChange/outputDelta",
    "item/fileChange/patchUpdated",
  ],
};
/** Servers are asked not to send these at all (`initialize`, optOutNotificationMethods). */
export const ignoredNotifications: readonly string[] = Object.values(ignoredGroups).flat();
const ignored = new Set(ignoredNotifications);

/**
 * Turns one notification into its meaning. Never fails for methods it does not know.
 * @throws BridgeError `protocol_shape` when a consumed field is not as expected; names method and path, never the value.
 */
export function decodeNotification(method: string, params: unknown): ServerEvent {
  const decode = Object.hasOwn(decoders, method) ? decoders[method] : undefined;
  if (!decode) return ignored.has(method) ? { type: "ignored", method } : { type: "unknown", method };
  try {
    return decode(params);
  } catch (thrown) {
    throw shapeError(method, thrown);
  }
}

/** Checks a response against a schema; the error names method and path, never payload text. */
export function decodeResult<S extends z.ZodType>(method: string, shape: S, result: unknown): z.output<S> {
  const parsed = shape.safeParse(result);
  if (parsed.success) return parsed.data;
  throw shapeError(method, parsed.error);
}

function shapeError(method: string, thrown: unknown): BridgeError {
  const issue = thrown instanceof z.ZodError ? thrown.issues[0] : undefined;
  const path = issue?.path.map(String).join(".") || "(root)";
  return new BridgeError(
    "protocol_shape",
    `${method}: field ${path} is not as expected (${issue?.code ?? "unreadable"})`,
    {
      remedy: "Report this with the Codex version; the rest of the session goes on.",
      facts: { method, path },
    },
  );
}
