import { describe, expect, it } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import type { AttemptResult } from "../../src/harness/types.ts";
import { terminalOf, toHostResult } from "../../src/openclaw/result.ts";
import { UsageMeter } from "../../src/openclaw/usage.ts";
import type { TurnOutcome } from "../../src/turn/outcome.ts";
import { fakeAttempt, fakeRuntime } from "./fake-attempt.ts";

const error = new BridgeError("server_exited", "gone");
const turn = { totalTokens: 120, inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, reasoningOutputTokens: 5 };

function convert(changed: Partial<AttemptResult> = {}, fields: object = {}, outcome: object = {}, metas: object = {}) {
  const usage = new UsageMeter(undefined);
  usage.note({ turn: { ...turn, outputTokens: 12, totalTokens: 112 }, thread: turn });
  usage.note({ turn, thread: turn });
  const result = {
    ok: true,
    outcome: { kind: "completed" },
    harness: "codex",
    session: { key: "k", id: "s1" },
    thread: { id: "t", resumed: false },
    turnId: "u",
    text: "the answer",
    finalItemId: "a",
    returnedSteers: [],
    server: {},
    phases: {},
    usage: { turn, thread: turn, contextTokens: 90, contextWindow: 258_400 },
    entries: [
      { id: "t/u/a/assistant", kind: "assistant", threadId: "t", turnId: "u", itemId: "a", text: "the answer" },
    ],
    ...changed,
  } as unknown as AttemptResult;
  return toHostResult(result, {
    params: fakeAttempt(fields as never),
    host: fakeRuntime({ classifyAgentHarnessTerminalOutcome: () => "empty" }),
    attribution: { api: "openai-responses", provider: "openai", model: "gpt-5.5" },
    written: new Set(["t/u/a/assistant"]),
    evidence: {
      outcome: {
        didSendViaMessagingTool: false,
        messagingToolSentTexts: [],
        messagingToolSentMediaUrls: [],
        messagingToolSentTargets: [],
        ...outcome,
      },
      meta: (id) => (metas as Record<string, never>)[id],
    },
    usage,
    compactions: 0,
  });
}

const toolEntry = (name: string, callId = "c1") => ({
  id: `t/u/${callId}/tool`,
  kind: "tool",
  threadId: "t",
  turnId: "u",
  itemId: callId,
  tool: { name, callId, title: name, status: "completed" },
});

describe("the result for the host", () => {
  it("owns its final answer, and counts tokens of the attempt and of the last response apart", () => {
    const result = convert();
    expect(result).toMatchObject({
      terminal: { kind: "ok" },
      assistantTexts: ["the answer"],
      assistantTranscriptOwned: true,
      assistantTranscriptIdempotencyKey: "codex-bridge:t/u/a/assistant",
      attemptUsage: { input: 60, cacheRead: 40, output: 20, reasoningTokens: 5, total: 120 },
      contextTokens: 258_400,
      modelIterations: 2,
    });
    expect(result.attemptUsage?.contextUsage).toEqual({ state: "available", promptTokens: 82, totalTokens: 90 });
    expect(result.lastAssistant?.usage.output).toBe(8);
    expect(result.messagesSnapshot.map(({ role }) => role)).toEqual(["user", "assistant"]);
  });

  it.each([
    [[], true],
    [["web_search"], true],
    [["exec"], false],
    [["apply_patch"], false],
    [["openclaw.automations"], false],
  ])("calls a turn with the tools %j safe to repeat: %s", (names, safe) => {
    const entries = names.map((name, n) => toolEntry(name, `c${n}`)) as never;
    expect(convert({ entries }).replayMetadata).toEqual({ hadPotentialSideEffects: !safe, replaySafe: safe });
  });

  it("believes what a host tool proved about itself", () => {
    const metas = { c1: { replaySafe: true, isError: false, terminate: false, asyncStarted: true } };
    const result = convert({ entries: [toolEntry("openclaw.memory_get")] as never }, {}, {}, metas);
    expect(result.toolMetas).toMatchObject([{ toolName: "memory_get", replaySafe: true, asyncStarted: true }]);
    expect(result.replayMetadata.replaySafe).toBe(true);
  });

  it("keeps what an earlier attempt of the run did", () => {
    const earlier = { initialReplayState: { replayInvalid: true, hadPotentialSideEffects: true } };
    const { replayMetadata, currentAttemptReplayMetadata } = convert({ entries: [] }, earlier);
    expect(replayMetadata).toEqual({ hadPotentialSideEffects: true, replaySafe: false });
    expect(currentAttemptReplayMetadata).toEqual({ hadPotentialSideEffects: false, replaySafe: true });
  });

  it("leaves a turn that has answered through a tool, or waits, unclassified", () => {
    expect(convert().agentHarnessResultClassification).toBe("empty");
    expect(convert({}, {}, { yieldDetected: true }).agentHarnessResultClassification).toBeUndefined();
    const replied = convert({}, {}, { didDeliverSourceReplyViaMessageTool: true });
    expect(replied.agentHarnessResultClassification).toBeUndefined();
  });

  it("tells the host when it may repeat a turn whose server died", () => {
    const died = { ok: false, outcome: { kind: "server_exit", error } as TurnOutcome, text: "" };
    expect(convert({ ...died, entries: [] }).codexAppServerFailure).toMatchObject({
      replaySafe: true,
      transport: "stdio",
    });
    expect(convert({ ...died, text: "half", entries: [] }).codexAppServerFailure).toMatchObject({
      replaySafe: false,
      replayBlockedReason: "assistant_output",
    });
    expect(convert({ ...died, entries: [toolEntry("exec")] as never }).codexAppServerFailure).toMatchObject({
      replayBlockedReason: "tool_activity",
    });
  });

  it("an interruption the host goes on after is nobody's abort", () => {
    const outcome: TurnOutcome = { kind: "interrupted", by: "host" };
    expect(terminalOf(outcome, false, true)).toEqual({ kind: "aborted", source: "runtime" });
    expect(terminalOf(outcome, true, true)).toEqual({ kind: "aborted", source: "external" });
  });

  it("tells the host's failover what a failed turn was", () => {
    const outcome: TurnOutcome = { kind: "failed", error, category: "rate_limit", actions: [] };
    expect(convert({ ok: false, outcome })).toMatchObject({
      terminal: { kind: "failed", error: { status: 429, message: "gone" } },
      providerRetryMaxRetries: 3,
    });
  });

  it.each<[TurnOutcome, object]>([
    [{ kind: "completed" }, { kind: "ok" }],
    [{ kind: "interrupted", by: "release" }, { kind: "ok" }],
    [
      { kind: "interrupted", by: "host" },
      { kind: "aborted", source: "external" },
    ],
    [
      { kind: "interrupted", by: "server" },
      { kind: "aborted", source: "runtime" },
    ],
    [
      { kind: "timeout", clock: "runBudgetMs", error },
      { kind: "timeout", phase: "prompt", source: "runtime", aborted: true },
    ],
    [
      { kind: "server_exit", error },
      { kind: "failed", source: "prompt", error },
    ],
  ])("says %o in the host's words", (outcome, terminal) => {
    expect(terminalOf(outcome, false)).toMatchObject(terminal);
  });
});
