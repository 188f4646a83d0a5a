import type { AttemptResult } from "../harness/types.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import type { TurnOutcome } from "../turn/outcome.ts";
import { type Attribution, assistantMessage, hostMessages, idempotencyKey } from "./messages.ts";
import { promptError, repeats } from "./prompt-error.ts";
import type { HostAttempt, HostMessage, HostResult, HostRuntime, HostTerminal } from "./sdk.ts";
import type { ToolEvidence } from "./tool-evidence.ts";
import { hostToolName } from "./tool-names.ts";
import { attemptUsage, type UsageMeter } from "./usage.ts";

export interface ResultContext {
  readonly params: HostAttempt;
  readonly host: Pick<HostRuntime, "classifyAgentHarnessTerminalOutcome">;
  readonly attribution: Attribution;
  /** Ids of the entries that reached the host's transcript. */
  readonly written: ReadonlySet<string>;
  readonly evidence: Pick<ToolEvidence, "outcome" | "meta">;
  readonly usage: UsageMeter;
  readonly compactions: number;
  /** The turn was ended by ourselves; the host goes on with another attempt. */
  readonly restarts?: boolean;
}

/** What the host needs to know about a finished attempt (host contract `AgentHarnessAttemptResult`). */
export function toHostResult(result: AttemptResult, context: ResultContext): HostResult {
  const { params, attribution, evidence, usage } = context;
  const atMs = Date.now();
  const finalEntry = result.entries.findLast(
    (entry) => entry.kind === "assistant" && (result.finalItemId ? entry.itemId === result.finalItemId : true),
  );
  const failure = failureOf(result.outcome);
  const lastAssistant = result.text
    ? assistantMessage(
        [{ type: "text", text: result.text }],
        attribution,
        atMs,
        result.ok ? "stop" : failure ? "error" : "aborted",
        usage.last,
      )
    : undefined;
  const owned = finalEntry !== undefined && context.written.has(finalEntry.id);
  const tools = result.entries.filter((entry) => entry.kind === "tool");
  const toolMetas = tools.map((entry) => toolMeta(entry, evidence));
  const incomplete = result.entries.filter((entry) => entry.incomplete).length;
  const replay = replayOf(result, toolMetas, params);
  return {
    ...evidence.outcome,
    terminal: terminalOf(result.outcome, params.abortSignal?.aborted === true, context.restarts),
    sessionIdUsed: params.sessionId,
    agentHarnessId: result.harness,
    messagesSnapshot: [
      ...userMessage(params),
      ...result.entries.flatMap((entry) => hostMessages(entry, attribution, atMs)),
    ],
    assistantTexts: result.text ? [result.text] : [],
    toolMetas,
    lastAssistant,
    currentAttemptAssistant: lastAssistant,
    currentAttemptCompletedAssistant: result.ok ? lastAssistant : undefined,
    hasSuccessfulModelResponse: usage.responses > 0,
    ...(usage.responses > 0 ? { modelIterations: usage.responses, assistantTurns: usage.responses } : {}),
    ...(context.compactions > 0 ? { compactionCount: context.compactions } : {}),
    ...(owned ? { assistantTranscriptOwned: true, assistantTranscriptIdempotencyKey: idempotencyKey(finalEntry) } : {}),
    cloudCodeAssistFormatError: false,
    ...used(result, usage),
    ...classified(result, context, failure),
    ...serverLoss(result, toolMetas, replay.replaySafe),
    ...repeats(result.outcome),
    replayMetadata: {
      hadPotentialSideEffects:
        replay.hadPotentialSideEffects || params.initialReplayState?.hadPotentialSideEffects === true,
      replaySafe: replay.replaySafe && params.initialReplayState?.replayInvalid !== true,
    },
    currentAttemptReplayMetadata: replay,
    itemLifecycle: {
      startedCount: result.entries.length,
      completedCount: result.entries.length - incomplete,
      activeCount: incomplete,
    },
  } as HostResult;
}

/** How the turn ended, in the host's words. A timeout keeps the name of the clock in its error. */
export function terminalOf(outcome: TurnOutcome, abortedByHost: boolean, restarts = false): HostTerminal {
  switch (outcome.kind) {
    case "completed":
      return { kind: "ok" };
    case "interrupted":
      // The host was done with the turn: that is no abort.
      if (outcome.by === "release") return { kind: "ok" };
      return {
        kind: "aborted",
        source: abortedByHost || (outcome.by === "host" && !restarts) ? "external" : "runtime",
      };
    case "timeout":
      return {
        kind: "timeout",
        phase: "prompt",
        source: "runtime",
        aborted: true,
        failure: { source: "prompt", error: outcome.error },
      };
    case "failed":
      return { kind: "failed", source: "prompt", error: promptError(outcome) };
    case "server_exit":
      return { kind: "failed", source: "prompt", error: outcome.error };
  }
}

