import type { HostAttempt, HostRuntime } from "../../src/openclaw/sdk.ts";

/*
 * A fake of what a host hands to a harness, for what can be decided without one. How real hosts behave is shown by
 * test/host-e2e and `npm run host:try`.
 */

export const sourceReply = "send to source";

/** An attempt with what every host fills in; the rest as a test needs it. */
export function fakeAttempt(fields: Record<string, unknown> = {}): HostAttempt {
  const { hostCapabilities = {}, ...rest } = fields as { hostCapabilities?: object };
  return {
    sessionId: "s1",
    sessionKey: "agent:main:main",
    sessionFile: "agent:main:main",
    agentId: "main",
    runId: "r1",
    prompt: "hello",
    workspaceDir: "/work",
    provider: "openai",
    modelId: "gpt-5.5",
    model: { id: "gpt-5.5", provider: "openai", api: "openai-responses", input: ["text", "image"], cost: { input: 5 } },
    thinkLevel: "medium",
    timeoutMs: 60_000,
    trigger: "user",
    ...rest,
    hostCapabilities: { assertActive: () => undefined, ...hostCapabilities },
  } as unknown as HostAttempt;
}

/** Host functions that do as little as they may; a test replaces those it is about. */
export function fakeRuntime(changed: Record<string, unknown> = {}): HostRuntime {
  return {
    buildCredentialSafetyPrompt: () => "",
    buildEmbeddedAttemptToolRunContext: () => ({}),
    buildHarnessVisibleReplyGuidance: () => "Reply in words.",
    cancelPendingAgentQuestionForSession: async () => false,
    claimPendingAgentQuestionAnswer: async () => false,
    classifyAgentHarnessTerminalOutcome: () => undefined,
    clearActiveEmbeddedRun: () => undefined,
    consumeAdjustedParamsForToolCall: () => undefined,
    consumePreExecutionBlockedToolCall: () => false,
    createAgentToolResultMiddlewareRunner: () => ({
      applyToolResultMiddleware: async ({ result }: { result: unknown }) => result,
    }),
    emitAgentEvent: () => undefined,
    extractMessagingToolSend: () => undefined,
    extractMessagingToolSendResult: (pending: unknown) => pending,
    extractToolResultMediaArtifact: ({ details }: { details?: { mediaUrls?: string[] } }) =>
      details?.mediaUrls ? { mediaUrls: details.mediaUrls } : undefined,
    filterToolResultMediaUrls: (_name: string, urls: string[]) => urls,
    finalizeToolTerminalPresentation: () => undefined,
    formatToolExecutionErrorMessage: (error: unknown) => (error instanceof Error ? error.message : String(error)),
    getBeforeToolCallFailureDisposition: () => undefined,
    isDeliveredMessageToolOnlySourceReplyResult: ({ toolName, args }: { toolName: string; args: { to?: string } }) =>
      toolName === "message" && args.to === sourceReply,
    isDeliveredMessagingToolResult: ({ isError }: { isError: boolean }) => !isError,
    isMessagingTool: (name: string) => name === "message",
    isMessagingToolSendAction: () => true,
    isReplaySafeToolCall: (name: string) => name === "memory_search",
    isToolResultError: ({ details }: { details?: { status?: string } }) => details?.status === "failed",
    normalizeAgentRuntimeTools: ({ tools }: { tools: unknown }) => tools,
    normalizeHeartbeatToolResponse: (details: unknown) => details,
    resolveAttemptFsWorkspaceOnly: () => false,
    resolveAttemptSpawnWorkspaceDir: () => undefined,
    resolveModelAuthMode: () => undefined,
    runAgentHarnessAfterToolCallHook: async () => undefined,
    runAgentHarnessBeforeMessageWriteHook: ({ message }: { message: unknown }) => message,
    sanitizeToolResult: (result: unknown) => result,
    setActiveEmbeddedRun: () => undefined,
    supportsModelTools: () => true,
    ...changed,
  } as unknown as HostRuntime;
}
