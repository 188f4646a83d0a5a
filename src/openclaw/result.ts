import type { AttemptResult } from "../harness/types.ts";
import type { TurnOutcome } from "../turn/outcome.ts";
import { type Attribution, assistantMessage, hostMessages, idempotencyKey, noUsage } from "./messages.ts";
import type { HostAttempt, HostResult, HostRuntime, HostTerminal } from "./sdk.ts";

export interface ResultContext {
  readonly params: HostAttempt;
  readonly host: HostRuntime;
  readonly attribution: Attribution;
  /** Ids of the entries that reached the host's transcript. */
  readonly written: ReadonlySet<string>;
}

/** What the host needs to know about a finished attempt (host contract `AgentHarnessAttemptResult`). */
export function toHostResult(result: AttemptResult, context: ResultContext): HostResult {
  const { params, attribution, host } = context;
  const atMs = Date.now();
  const finalEntry = result.entries.findLast(
    (entry) => entry.kind === "assistant" && (result.finalItemId ? entry.itemId === result.finalItemId : true),
  );
  const usage = attemptUsage(result);
  const failure = failureOf(result.outcome);
  const lastAssistant = result.text
    ? assistantMessage(
        [{ type: "text", text: result.text }],
        attribution,
        atMs,
        result.ok ? "stop" : failure ? "error" : "aborted",
        messageUsage(usage),
      )
    : undefined;
  const owned = finalEntry !== undefined && context.written.has(finalEntry.id);
  const tools = result.entries.filter((entry) => entry.kind === "tool");
  const incomplete = result.entries.filter((entry) => entry.incomplete).length;
  const texts = result.text ? [result.text] : [];
  const classification = host.classifyAgentHarnessTerminalOutcome({
    assistantTexts: texts,
    reasoningText: textOf(result, "reasoning"),
    planText: textOf(result, "plan"),
    promptError: failure ?? null,
    turnCompleted: result.ok,
  });
  const effects = { hadPotentialSideEffects: tools.length > 0, replaySafe: tools.length === 0 };
  return {
    terminal: terminalOf(result.outcome, params.abortSignal?.aborted === true),
    sessionIdUsed: params.sessionId,
    agentHarnessId: result.harness,
    messagesSnapshot: result.entries.flatMap((entry) => hostMessages(entry, attribution, atMs)),
    assistantTexts: texts,
    toolMetas: tools.map((entry) => ({
      toolName: entry.tool?.name ?? "tool",
      toolCallId: entry.tool?.callId ?? entry.itemId,
      meta: entry.tool?.title ?? "",
      isError: entry.tool?.status !== "completed",
    })),
    lastAssistant,
    currentAttemptAssistant: lastAssistant,
    currentAttemptCompletedAssistant: result.ok ? lastAssistant : undefined,
    ...(owned ? { assistantTranscriptOwned: true, assistantTranscriptIdempotencyKey: idempotencyKey(finalEntry) } : {}),
    didSendViaMessagingTool: false,
    messagingToolSentTexts: [],
    messagingToolSentMediaUrls: [],
    messagingToolSentTargets: [],
    cloudCodeAssistFormatError: false,
    ...(usage ? { attemptUsage: usage } : {}),
    ...(result.usage?.contextWindow
      ? { contextTokens: result.usage.contextWindow, contextTokensSource: "runtime" as const }
      : {}),
    ...(classification ? { agentHarnessResultClassification: classification } : {}),
    replayMetadata: effects,
    currentAttemptReplayMetadata: effects,
    itemLifecycle: {
      startedCount: result.entries.length,
      completedCount: result.entries.length - incomplete,
      activeCount: incomplete,
    },
  };
}

/** How the turn ended, in the host's words. A timeout keeps the name of the clock in its error. */
export function terminalOf(outcome: TurnOutcome, abortedByHost: boolean): HostTerminal {
  switch (outcome.kind) {
    case "completed":
      return { kind: "ok" };
    case "interrupted":
      // The host was done with the turn: that is no abort.
      if (outcome.by === "release") return { kind: "ok" };
      return { kind: "aborted", source: outcome.by === "host" || abortedByHost ? "external" : "runtime" };
    case "timeout":
      return {
        kind: "timeout",
        phase: "prompt",
        source: "runtime",
        aborted: true,
        failure: { source: "prompt", error: outcome.error },
      };
    case "failed":
    case "server_exit":
      return { kind: "failed", source: "prompt", error: outcome.error };
  }
}

function failureOf(outcome: TurnOutcome): Error | undefined {
  return outcome.kind === "completed" || outcome.kind === "interrupted" ? undefined : outcome.error;
}

function textOf(result: AttemptResult, kind: "reasoning" | "plan"): string | null {
  const texts = result.entries.flatMap((entry) => (entry.kind === kind && entry.text ? [entry.text] : []));
  return texts.length > 0 ? texts.join("\n") : null;
}

/** Tokens of this attempt alone. The host counts cached tokens apart; Codex counts them as part of the input. */
function attemptUsage(result: AttemptResult): HostResult["attemptUsage"] {
  const used = result.usage?.turn;
  if (!used) return undefined;
  return {
    input: Math.max(0, used.inputTokens - used.cachedInputTokens),
    output: used.outputTokens,
    cacheRead: used.cachedInputTokens,
    reasoningTokens: used.reasoningOutputTokens,
    total: used.inputTokens + used.outputTokens,
  };
}

function messageUsage(usage: HostResult["attemptUsage"]): Parameters<typeof assistantMessage>[4] {
  if (!usage) return undefined;
  return {
    ...noUsage,
    input: usage.input ?? 0,
    output: usage.output ?? 0,
    cacheRead: usage.cacheRead ?? 0,
    totalTokens: usage.total ?? 0,
  };
}