type ToolMetas = HostResult["toolMetas"];

function toolMeta(entry: TranscriptEntry, evidence: Pick<ToolEvidence, "meta">): ToolMetas[number] {
  const toolCallId = entry.tool?.callId ?? entry.itemId;
  const meta = evidence.meta(toolCallId);
  return {
    toolName: hostToolName(entry.tool?.name ?? "tool"),
    toolCallId,
    meta: entry.tool?.title ?? "",
    isError: meta?.isError ?? entry.tool?.status !== "completed",
    replaySafe: meta?.replaySafe ?? entry.tool?.name === "web_search",
    ...(meta?.terminate ? { terminate: true } : {}),
    ...(meta?.asyncStarted ? { asyncStarted: true } : {}),
  };
}

function replayOf({ entries }: AttemptResult, toolMetas: ToolMetas, params: HostAttempt): HostResult["replayMetadata"] {
  // A file change or a made picture is no tool of the host's, and an effect all the same.
  const native = entries.some(({ kind, tool }) => kind === "tool" && tool?.name === "apply_patch");
  const effects = native || toolMetas.some(({ replaySafe }) => replaySafe !== true);
  return { hadPotentialSideEffects: effects, replaySafe: !effects && params.hasRepliedRef?.value !== true };
}

function used(result: AttemptResult, usage: UsageMeter): Partial<HostResult> {
  const attempt = attemptUsage(result.usage, usage.lastOutput);
  const window = result.usage?.contextWindow;
  return {
    ...(attempt ? { attemptUsage: attempt } : {}),
    ...(window ? { contextTokens: window, contextTokensSource: "runtime" } : {}),
  };
}

function classified(result: AttemptResult, { host, evidence }: ResultContext, failure: Error | undefined) {
  // Who has answered its source through a tool, or waits for others, owes no words.
  const { didDeliverSourceReplyViaMessageTool, yieldDetected } = evidence.outcome;
  if (didDeliverSourceReplyViaMessageTool || yieldDetected) return {};
  const classification = host.classifyAgentHarnessTerminalOutcome({
    assistantTexts: result.text ? [result.text] : [],
    reasoningText: textOf(result, "reasoning"),
    planText: textOf(result, "plan"),
    promptError: failure ?? null,
    turnCompleted: result.ok,
  });
  return classification ? { agentHarnessResultClassification: classification } : {};
}

/** The server died under the turn: the facts by which the host may repeat it once. */
function serverLoss(result: AttemptResult, toolMetas: ToolMetas, replaySafe: boolean): Partial<HostResult> {
  if (result.outcome.kind !== "server_exit") return {};
  const active = result.entries.some(({ incomplete }) => incomplete);
  const blocked = result.text
    ? ("assistant_output" as const)
    : toolMetas.length > 0
      ? ("tool_activity" as const)
      : active
        ? ("active_item" as const)
        : // A server that outlives the connection may have done what we did not see.
          replaySafe && !result.server.remote
          ? undefined
          : ("potential_side_effect" as const);
  return {
    codexAppServerFailure: {
      kind: "client_closed_before_turn_completed",
      transport: result.server.remote ? "websocket" : "stdio",
      threadId: result.thread.id,
      ...(result.turnId ? { turnId: result.turnId } : {}),
      replaySafe: blocked === undefined,
      ...(blocked ? { replayBlockedReason: blocked } : {}),
    },
  };
}

/** What the person said, as the host prepared it; hidden and suppressed prompts are not part of the record. */
function userMessage(params: HostAttempt): HostMessage[] {
  if (params.suppressNextUserMessagePersistence) return [];
  const prepared = params.userTurnTranscriptRecorder?.message as HostMessage | undefined;
  if (prepared) return [prepared];
  const content = params.transcriptPrompt ?? params.prompt;
  return [{ role: "user", content, timestamp: params.startedAtMs ?? Date.now() } as HostMessage];
}

function failureOf(outcome: TurnOutcome): Error | undefined {
  return outcome.kind === "completed" || outcome.kind === "interrupted" ? undefined : outcome.error;
}

function textOf(result: AttemptResult, kind: "reasoning" | "plan"): string | null {
  const texts = result.entries.flatMap((entry) => (entry.kind === kind && entry.text ? [entry.text] : []));
  return texts.length > 0 ? texts.join("\n") : null;
}
