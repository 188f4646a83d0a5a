import { AsyncLocalStorage } from "node:async_hooks";
import type { AttemptObserver, AttemptPhase, ToolProgress } from "../harness/types.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";

export interface HostObserver extends AttemptObserver {
  /** True once Codex took the turn: from here on a failure may have had effects. */
  readonly accepted: boolean;
  lifecycle(phase: "start" | "end" | "error", data?: Record<string, unknown>): void;
}

/**
 * Turns what happens in a turn into the host's callbacks and events. Notifications arrive on the app-server's
 * connection, outside the run's async context, so every callback is carried back into it.
 */
export function createObserver(params: HostAttempt, host: HostRuntime): HostObserver {
  const inRun = AsyncLocalStorage.snapshot();
  const startedAt = Date.now();
  let accepted = false;

  const emit = (
    stream: "lifecycle" | "assistant" | "tool" | "plan" | "compaction",
    data: Record<string, unknown>,
  ): void => {
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
    lifecycle(phase, data = {}) {
      // With deferTerminalLifecycle the caller announces the end itself, once fallbacks are settled.
      const deferred = phase !== "start" && params.deferTerminalLifecycle === true;
      const at = phase === "start" ? { startedAt } : { startedAt, endedAt: Date.now() };
      emit("lifecycle", { phase: deferred ? "finishing" : phase, ...at, ...data });
    },
    onPhase({ phase }) {
      const hostPhase = hostPhases[phase];
      if (hostPhase === undefined) return;
      accepted = true;
      inRun(() => params.onExecutionPhase?.({ phase: hostPhase, backend: "codex-app-server" }));
    },
    onAssistantStart: () => inRun(async () => await params.onAssistantMessageStart?.()),
    onPartialReply: ({ text, delta, replace }) => {
      const reply = { text, delta, ...(replace ? { replace } : {}) };
      emit("assistant", reply);
      return inRun(async () => {
        await params.onPartialReply?.(reply);
      });
    },
    onCommentary: ({ itemId, text, delta }) => emit("assistant", { text, delta, itemId, phase: "commentary" }),
    onPlan: ({ steps }) => {
      // The host spells a step's status with an underscore.
      const spelled = steps.map(({ step, status }) => ({
        step,
        status: status === "inProgress" ? "in_progress" : status,
      }));
      emit("plan", { phase: "update", title: "Plan updated", source: "codex", steps: spelled });
    },
    onCompaction: ({ phase }) => emit("compaction", { phase }),
    onReasoning: ({ text }) => inRun(async () => await params.onReasoningStream?.({ text })),
    onReasoningEnd: () => inRun(async () => await params.onReasoningEnd?.()),
    onTool(tool) {
      emit("tool", toolEvent(tool));
      inRun(() => params.onRunProgress?.({ reason: `tool ${tool.name} ${tool.phase}`, backend: "codex-app-server" }));
    },
  };
}

/** The phases a host knows; reaching any of them means that Codex has the turn. */
const hostPhases: Readonly<
  Partial<Record<AttemptPhase, "turn_accepted" | "assistant_output_started" | "tool_execution_started">>
> = {
  turn_accepted: "turn_accepted",
  first_token: "assistant_output_started",
  first_tool: "tool_execution_started",
};

function toolEvent(tool: ToolProgress): Record<string, unknown> {
  const about = { name: tool.name, toolCallId: tool.id };
  switch (tool.phase) {
    case "start":
      return { phase: "start", ...about, args: { title: tool.title } };
    case "update":
      return { phase: "update", ...about, partialResult: tool.output ?? "" };
    case "end":
      return { phase: "result", ...about, result: tool.output ?? "", isError: tool.status !== "completed" };
  }
}
