import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it, vi } from "vitest";
import { ToolEvidence } from "../../src/openclaw/tool-evidence.ts";
import { createToolRun } from "../../src/openclaw/tool-run.ts";
import { buildToolSurface, restricted } from "../../src/openclaw/tool-surface.ts";
import type { ToolCall } from "../../src/requests/types.ts";
import { fakeAttempt, fakeRuntime, sourceReply } from "./fake-attempt.ts";

const call: ToolCall = {
  callId: "c1",
  threadId: "t",
  turnId: "u",
  name: "x",
  signal: new AbortController().signal,
  waitForPerson: (work) => work(),
};

function tool(name: string, result: unknown = { content: [{ type: "text", text: `${name} ran` }] }) {
  const execute = vi.fn(async () => (result instanceof Error ? Promise.reject(result) : result));
  return { name, description: `does ${name}`, parameters: { type: "object" }, execute };
}

function setUp(
  tools: ReturnType<typeof tool>[],
  fields: Record<string, unknown> = {},
  nativeOff = false,
  host = fakeRuntime(),
) {
  const release = vi.fn();
  const observed: Record<string, unknown>[] = [];
  const params = fakeAttempt({
    hostCapabilities: { createToolSurface: () => tools },
    observeToolTerminal: (observation: Record<string, unknown>) => {
      observed.push(observation);
      return observation.outcome === "failure" ? { lastToolError: { toolName: observation.toolName } } : {};
    },
    ...fields,
  });
  const evidence = new ToolEvidence(params, host, release);
  const surface = buildToolSurface(params, host, createToolRun(params, host, evidence), {
    nativeOff,
    signal: call.signal,
    onYield: () => undefined,
  });
  const run = async (name: string, args: unknown = {}) =>
    surface.tools.find((each) => each.name === name)!.execute(args, call);
  return { surface, evidence, release, observed, run };
}

describe("the tool surface", () => {
  const all = ["message", "exec", "read", "apply_patch", "web_search", "automations", "heartbeat_respond"].map((name) =>
    tool(name),
  );

  it("shows the model only what a turn usually needs, and loads the rest on demand", () => {
    const { surface } = setUp(all);
    const placed = surface.tools.map(({ name, namespace, deferLoading }) => [name, namespace, deferLoading]);
    expect(placed).toEqual([
      ["message", undefined, undefined],
      ["exec", "workspace", true],
      ["read", "workspace", true],
      ["automations", "openclaw", true],
      ["heartbeat_respond", "openclaw", true],
    ]);
    expect(surface.deferred).toEqual(["automations", "heartbeat_respond"]);
  });

  it("keeps the same tools whatever an attempt may do, so that no thread has to be replaced", () => {
    const names = (fields: object, off = false) =>
      setUp(all, fields as never, off).surface.tools.map(({ name }) => name);
    expect(names({ trigger: "heartbeat" })).toEqual(names({}));
    expect(names({ disableMessageTool: true })).toEqual(names({}));
    expect(names({}, true)).toEqual(names({}));
  });

  it("refuses at the call what this attempt must not use", async () => {
    const { run, surface } = setUp(all, { disableMessageTool: true });
    for (const name of ["exec", "message", "heartbeat_respond"]) {
      expect(await run(name), name).toMatchObject({ isError: true });
      expect(surface.names.has(name), name).toBe(false);
    }
    expect(all.every(({ execute }) => execute.mock.calls.length === 0)).toBe(true);
  });

  it("gives the host's own shell and files when Codex itself may do nothing", async () => {
    const { run, surface } = setUp([tool("exec")], {}, true);
    expect(surface.tools[0]).toMatchObject({ namespace: "workspace" });
    expect(surface.tools[0]!.deferLoading).toBeUndefined();
    expect(await run("exec")).toMatchObject({ content: [{ type: "text", text: "exec ran" }] });
  });

  it("has none when tools are off, and says so when the host cannot make any", () => {
    expect(setUp(all, { disableTools: true }).surface.tools).toEqual([]);
    expect(() => setUp(all, { hostCapabilities: {} })).toThrow("no tools");
  });

  it("runs only what a plugin's hook leaves", async () => {
    const left = restricted(setUp([tool("message"), tool("memory_get")]).surface, ["memory_get"]);
    expect([...left.names]).toEqual(["memory_get"]);
    expect(await left.tools[0]!.execute({}, call)).toMatchObject({ isError: true });
  });
});

