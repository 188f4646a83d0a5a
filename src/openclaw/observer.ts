import { AsyncLocalStorage } from "node:async_hooks";
import type { AttemptObserver, AttemptPhase, ToolProgress } from "../harness/types.ts";
import type { ActiveRun } from "./active-run.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";
import type { ToolEvidence } from "./tool-evidence.ts";
import { hostToolName } from "./tool-names.ts";
import type { HostTranscriptSink } from "./transcript-sink.ts";
import type { UsageMeter } from "./usage.ts";
import { showTool } from "./verbose.ts";

export interface HostObserver extends AttemptObserver {
  /** True once Codex took the turn: from here on a failure may have had effects. */
  readonly accepted: boolean;
  readonly compactions: number;
  lifecycle(phase: "start" | "end" | "error", data?: Record<string, unknown>): void;
  /** An event of another stream, to the host's bus and to the caller. */
  emit(stream: "approval" | "item", data: Record<string, unknown>): void;
}

export interface ObserverParts {
  readonly run: Pick<ActiveRun, "steered" | "compacting">;
  readonly sink: Pick<HostTranscriptSink, "flush">;
  readonly usage: UsageMeter;
  readonly evidence: Pick<ToolEvidence, "noteNative">;
}

type Stream = "lifecycle" | "assistant" | "tool" | "plan" | "compaction" | "approval" | "item" | "thinking";

/**
 * Turns what happens in a turn into the host's callbacks and events. Notifications arrive on the app-server's
 * connection, outside the run's async context, so every callback is carried back into it.
 */
export function createObserver(
  params: HostAttempt,
  host: Pick<HostRuntime, "emitAgentEvent" | "formatToolAggregate" | "isMessagingTool">,
  parts: ObserverParts,
): HostObserver {
  const inRun = AsyncLocalStorage.snapshot();
  const startedAt = Date.now();
  const live = params.suppressLiveStreamOutput !== true;
  let accepted = false;
  let compactions = 0;

  const emit = (stream: Stream, data: Record<string, unknown>): void => {
    inRun(() => {
      const session = params.sessionKey === undefined ? {} : { sessionKey: params.sessionKey };
      host.emitAgentEvent({ runId: params.runId, ...session, stream, data });
      void params.onAgentEvent?.({ stream, data });
    });
  };

  return {
    get accepted() {
      return accepted;
    },
    get compactions() {
      return compactions;
    },
    emit,
    lifecycle(phase, data = {}) {
      // With deferTerminalLifecycle the caller announces the end itself, once fallbacks are settled.
      const deferred = phase !== "start" && params.deferTerminalLifecycle === true;
      const at = phase === "start" ? { startedAt } : { startedAt, endedAt: Date.now() };
      emit("lifecycle", { phase: deferred ? "finishing" : phase, ...at, ...data });
    },
    onPhase({ phase }) {
      if (phase === "turn_accepted") inRun(() => params.onExecutionStarted?.());
      const hostPhase = hostPhases[phase];
      if (hostPhase === undefined) return;
      accepted = true;
      const { provider, modelId: model } = params;
      inRun(() => params.onExecutionPhase?.({ phase: hostPhase, backend, provider, model }));
    },
    onAssistantStart: () => inRun(async () => await params.onAssistantMessageStart?.()),
    onPartialReply: ({ itemId, text, delta, replace }) => {
      if (!live) return;
      const reply = { text, delta, ...(replace ? { replace } : {}) };
      emit("assistant", { itemId, ...reply });
      return inRun(async () => {
        await params.onPartialReply?.(reply);
      });
    },
    onCommentary({ itemId, text }) {
      const progressText = text.trim();
      if (progressText && live)
        emit("item", { itemId, kind: "preamble", title: "Preamble", phase: "update", progressText });
    },
    onPlan: ({ steps }) => {
      // The host spells a step's status with an underscore.
      const spelled = steps.map(({ step, status }) => ({
        step,
        status: status === "inProgress" ? "in_progress" : status,
      }));
      emit("plan", { phase: "update", title: "Plan updated", source: "codex", steps: spelled });
    },
    onCompaction({ phase }) {
      parts.run.compacting(phase);
      if (phase === "end") {
        compactions += 1;
        inRun(() => params.onAutoCompactionSucceeded?.(compactions));
      }
      emit("compaction", { phase, backend, ...(phase === "end" ? { completed: true } : {}) });
    },
    onReasoning({ itemId, text, delta }) {
      if (live) emit("thinking", { itemId, text, delta });
      return inRun(async () => await params.onReasoningStream?.({ text, isReasoningSnapshot: true }));
    },
    onReasoningEnd: () => inRun(async () => await params.onReasoningEnd?.()),
    async onTool(tool) {
      if (tool.phase === "start") await inRun(async () => await params.onToolStreamBoundary?.());
      emit("tool", toolEvent(tool));
      await inRun(async () => await showTool(tool, params, host).catch(() => undefined));
      if (tool.phase !== "update") emit("item", itemEvent(tool));
      if (tool.phase === "end" && tool.native) noteNative(tool);
      inRun(() => params.onRunProgress?.({ reason: `tool ${hostToolName(tool.name)} ${tool.phase}`, backend }));
    },
    async onUsage(usage) {
      const output = parts.usage.note(usage);
      if (output > 0) inRun(() => params.hostCapabilities.reportOutputTokens?.(output));
      await inRun(async () => await parts.sink.flush());
    },
    onSteer: (steer) => parts.run.steered(steer),
  };

  function noteNative(tool: ToolProgress): void {
    inRun(() =>
      parts.evidence.noteNative({
        callId: tool.id,
        name: tool.name,
        input: tool.input,
        output: tool.output,
        isError: tool.status !== "completed",
      }),
    );
  }
}

const backend = "codex-app-server";

/** The phases a host knows; reaching any of them means that Codex has the turn. */
const hostPhases: Readonly<
  Partial<Record<AttemptPhase, "turn_accepted" | "assistant_output_started" | "tool_execution_started">>
> = {
  turn_accepted: "turn_accepted",
  first_token: "assistant_output_started",
  first_tool: "tool_execution_started",
};

function toolEvent(tool: ToolProgress): Record<string, unknown> {
  const about = { name: hostToolName(tool.name), toolCallId: tool.id, itemId: tool.id, meta: tool.title };
  switch (tool.phase) {
    case "start":
      return { phase: "start", ...about, args: argsOf(tool) };
    case "update":
      return { phase: "update", ...about, partialResult: tool.output ?? "" };
    case "end":
      return { phase: "result", ...about, result: tool.output ?? "", isError: tool.status !== "completed" };
  }
}

function argsOf({ input, title }: ToolProgress): Record<string, unknown> {
  if (input !== null && typeof input === "object" && !Array.isArray(input)) return input as Record<string, unknown>;
  return { title };
}

const kinds: Readonly<Record<string, string>> = { exec: "command", apply_patch: "patch", web_search: "search" };

/** One line of progress, as channels show it. */
function itemEvent(tool: ToolProgress): Record<string, unknown> {
  const ended = tool.status === "completed" ? "completed" : "failed";
  return {
    itemId: tool.id,
    phase: tool.phase,
    kind: (tool.native && kinds[tool.name]) || "tool",
    title: tool.title,
    name: hostToolName(tool.name),
    status: tool.phase === "start" ? "running" : ended,
    meta: tool.title,
    ...(tool.native && tool.name === "exec" ? { commandBearing: true } : {}),
  };
}
