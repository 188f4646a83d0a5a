/* What the bridge sends with its requests. A test compares every field with what each release's schema takes. */

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

/** A host tool as a thread is started with (`dynamicTools`, the form every release takes). */
export interface ToolDefinition {
  readonly name: string;
  readonly namespace?: string;
  readonly description: string;
  readonly inputSchema: unknown;
  readonly deferLoading?: boolean;
}

export interface ThreadStartParams extends ThreadSettings {
  dynamicTools?: readonly ToolDefinition[];
  /** Kept in the server's memory only. */
  ephemeral?: true;
  /** Instead of Codex's own. */
  baseInstructions?: string;
  /** Empty: Codex has nowhere to run commands or touch files. */
  environments?: readonly [];
}

export interface ThreadResumeParams extends Partial<ThreadSettings> {
  threadId: string;
  excludeTurns: true;
}

export interface ThreadForkParams extends Partial<ThreadSettings> {
  threadId: string;
  excludeTurns: true;
  lastTurnId?: string;
  ephemeral?: true;
}

export interface ThreadListParams {
  limit: number;
  sortKey: "updated_at";
  cursor?: string;
}

export interface TurnsListParams {
  threadId: string;
  limit: number;
  itemsView: "notLoaded" | "full";
}

/** A picture is a data URL. */
export type InputPart = { type: "text"; text: string } | { type: "image"; url: string };

export interface TurnStartParams {
  threadId: string;
  input: readonly InputPart[];
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
  /** `application`: a developer says it; `untrusted`: data from outside. */
  additionalContext?: Readonly<Record<string, { kind: "application" | "untrusted"; value: string }>>;
  /** `fast` is taken by every release; null goes back to the standard tier. Kept for later turns. */
  serviceTier?: "fast" | null;
  /** Empty: Codex has nowhere to run commands or touch files. Kept until the thread is loaded again. */
  environments?: readonly [];
}

export interface TurnSteerParams {
  threadId: string;
  input: readonly InputPart[];
  expectedTurnId: string;
  clientUserMessageId: string;
}

export type LoginParams =
  | { type: "apiKey"; apiKey: string }
  | {
      type: "chatgptAuthTokens";
      accessToken: string;
      chatgptAccountId: string;
      chatgptPlanType: string | null;
    };

export interface ModelListParams {
  limit: number;
  cursor?: string;
}

export interface McpServersParams {
  threadId: string;
  detail: "toolsAndAuthOnly";
  cursor?: string;
}

/** The server refuses longer input (characters). */
export const maxInputChars = 1_048_576;