describe("a tool call", () => {
  it("runs in the run's async context and reports what reached the tool", async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const each = {
      ...tool("automations"),
      execute: vi.fn(async () => ({ content: [], details: seen.push(context.getStore()) })),
    };
    const host = fakeRuntime({ consumeAdjustedParamsForToolCall: () => ({ action: "add" }) });
    const { run, observed, evidence } = context.run("run", () => setUp([each as never], {}, false, host));
    await context.run("elsewhere", () => run("automations", { action: "list" }));
    expect(seen).toEqual(["run"]);
    expect(observed[0]).toMatchObject({ arguments: { action: "add" }, executionStarted: true, outcome: "success" });
    expect(evidence.outcome.successfulCronAdds).toBe(1);
  });

  it("asserts the run's authority before it begins", async () => {
    const each = tool("memory_get");
    const { run } = setUp([each], {
      hostCapabilities: {
        createToolSurface: () => [each],
        assertActive: () => {
          throw new Error("superseded");
        },
      },
    });
    expect(await run("memory_get")).toMatchObject({ isError: true, content: [{ type: "text", text: "superseded" }] });
    expect(each.execute).not.toHaveBeenCalled();
  });

  it("says that a call a hook stopped never began", async () => {
    const host = fakeRuntime({ consumePreExecutionBlockedToolCall: () => true });
    const { run, observed, evidence } = setUp([tool("automations", new Error("not now"))], {}, false, host);
    expect(await run("automations")).toMatchObject({ isError: true });
    expect(observed[0]).toMatchObject({ executionStarted: false, outcome: "failure" });
    expect(evidence.meta("c1")).toMatchObject({ replaySafe: true, isError: true });
    expect(evidence.outcome.lastToolError).toEqual({ toolName: "automations" });
  });

  it("gives the model what middleware made of a result, and takes evidence from the result itself", async () => {
    const host = fakeRuntime({
      createAgentToolResultMiddlewareRunner: () => ({
        applyToolResultMiddleware: async () => ({ content: [{ type: "text", text: "shortened" }], details: {} }),
      }),
    });
    const accepted = { status: "accepted", runId: "r9", childSessionKey: "k9", expectsCompletionMessage: true };
    const { run, evidence } = setUp([tool("sessions_spawn", { content: [], details: accepted })], {}, false, host);
    expect(await run("sessions_spawn")).toEqual({ content: [{ type: "text", text: "shortened" }] });
    expect(evidence.outcome.acceptedSessionSpawns).toEqual([
      { runId: "r9", childSessionKey: "k9", expectsCompletionMessage: true },
    ]);
  });

  it("lets Codex finish by itself after a yield", async () => {
    const { run, evidence, release } = setUp([tool("sessions_yield", { content: [], details: { status: "yielded" } })]);
    await run("sessions_yield");
    expect(evidence.outcome.yieldDetected).toBe(true);
    expect(release).toHaveBeenCalledOnce();
  });

  it("ends the turn with the reply its source waits for, not with progress", async () => {
    const { run, evidence, release } = setUp([tool("message")]);
    await run("message", { to: sourceReply, text: "working on it", final: false });
    expect(release).not.toHaveBeenCalled();
    await run("message", { to: sourceReply, text: "done" });
    expect(release).toHaveBeenCalledOnce();
    expect(evidence.outcome).toMatchObject({
      didSendViaMessagingTool: true,
      didDeliverSourceReplyViaMessageTool: true,
      messagingToolSentTexts: ["working on it", "done"],
    });
    expect(evidence.outcome.messagingToolSentTargets.map(({ sourceReplyFinal }) => sourceReplyFinal)).toEqual([
      false,
      true,
    ]);
  });

  it("counts nothing as sent that failed", async () => {
    const { run, evidence } = setUp([tool("message", { content: [], details: { status: "failed" } })]);
    await run("message", { to: "somebody", text: "hi" });
    expect(evidence.outcome.didSendViaMessagingTool).toBe(false);
    expect(evidence.outcome.messagingToolSentTexts).toEqual([]);
  });

  it("keeps media of results", async () => {
    const { run, evidence } = setUp([tool("tts", { content: [], details: { mediaUrls: ["/tmp/a.ogg"] } })]);
    await run("tts");
    await run("tts");
    expect(evidence.outcome.toolMediaUrls).toEqual(["/tmp/a.ogg"]);
  });
});
