import { AsyncLocalStorage } from "node:async_hooks";
import type { ToolCall, ToolContent, ToolResult } from "../requests/types.ts";
import { isRecord } from "./record.ts";
import type { HostAttempt, HostRuntime, HostTool, HostToolResult } from "./sdk.ts";
import type { ToolEvidence } from "./tool-evidence.ts";

/** Tools that wait for a person: meanwhile the clock of the call stands still. */
const askingTools: ReadonlySet<string> = new Set(["ask_user", "secrets", "openclaw"]);

export interface ToolRun {
  execute(tool: HostTool, args: unknown, call: ToolCall): Promise<ToolResult>;
}

interface Call {
  readonly tool: HostTool;
  readonly call: ToolCall;
  readonly startedAt: number;
  readonly ordinal: number | undefined;
  args: Record<string, unknown>;
  /** The tool itself may have done something. */
  began: boolean;
}

/**
 * Runs host tools for the model, in the run's async context: before-hooks are part of the tool (the surface is bound),
 * then come middleware, after-hooks, the host's terminal observation and the evidence for the attempt's result.
 */
export function createToolRun(params: HostAttempt, host: HostRuntime, evidence: ToolEvidence): ToolRun {
  const inRun = AsyncLocalStorage.snapshot();
  const scope = {
    runId: params.runId,
    sessionId: params.sessionId,
    ...(params.agentId === undefined ? {} : { agentId: params.agentId }),
    ...(params.sessionKey === undefined ? {} : { sessionKey: params.sessionKey }),
  };
  const middleware = host.createAgentToolResultMiddlewareRunner({ runtime: "codex", ...scope });

  /** What really went in: hooks may have changed it, or stopped the call before the tool began. */
  function noteExecution(each: Call): void {
    if (host.consumePreExecutionBlockedToolCall(each.call.callId, params.runId)) each.began = false;
    const adjusted = host.consumeAdjustedParamsForToolCall(each.call.callId, params.runId);
    if (isRecord(adjusted)) each.args = adjusted;
  }

  function finish(
    each: Call,
    result: HostToolResult,
    isError: boolean,
    failure: string | undefined,
    raw: unknown,
  ): void {
    const { tool, call, args } = each;
    try {
      params.onAgentToolResult?.({ toolName: tool.name, result: host.sanitizeToolResult(result), isError });
    } catch {
      // Who only looks on cannot make a call fail.
    }
    void host.runAgentHarnessAfterToolCallHook({
      toolName: tool.name,
      toolCallId: call.callId,
      ...scope,
      startArgs: args,
      startedAt: each.startedAt,
      ...(failure === undefined ? { result } : { error: failure }),
    });
    host.finalizeToolTerminalPresentation({
      toolCallId: call.callId,
      runId: params.runId,
      result,
      isError,
      toolName: tool.name,
      ...(params.onToolOutcome ? { observer: params.onToolOutcome } : {}),
      ...(each.ordinal === undefined ? {} : { toolCallOrdinal: each.ordinal }),
    });
    evidence.note({
      tool,
      callId: call.callId,
      args,
      began: each.began,
      isError,
      result,
      raw,
      ...(failure === undefined ? {} : { failure }),
    });
  }

  async function run(each: Call, given: unknown): Promise<ToolResult> {
    const { tool, call } = each;
    params.hostCapabilities.assertActive();
    const prepared = tool.prepareArguments ? tool.prepareArguments(given) : (given ?? {});
    if (isRecord(prepared)) each.args = prepared;
    each.began = true;
    const raw = await tool.execute(call.callId, prepared as never, call.signal);
    noteExecution(each);
    const rawFailed = host.isToolResultError(raw);
    const result = await middleware.applyToolResultMiddleware({
      threadId: call.threadId,
      turnId: call.turnId,
      toolCallId: call.callId,
      toolName: tool.name,
      args: structuredClone(each.args),
      isError: rawFailed,
      result: raw,
    });
    const isError = rawFailed || host.isToolResultError(result);
    finish(each, result, isError, undefined, raw);
    return { content: contentOf(result), ...(isError ? { isError } : {}) };
  }

  function failed(each: Call, thrown: unknown): ToolResult {
    noteExecution(each);
    const disposition = host.getBeforeToolCallFailureDisposition(thrown);
    const words = host.formatToolExecutionErrorMessage(thrown, `The tool ${each.tool.name} failed.`);
    const status = disposition ?? "failed";
    const result = { content: [{ type: "text", text: words }], details: { status, error: words } } as HostToolResult;
    finish(each, result, true, words, thrown);
    return { content: [{ type: "text", text: words }], isError: true };
  }

  return {
    execute: (tool, args, call) =>
      inRun(async () => {
        const each: Call = {
          tool,
          call,
          startedAt: Date.now(),
          ordinal: params.allocateToolOutcomeOrdinal?.(call.callId),
          args: isRecord(args) ? args : {},
          began: false,
        };
        try {
          const work = () => run(each, args);
          return await (askingTools.has(tool.name) ? call.waitForPerson(work) : work());
        } catch (thrown) {
          return failed(each, thrown);
        }
      }),
  };
}

function contentOf({ content }: HostToolResult): ToolContent[] {
  return content.flatMap((part): ToolContent[] => {
    if (part.type === "text") return [{ type: "text", text: part.text }];
    if (part.type === "image") return [{ type: "image", data: part.data, mimeType: part.mimeType }];
    return [];
  });
}
