import type { HostAttempt } from "./sdk.ts";

/**
 * What becomes of a field the host prepares. `used`: read by name in this folder. `passed`: read by the host from the
 * params object we hand back to it (tool surface, questions, hooks). `ignored`: with the reason.
 */
export type FieldUse = `used: ${string}` | `passed: ${string}` | `ignored: ${string}`;

/** The same for several fields. */
export function each<const K extends string, const U extends FieldUse>(use: U, fields: readonly K[]): Record<K, U> {
  return Object.fromEntries(fields.map((field) => [field, use])) as Record<K, U>;
}

/** How long an attempt may take, where it is recorded and how it is shown: the second part of `attemptFields`. */
export const callbackFields = {
  // How long
  timeoutMs: "used: run budget",
  runTimeoutOverrideMs: "ignored: timeoutMs is what holds",
  ...each("used: abort", ["abortSignal", "onAttemptAbort"]),
  ...each("used: deadline", ["onAttemptDeadlineChanged", "onAttemptTimeout", "onAttemptTimeoutArmed"]),
  replyOperation: "used: active run, tools",
  oneShotCliRun: "used: hooks, tools",
  cleanupBundleMcpOnRunEnd: "ignored: bundled MCP servers are the host's",
  // Record
  ...each("used: transcript", [
    "userTurnTranscriptRecorder",
    "suppressNextUserMessagePersistence",
    "prepareAssistantTranscriptMessage",
  ]),
  skipPreparedUserTurnMessage: "ignored: the recorder knows",
  suppressTranscriptOnlyAssistantPersistence: "ignored: of rows the host adds itself",
  ...each("ignored: the recorder tells the host", ["onUserMessagePersisted", "onUserMessagePersistenceInvalidated"]),
  onSessionIdChanged: "ignored: the session keeps its id",
  disableTrajectory: "ignored: the host leaves its trajectory capability out then",
  initialReplayState: "used: replay metadata",
  // What is shown while it runs
  onAgentEvent: "used: events",
  ...each("used: tools", ["onAgentToolResult", "onToolOutcome", "allocateToolOutcomeOrdinal", "observeToolTerminal"]),
  ...each("used: streaming", [
    "onAssistantMessageStart",
    "onAutoCompactionSucceeded",
    "onPartialReply",
    "onReasoningStream",
    "onReasoningEnd",
    "onToolStreamBoundary",
    "suppressLiveStreamOutput",
  ]),
  onBlockReplyFlush: "ignored: text is delivered whole",
  onBlockReply: "passed: questions",
  ...each("ignored: an attempt here ends before its result is out", [
    "onDeferredLifecycleAbort",
    "onDeferredLifecycleOwner",
  ]),
  deferTerminalLifecycle: "used: lifecycle events",
  deferTerminalLifecycleEnd: "ignored: the deprecated name of deferTerminalLifecycle",
  ...each("used: phases", ["onExecutionPhase", "onExecutionStarted", "onRunProgress"]),
  onLaneWait: "ignored: queueing is the host's",
  onToolResult: "used: verbose mode, prompts of question tools",
  ...each("ignored: text is delivered whole", ["blockReplyBreak", "blockReplyChunking"]),
  streamReasoningInNonStreamModes: "ignored: onReasoningStream is always called",
  ...each("used: verbose mode", ["shouldEmitToolResult", "shouldEmitToolOutput", "toolResultFormat", "verboseLevel"]),
  toolProgressDetail: "ignored: the channel shortens titles",
  // How it is answered
  ...each("used: turn context, tools", ["sourceReplyDeliveryMode", "requireExplicitMessageTarget"]),
  taskSuggestionDeliveryMode: "used: active run, tools",
  resolveReplyDelivery: "ignored: delivery is the host's",
  terminalReplyExpectation: "used: active run",
  ...each("ignored: the host judges the classified result", ["allowEmptyAssistantReplyAsSilent", "silentExpected"]),
  enforceFinalTag: "ignored: Codex marks its final answer itself",
  // Continuations only the host's own runtime has
  ...each("ignored: the host asks for a revision with a new attempt", [
    "beforeAgentFinalizeRevisionAttempts",
    "maxBeforeAgentFinalizeRevisions",
  ]),
  ...each("ignored: plugins are refreshed between turns", [
    "pluginRuntimeRefreshPending",
    "pluginRuntimeRefreshMessages",
    "registerPluginRuntimeRefreshConsumer",
  ]),
} as const satisfies Partial<Record<keyof HostAttempt, FieldUse>>;
