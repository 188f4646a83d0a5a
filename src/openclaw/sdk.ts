/*
 * The only place that names the host's SDK subpaths, besides plugin.ts. Each import is one thing a host release can
 * break, so there are as few as possible, and the heavy ones are loaded by the first turn.
 */
import type {
  AgentHarnessAttemptParamsV2,
  AgentHarnessAttemptResult,
  AgentHarnessV2,
  AgentMessage,
} from "openclaw/plugin-sdk/agent-harness-runtime";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";

export type HostApi = OpenClawPluginApi;
export type HostHarness = AgentHarnessV2;
export type HostAttempt = AgentHarnessAttemptParamsV2;
export type HostMessage = AgentMessage;
export type HostAssistantMessage = Extract<AgentMessage, { role: "assistant" }>;
export type HostToolResultMessage = Extract<AgentMessage, { role: "toolResult" }>;
export type HostResult = Extract<AgentHarnessAttemptResult, { terminal: unknown }>;
export type HostTerminal = HostResult["terminal"];

type Sdk = typeof import("openclaw/plugin-sdk/agent-harness-runtime");

/** Of every host that has capabilities (2026.8.2 and newer). */
type Always =
  | "AgentHarnessPreflightError"
  | "agentHarnessStructuredInput"
  | "awaitAgentEndSideEffects"
  | "buildAgentHookContextChannelFields"
  | "buildCredentialSafetyPrompt"
  | "buildEmbeddedAttemptToolRunContext"
  | "buildEmbeddedForegroundPromptContext"
  | "buildHarnessVisibleReplyGuidance"
  | "cancelPendingAgentQuestionForSession"
  | "claimPendingAgentQuestionAnswer"
  | "classifyAgentHarnessTerminalOutcome"
  | "clearActiveEmbeddedRun"
  | "consumeAdjustedParamsForToolCall"
  | "consumePreExecutionBlockedToolCall"
  | "createAgentToolResultMiddlewareRunner"
  | "detectAndLoadAgentHarnessPromptImages"
  | "emitAgentEvent"
  | "extractMessagingToolSend"
  | "extractMessagingToolSendResult"
  | "extractToolResultMediaArtifact"
  | "filterToolResultMediaUrls"
  | "finalizeToolTerminalPresentation"
  | "formatToolAggregate"
  | "formatToolExecutionErrorMessage"
  | "getBeforeToolCallFailureDisposition"
  | "isDeliveredMessageToolOnlySourceReplyResult"
  | "isDeliveredMessagingToolResult"
  | "isMessagingTool"
  | "isMessagingToolSendAction"
  | "isReplaySafeToolCall"
  | "isToolResultError"
  | "normalizeAgentRuntimeTools"
  | "normalizeHeartbeatToolResponse"
  | "resolveAgentHarnessBeforePromptBuildResult"
  | "resolveAttemptFsWorkspaceOnly"
  | "resolveAttemptSpawnWorkspaceDir"
  | "resolveBootstrapContextForRun"
  | "resolveModelAuthMode"
  | "runAgentEndSideEffects"
  | "runAgentHarnessAfterToolCallHook"
  | "runAgentHarnessBeforeMessageWriteHook"
  | "runAgentHarnessLlmInputHook"
  | "runAgentHarnessLlmOutputHook"
  | "sanitizeToolResult"
  | "setActiveEmbeddedRun"
  | "supportsModelTools";

/** Of newer hosts only; what is missing is done without. */
type Newer =
  | "buildTemporalContextText"
  | "extractMessagingToolSourceReplyPayload"
  | "finalizeAgentToolAvailability"
  | "readEmbeddedMessageDeliveryFact";

/** Values of `openclaw/plugin-sdk/agent-harness-runtime`: the one subpath for everything a turn needs. */
export type HostRuntime = Pick<Sdk, Always> & Partial<Pick<Sdk, Newer>>;

export type HostTool = ReturnType<NonNullable<HostAttempt["hostCapabilities"]["createToolSurface"]>>[number];
export type HostToolResult = Awaited<ReturnType<HostTool["execute"]>>;

export async function loadHostRuntime(): Promise<HostRuntime> {
  return await import("openclaw/plugin-sdk/agent-harness-runtime");
}

/** Which transcript to write; the host's `params.sessionTarget` plus its configuration. */
export interface HostTranscriptTarget {
  readonly sessionId: string;
  readonly sessionKey: string;
  readonly agentId?: string | undefined;
  readonly storePath?: string | undefined;
  readonly config?: unknown;
}

/** The part of `openclaw/plugin-sdk/session-transcript-runtime` we use. The host ships no types for this subpath. */
export interface HostTranscripts {
  withSessionTranscriptWriteLock<T>(
    target: HostTranscriptTarget,
    run: (transaction: HostTranscriptTransaction) => Promise<T>,
  ): Promise<T>;
  publishSessionTranscriptUpdateByIdentity(
    target: HostTranscriptTarget & { update: { messageId: string; message?: unknown } },
  ): Promise<void>;
  /** Messages a person can see, oldest first. */
  readVisibleSessionTranscriptMessageEntries?(
    target: HostTranscriptTarget,
  ): Promise<readonly { message?: { role?: string; content?: unknown } }[]>;
}

export interface HostTranscriptTransaction {
  /** `scan` looks for the message's idempotencyKey first; a message that is there is returned with appended: false. */
  appendMessage(options: {
    message: HostMessage & { idempotencyKey: string };
    idempotencyLookup: "scan";
    cwd: string;
    config?: unknown;
  }): Promise<{ appended: boolean; messageId: string; message: HostMessage } | undefined>;
}

export async function loadHostTranscripts(): Promise<HostTranscripts> {
  return await import("openclaw/plugin-sdk/session-transcript-runtime");
}
