import { AsyncLocalStorage } from "node:async_hooks";
import type { CodexHarness } from "../harness/codex-harness.ts";
import type { Attempt, AttemptResult, ToolProgress } from "../harness/types.ts";
import type { HostAttempt } from "./sdk.ts";
import { hostToolName } from "./tool-names.ts";
import { attemptUsage } from "./usage.ts";

/**
 * A harness whose turns are in the host's trajectory, which an operator exports for support (`/export-trajectory`): what
 * the model was told and offered, the tools that ran, how it ended. A turn does not fail for it.
 */
export function withTrajectory(harness: CodexHarness, params: HostAttempt): CodexHarness {
  const { trajectory } = params.hostCapabilities;
  if (!trajectory) return harness;
  const inRun = AsyncLocalStorage.snapshot();
  const note = (type: string, data: Record<string, unknown>): void => {
    try {
      inRun(() => trajectory.recordEvent(type, data));
    } catch {
      // The host withdraws it with the run.
    }
  };
  return {
    ...harness,
    async runAttempt(attempt) {
      let began = false;
      // Before the turn is taken it may still be that nothing is sent at all.
      const begin = (thread: { id: string; resumed: boolean }): void => {
        if (began) return;
        began = true;
        beginning(params, attempt, thread, note);
      };
      try {
        const result = await harness.runAttempt({
          ...attempt,
          observer: {
            ...attempt.observer,
            async onThread(thread) {
              begin(thread);
              await attempt.observer?.onThread?.(thread);
            },
            async onTool(tool) {
              toolEvent(tool, note);
              await attempt.observer?.onTool?.(tool);
            },
          },
        });
        ending(result, note);
        return result;
      } catch (thrown) {
        note("session.ended", { status: "error", promptError: String(thrown) });
        throw thrown;
      } finally {
        await inRun(() => trajectory.flush()).catch(() => undefined);
      }
    },
  };
}

type Note = (type: string, data: Record<string, unknown>) => void;

function beginning(params: HostAttempt, attempt: Attempt, thread: { id: string; resumed: boolean }, note: Note): void {
  const { provider, modelId, workspaceDir } = params;
  note("session.started", { threadId: thread.id, resumed: thread.resumed, workspaceDir });
  note("trace.metadata", {
    harness: { id: params.agentHarnessId ?? "codex", runtime: "codex-app-server", plugin: "codex-bridge" },
    model: { provider, name: modelId, api: params.model.api },
  });
  // The host bounds how much an event may hold: with their parameters, most tools would be cut off.
  const tools = (attempt.tools ?? []).map(({ name, description }) => ({ name, description }));
  const imagesCount = attempt.images?.length ?? 0;
  const systemPrompt = attempt.developerInstructions ?? "";
  note("context.compiled", { systemPrompt, prompt: attempt.prompt, tools, imagesCount, transport: "stdio" });
  note("prompt.submitted", { prompt: attempt.prompt, systemPrompt, imagesCount });
}

function toolEvent(tool: ToolProgress, note: Note): void {
  const about = { toolCallId: tool.id, name: hostToolName(tool.name), ...(tool.agent ? { agent: tool.agent } : {}) };
  if (tool.phase === "start") note("tool.call", { ...about, arguments: tool.input ?? { title: tool.title } });
  if (tool.phase !== "end") return;
  const isError = tool.status !== "completed";
  note("tool.result", { ...about, success: !isError, isError, output: tool.output ?? "" });
}

function ending(result: AttemptResult, note: Note): void {
  const { outcome, thread, turnId, text, usage } = result;
  const failure = "error" in outcome ? outcome.error.message : undefined;
  const ended = {
    threadId: thread.id,
    turnId,
    aborted: outcome.kind === "interrupted" && outcome.by !== "release",
    timedOut: outcome.kind === "timeout",
    ...(failure === undefined ? {} : { promptError: failure }),
  };
  note("model.completed", { ...ended, assistantTexts: text ? [text] : [], usage: attemptUsage(usage, 0) });
  note("session.ended", { status: result.ok ? "success" : failure === undefined ? "interrupted" : "error", ...ended });
}
