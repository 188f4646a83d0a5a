import type { z } from "zod";
import type {
  InitializeParams,
  LoginParams,
  McpServersParams,
  ModelListParams,
  ThreadForkParams,
  ThreadListParams,
  ThreadResumeParams,
  ThreadStartParams,
  TurnStartParams,
  TurnSteerParams,
  TurnsListParams,
} from "./params.ts";
import {
  accountResult,
  configResult,
  doneResult,
  initializeResult,
  limitsResult,
  loginResult,
  mcpServersResult,
  modelListResult,
  threadListResult,
  threadResult,
  threadStatusResult,
  turnResult,
  turnsListResult,
} from "./results.ts";

/**
 * One request the bridge makes: which fields it sends, with the paths it sets below each (`<x>` is a variant of a
 * union), and what it reads of the answer. The list of fields cannot fall behind the type of the parameters.
 */
interface Method<P, S extends z.ZodType> {
  readonly sends: { readonly [K in FieldOf<P>]-?: readonly string[] };
  readonly result: S;
  /** Only the type counts. */
  readonly params?: P;
}

type FieldOf<P> = P extends unknown ? keyof P & string : never;

function method<P>() {
  return <S extends z.ZodType>(result: S, sends: Method<P, S>["sends"]): Method<P, S> => ({ result, sends });
}

const settings = {
  cwd: [],
  approvalPolicy: [],
  sandbox: [],
  approvalsReviewer: [],
  model: [],
  modelProvider: [],
  developerInstructions: [],
  config: [],
};
const threadOnly = { threadId: [] };
const input = ["<text>", "<text>.text", "<image>", "<image>.url"];

/** Every request the bridge makes of a server. Together with what it reads and answers, this is the consumed set. */
export const methods = {
  initialize: method<InitializeParams>()(initializeResult, {
    clientInfo: ["name", "title", "version"],
    capabilities: ["experimentalApi", "optOutNotificationMethods"],
  }),
  "account/login/start": method<LoginParams>()(loginResult, {
    type: [],
    apiKey: [],
    accessToken: [],
    chatgptAccountId: [],
    chatgptPlanType: [],
  }),
  "account/read": method<Record<never, never>>()(accountResult, {}),
  "account/rateLimits/read": method<Record<never, never>>()(limitsResult, {}),
  "model/list": method<ModelListParams>()(modelListResult, { limit: [], cursor: [] }),
  "mcpServerStatus/list": method<McpServersParams>()(mcpServersResult, { ...threadOnly, detail: [], cursor: [] }),
  "thread/start": method<ThreadStartParams>()(threadResult, {
    ...settings,
    dynamicTools: ["name", "namespace", "description", "inputSchema", "deferLoading"],
    ephemeral: [],
    baseInstructions: [],
    environments: [],
  }),
  "thread/resume": method<ThreadResumeParams>()(threadResult, { ...settings, ...threadOnly, excludeTurns: [] }),
  "thread/fork": method<ThreadForkParams>()(threadResult, {
    ...settings,
    ...threadOnly,
    excludeTurns: [],
    lastTurnId: [],
    ephemeral: [],
  }),
  "config/read": method<{ includeLayers: boolean; cwd: string }>()(configResult, { includeLayers: [], cwd: [] }),
  "thread/archive": method<{ threadId: string }>()(doneResult, threadOnly),
  "thread/unarchive": method<{ threadId: string }>()(doneResult, threadOnly),
  "thread/name/set": method<{ threadId: string; name: string }>()(doneResult, { ...threadOnly, name: [] }),
  "thread/list": method<ThreadListParams>()(threadListResult, { limit: [], sortKey: [], cursor: [] }),
  "thread/loaded/list": method<Record<never, never>>()(doneResult, {}),
  "thread/read": method<{ threadId: string }>()(threadStatusResult, threadOnly),
  "thread/turns/list": method<TurnsListParams>()(turnsListResult, { ...threadOnly, limit: [], itemsView: [] }),
  "thread/inject_items": method<{ threadId: string; items: readonly unknown[] }>()(doneResult, {
    ...threadOnly,
    items: [],
  }),
  "thread/unsubscribe": method<{ threadId: string }>()(doneResult, threadOnly),
  "thread/compact/start": method<{ threadId: string }>()(doneResult, threadOnly),
  "thread/revert": method<{ threadId: string; beforeTurnId: string }>()(doneResult, {
    ...threadOnly,
    beforeTurnId: [],
  }),
  "thread/rollback": method<{ threadId: string; numTurns: number }>()(doneResult, { ...threadOnly, numTurns: [] }),
  "thread/backgroundTerminals/clean": method<{ threadId: string }>()(doneResult, threadOnly),
  "turn/start": method<TurnStartParams>()(turnResult, {
    ...threadOnly,
    input,
    effort: [],
    model: [],
    cwd: [],
    approvalPolicy: [],
    approvalsReviewer: [],
    sandboxPolicy: ["<dangerFullAccess>", "<readOnly>", "<workspaceWrite>"],
    collaborationMode: ["mode", "settings.model", "settings.reasoning_effort", "settings.developer_instructions"],
    additionalContext: [],
    serviceTier: [],
    environments: [],
  }),
  "turn/steer": method<TurnSteerParams>()(doneResult, {
    ...threadOnly,
    input,
    expectedTurnId: [],
    clientUserMessageId: [],
  }),
  "turn/interrupt": method<{ threadId: string; turnId: string }>()(doneResult, { ...threadOnly, turnId: [] }),
} as const;

export type MethodName = keyof typeof methods;
export type ParamsOf<M extends MethodName> = NonNullable<(typeof methods)[M]["params"]>;
export type ResultOf<M extends MethodName> = z.output<(typeof methods)[M]["result"]>;
