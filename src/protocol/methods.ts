import { z } from "zod";
import { turnShape } from "./shapes.ts";

/* Result shapes of the methods the bridge calls: only the fields it reads. */

export const initializeResult = z.looseObject({
  userAgent: z.unknown().optional(),
  codexHome: z.string().nullish(),
  platformOs: z.string().nullish(),
});

export const threadResult = z.looseObject({
  thread: z.looseObject({
    id: z.string(),
    path: z.string().nullish(),
    status: z.looseObject({ type: z.string() }).nullish(),
    turns: z.array(turnShape).nullish(),
  }),
  model: z.string().nullish(),
  modelProvider: z.string().nullish(),
  approvalPolicy: z.unknown().optional(),
  sandbox: z.looseObject({ type: z.string() }).nullish(),
});

export const turnResult = z.looseObject({ turn: turnShape });

/** `thread/read` without its turns: what the thread is doing now. */
export const threadStatusResult = z.looseObject({
  thread: z.looseObject({ status: z.looseObject({ type: z.string() }) }),
});

export const threadListResult = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string().nullish(),
      path: z.string().nullish(),
      cwd: z.string().nullish(),
    }),
  ),
  nextCursor: z.string().nullish(),
});

/** `thread/turns/list`: newest first. */
export const turnsListResult = z.looseObject({ data: z.array(turnShape) });

export const loginResult = z.looseObject({ type: z.string() });

export interface InitializeParams {
  clientInfo: { name: string; title: string; version: string };
  capabilities: { experimentalApi: boolean; optOutNotificationMethods?: readonly string[] };
}

/** Settings a thread is started or resumed with. They are sent on both, because old servers do not restore them. */
export interface ThreadSettings {
  cwd: string;
  approvalPolicy: string;
  sandbox: string;
  approvalsReviewer?: string;
  model?: string;
  modelProvider?: string;
  developerInstructions?: string;
  config?: Readonly<Record<string, unknown>>;
}

export interface TurnStartParams {
  threadId: string;
  input: readonly { type: "text"; text: string }[];
  effort?: string;
  model?: string;
  cwd?: string;
  approvalPolicy?: string;
  approvalsReviewer?: string;
  sandboxPolicy?: { type: string };
  /** `developer_instructions` are put before the turn; null leaves Codex's own for the mode. */
  collaborationMode?: {
    mode: "default";
    settings: { model: string; reasoning_effort: string | null; developer_instructions: string | null };
  };
}

export interface TurnSteerParams {
  threadId: string;
  input: readonly { type: "text"; text: string }[];
  expectedTurnId: string;
  clientUserMessageId: string;
}

/** The server refuses longer input (characters). */
export const maxInputChars = 1_048_576;
