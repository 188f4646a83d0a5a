import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it, vi } from "vitest";
import type { ToolProgress } from "../../src/harness/types.ts";
import { createObserver } from "../../src/openclaw/observer.ts";
import { UsageMeter } from "../../src/openclaw/usage.ts";
import { fakeAttempt, fakeRuntime } from "./fake-attempt.ts";

function setUp(fields: Record<string, unknown> = {}) {
  const events: [string, Record<string, unknown>][] = [];
  const emitAgentEvent = vi.fn();
  const noteNative = vi.fn();
  const flush = vi.fn(async () => undefined);
  const onAgentEvent = ({ stream, data }: { stream: string; data: Record<string, unknown> }) =>
    void events.push([stream, data]);
  const observer = createObserver(
    fakeAttempt({ onAgentEvent, ...fields }),
    fakeRuntime({
      emitAgentEvent,
      formatToolAggregate: (name: string, metas: string[]) => [name, ...metas].join(": "),
    }),
    {
      run: { steered: () => undefined, compacting: () => undefined },
      sink: { flush },
      usage: new UsageMeter(undefined),
      evidence: { noteNative },
    },
  );
  return { observer, events, emitAgentEvent, noteNative, flush };
}

const exec: ToolProgress = {
  phase: "start",
  id: "c1",
  name: "exec",
  title: "ls -la",
  input: { command: "ls -la" },
  native: true,
};

describe("the observer", () => {
  it("tells bus and caller alike, in the run's async context", async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { observer, events, emitAgentEvent } = context.run("run", () =>
      setUp({ onPartialReply: () => void seen.push(context.getStore()) }),
    );
    await context.run("wire", () => observer.onPartialReply!({ itemId: "m", text: "Hel", delta: "Hel" }));
    expect(events).toEqual([["assistant", { itemId: "m", text: "Hel", delta: "Hel" }]]);
    expect(emitAgentEvent.mock.calls[0]![0]).toMatchObject({
      runId: "r1",
      sessionKey: "agent:main:main",
      stream: "assistant",
    });
    expect(seen).toEqual(["run"]);
  });

  it("shows a tool's start, progress and end, and a line of progress for its start and end", async () => {
    const { observer, events, noteNative } = setUp();
    await observer.onTool!(exec);
    await observer.onTool!({ ...exec, phase: "update", output: "a" });
    await observer.onTool!({ ...exec, phase: "end", output: "a b", status: "failed" });
    expect(events.map(([stream, { phase, status }]) => [stream, phase, status])).toEqual([
      ["tool", "start", undefined],
      ["item", "start", "running"],
      ["tool", "update", undefined],
      ["tool", "result", undefined],
      ["item", "end", "failed"],
    ]);
    expect(events[0]![1]).toMatchObject({ name: "exec", toolCallId: "c1", args: { command: "ls -la" } });
    expect(events[1]![1]).toMatchObject({ kind: "command", title: "ls -la" });
    expect(events[3]![1]).toMatchObject({ result: "a b", isError: true });
    expect(noteNative).toHaveBeenCalledExactlyOnceWith({
      callId: "c1",
      name: "exec",
      input: { command: "ls -la" },
      output: "a b",
      isError: true,
    });
  });

  it("knows a host tool by its plain name, and leaves its evidence to the call itself", async () => {
    const { observer, events, noteNative } = setUp();
    await observer.onTool!({
      ...exec,
      phase: "end",
      name: "openclaw.session_status",
      native: false,
      status: "completed",
    });
    expect(events[0]![1]).toMatchObject({ name: "session_status", isError: false });
    expect(noteNative).not.toHaveBeenCalled();
  });

  it("shows commentary as a preamble, reasoning as thinking, a plan in the host's spelling", async () => {
    const { observer, events } = setUp();
    await observer.onCommentary!({ itemId: "m", text: "Looking. ", delta: " " });
    await observer.onReasoning!({ itemId: "r", text: "Hm", delta: "Hm" });
    await observer.onPlan!({ steps: [{ step: "a", status: "inProgress" }] });
    expect(events).toMatchObject([
      ["item", { kind: "preamble", progressText: "Looking." }],
      ["thinking", { text: "Hm", delta: "Hm" }],
      ["plan", { phase: "update", steps: [{ step: "a", status: "in_progress" }] }],
    ]);
  });

  it("reports the output of each response once", async () => {
    const reportOutputTokens = vi.fn();
    const { observer, flush } = setUp({ hostCapabilities: { reportOutputTokens } });
    const counts = (outputTokens: number) => {
      const turn = {
        totalTokens: 100 + outputTokens,
        inputTokens: 100,
        cachedInputTokens: 0,
        outputTokens,
        reasoningOutputTokens: 0,
      };
      return { turn, thread: turn };
    };
    await observer.onUsage!(counts(5));
    await observer.onUsage!(counts(5));
    await observer.onUsage!(counts(12));
    expect(reportOutputTokens.mock.calls).toEqual([[5], [7]]);
    expect(flush).toHaveBeenCalledTimes(3);
  });

  it("leaves the end to its caller when the host says so", () => {
    const { observer, events } = setUp({ deferTerminalLifecycle: true });
    observer.lifecycle("start");
    observer.lifecycle("end");
    expect(events.map(([, { phase }]) => phase)).toEqual(["start", "finishing"]);
  });

  it("streams nothing that nobody reads", async () => {
    const { observer, events } = setUp({ suppressLiveStreamOutput: true });
    await observer.onPartialReply!({ itemId: "m", text: "x", delta: "x" });
    await observer.onCommentary!({ itemId: "m", text: "x", delta: "x" });
    expect(events).toEqual([]);
  });
});

describe("verbose mode", () => {
  const shown = async (fields: Record<string, unknown>) => {
    const onToolResult = vi.fn(async (_payload: { text: string }) => undefined);
    const { observer } = setUp({ onToolResult, ...fields });
    await observer.onTool!(exec);
    await observer.onTool!({ ...exec, phase: "end", output: "total ``` 4", status: "completed" });
    return onToolResult.mock.calls.map(([payload]) => payload);
  };

  it("is off unless it is asked for", async () => expect(await shown({})).toEqual([]));

  it("names the tool in a channel, and not what a command says", async () => {
    expect(await shown({ verboseLevel: "on", messageChannel: "telegram" })).toEqual([
      { text: "exec", channelData: { openclawToolProgressId: "c1" } },
    ]);
  });

  it("shows the output in full mode, in a fence it cannot leave", async () => {
    expect((await shown({ verboseLevel: "full" })).map(({ text }) => text)).toEqual([
      "exec: ls -la",
      "exec: ls -la\n````txt\ntotal ``` 4\n````",
    ]);
  });

  it("asks the host each time", async () => {
    expect(
      await shown({ verboseLevel: "full", shouldEmitToolResult: () => false, shouldEmitToolOutput: () => false }),
    ).toEqual([]);
  });
});
