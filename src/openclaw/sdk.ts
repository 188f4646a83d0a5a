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

/** Values of `openclaw/plugin-sdk/agent-harness-runtime`. */
export type HostRuntime = Pick<
  typeof import("openclaw/plugin-sdk/agent-harness-runtime"),
  "AgentHarnessPreflightError" | "classifyAgentHarnessTerminalOutcome" | "emitAgentEvent"
>;

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
