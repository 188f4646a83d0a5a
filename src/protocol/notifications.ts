import { z } from "zod";
import type { DeltaChannel, ServerEvent } from "./events.ts";
import { threadItem } from "./items.ts";
import { countsShape, failureShape, limitsShape, turnShape } from "./shapes.ts";

/** How one notification is read: which of its fields, and what they mean. */
export interface Reading {
  readonly shape: z.ZodType;
  /** @throws ZodError when a consumed field is not as expected */
  read(params: unknown): ServerEvent;
}

function reading<S extends z.ZodType>(shape: S, build: (value: z.output<S>) => ServerEvent): Reading {
  return { shape, read: (params) => build(shape.parse(params)) };
}

const scope = { threadId: z.string(), turnId: z.string() };
const turnScoped = z.looseObject({ threadId: z.string(), turn: turnShape });
const itemScoped = z.looseObject({ ...scope, item: threadItem });
const deltaScoped = z.looseObject({ ...scope, itemId: z.string(), delta: z.string() });

const turn = (type: "turn.started" | "turn.completed"): Reading =>
  reading(turnScoped, (v) => ({ type, threadId: v.threadId, turn: v.turn }));
const item = (type: "item.started" | "item.completed"): Reading =>
  reading(itemScoped, (v) => ({ type, threadId: v.threadId, turnId: v.turnId, item: v.item }));

const notice = reading(z.looseObject({ threadId: z.string().nullish(), message: z.string() }), (v) =>
  v.threadId ? { type: "notice", threadId: v.threadId, text: v.message } : { type: "notice", text: v.message },
);
/** Of the whole connection: no thread's. */
const summary = reading(z.looseObject({ summary: z.string() }), (v) => ({ type: "notice", text: v.summary }));

/** Deltas arrive by the ten thousand per second: a shape check by hand instead of a schema walk. */
function delta(channel: DeltaChannel): Reading {
  return {
    shape: deltaScoped,
    read(params) {
      const p = params as
        | { threadId?: unknown; turnId?: unknown; itemId?: unknown; delta?: unknown }
        | null
        | undefined;
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
    },
  };
}

/** Every notification the bridge uses. */
export const notifications: Readonly<Record<string, Reading>> = {
  "turn/started": turn("turn.started"),
  "turn/completed": turn("turn.completed"),
  "item/started": item("item.started"),
  "item/completed": item("item.completed"),
  "item/agentMessage/delta": delta("text"),
  "item/reasoning/summaryTextDelta": delta("reasoning"),
  "item/reasoning/textDelta": delta("reasoning"),
  "item/commandExecution/outputDelta": delta("output"),
  "item/plan/delta": delta("plan"),
  "item/reasoning/summaryPartAdded": reading(z.looseObject({ ...scope, itemId: z.string() }), (v) => ({
    type: "reasoning.part",
    threadId: v.threadId,
    turnId: v.turnId,
    itemId: v.itemId,
  })),
  "thread/status/changed": reading(
    z.looseObject({
      threadId: z.string(),
      status: z.looseObject({ type: z.string(), activeFlags: z.array(z.string()).nullish() }),
    }),
    (v) => ({ type: "thread.status", threadId: v.threadId, status: v.status.type, flags: v.status.activeFlags ?? [] }),
  ),
  "thread/tokenUsage/updated": reading(
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
  error: reading(z.looseObject({ ...scope, error: failureShape, willRetry: z.boolean().default(false) }), (v) => ({
    type: "failure",
    threadId: v.threadId,
    turnId: v.turnId,
    failure: v.error,
    willRetry: v.willRetry,
  })),
  "turn/plan/updated": reading(
    z.looseObject({ ...scope, plan: z.array(z.looseObject({ step: z.string(), status: z.string() })) }),
    (v) => ({ type: "plan", threadId: v.threadId, turnId: v.turnId, steps: v.plan }),
  ),
  "serverRequest/resolved": reading(
    z.looseObject({ threadId: z.string(), requestId: z.union([z.number(), z.string()]) }),
    (v) => ({ type: "request.resolved", threadId: v.threadId, requestId: v.requestId }),
  ),
  "account/rateLimits/updated": reading(limitsShape, (limits) => ({ type: "limits", limits })),
  "model/rerouted": reading(
    z.looseObject({ threadId: z.string(), fromModel: z.string(), toModel: z.string() }),
    (v) => ({
      type: "notice",
      threadId: v.threadId,
      text: `Codex answers with ${v.toModel} instead of ${v.fromModel}.`,
    }),
  ),
  warning: notice,
  guardianWarning: notice,
  configWarning: summary,
  deprecationNotice: summary,
};
