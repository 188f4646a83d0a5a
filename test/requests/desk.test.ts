import { afterEach, describe, expect, it, vi } from "vitest";
import { AnswerLog } from "../../src/requests/answer-log.ts";
import { ApprovalMemory } from "../../src/requests/approvals.ts";
import { type DeskOptions, RequestDesk } from "../../src/requests/desk.ts";
import { rowOf } from "../../src/requests/table.ts";
import { toolSet } from "../../src/requests/tool-set.ts";
import type { ApprovalAsk, ApprovalDecision, HostTool, RequestHandlers } from "../../src/requests/types.ts";
import type { RequestId } from "../../src/wire/connection.ts";

afterEach(() => {
  vi.useRealTimers();
});

const turn = { threadId: "t", turnId: "u", itemId: "i" };
const tick = (): Promise<void> => new Promise((done) => setImmediate(done));
const tool = (name: string, execute: HostTool["execute"], more: Partial<HostTool> = {}): HostTool => ({
  name,
  description: "",
  inputSchema: {},
  execute,
  ...more,
});

/** A desk, and every answer it gives, in order, by request id. */
function openDesk(handlers: RequestHandlers = {}, more: Partial<DeskOptions> = {}) {
  const sent: [RequestId, unknown][] = [];
  const warnings: string[] = [];
  const desk = new RequestDesk({
    handlers,
    tools: toolSet(handlers.tools ?? [], []),
    clocks: { toolMs: 1000, approvalMs: 2000 },
    memory: new ApprovalMemory(),
    answers: new AnswerLog(),
    warn: (message) => void warnings.push(message),
    ...more,
  });
  const take = (id: RequestId, method: string, params: unknown): void =>
    desk.take({
      id,
      method,
      params,
      respond: (result) => sent.push([id, result]) > 0,
      reject: (error) => sent.push([id, { error }]) > 0,
      answered: false,
    });
  const call = (id: RequestId, name: string, callId: string = `call-${typeof id}-${id}`): void =>
    take(id, "item/tool/call", { ...turn, callId, tool: name, arguments: {} });
  const command = (id: RequestId, line: string, more: object = {}): void =>
    take(id, "item/commandExecution/requestApproval", { ...turn, command: line, cwd: "/w", ...more });
  return { desk, sent, warnings, take, call, command };
}
const said = (text: unknown) => ({ contentItems: [{ type: "inputText", text }], success: expect.any(Boolean) });

describe("a request", () => {
  it("that comes twice is worked on once: one answer while it is open, the same again afterwards", async () => {
    const execute = vi.fn(() => `ran ${execute.mock.calls.length} time`);
    const { sent, call } = openDesk({ tools: [tool("a", execute)] });
    call(1, "a");
    call(1, "a");
    await tick();
    expect(sent).toEqual([[1, said("ran 1 time")]]);
    call(1, "a");
    await tick();
    expect(sent).toEqual([1, 1].map((id) => [id, said("ran 1 time")]));
    expect(execute).toHaveBeenCalledTimes(1);
  });

  it("that comes again after its answer is answered the same, and nobody is asked twice", async () => {
    const approve = vi.fn(async () => "accept" as const);
    const { sent, command } = openDesk({ approve });
    command(1, "rm x");
    await tick();
    command(1, "rm x");
    await tick();
    expect(sent).toEqual([1, 1].map((id) => [id, { decision: "accept" }]));
    expect(approve).toHaveBeenCalledTimes(1);
    // Another request under that id is another request.
    command(1, "rm y");
    await tick();
    expect(approve).toHaveBeenCalledTimes(2);
  });

  it("is known again by the next turn's desk on the same connection", async () => {
    const answers = new AnswerLog();
    const execute = vi.fn(() => "ran");
    for (let n = 0; n < 2; n += 1) openDesk({ tools: [tool("a", execute)] }, { answers }).call(1, "a");
    await tick();
    expect(execute).toHaveBeenCalledTimes(1);
  });

  it("by a number is another than one by the same digits", async () => {
    const { desk, sent, call } = openDesk({ tools: [tool("a", (_, { callId }) => callId)] });
    call(1, "a");
    call("1", "a");
    expect(desk.pending).toBe(2);
    await tick();
    expect(sent).toEqual([
      [1, said("call-number-1")],
      ["1", said("call-string-1")],
    ]);
    expect(desk.pending).toBe(0);
  });

  it.each(["made/up", "constructor", "account/chatgptAuthTokens/refresh", "attestation/generate"])(
    "of the method %s is refused as not known here",
    async (method) => {
      const { sent, take } = openDesk();
      take(1, method, {});
      await tick();
      expect(sent).toEqual([[1, { error: { code: -32601, message: expect.any(String) } }]]);
    },
  );

  it.each([
    "item/tool/call",
    "item/commandExecution/requestApproval",
    "item/fileChange/requestApproval",
    "item/permissions/requestApproval",
    "item/tool/requestUserInput",
    "mcpServer/elicitation/request",
  ])("%s with parameters nobody expects is answered safely", async (method) => {
    const everything = { approve: async () => "accept" as const, answer: async () => ({}), fillIn: vi.fn() };
    const { sent, take } = openDesk(everything);
    const bad: unknown[] = [undefined, null, 7, [], {}, { threadId: 1 }];
    for (const [id, params] of bad.entries()) take(id, method, params);
    await tick();
    expect(sent.map(([id]) => id)).toEqual(bad.map((_, id) => id));
    const fields = Object.keys(rowOf(method).safe("") as object);
    for (const [, answer] of sent) expect(Object.keys(answer as object)).toEqual(fields);
    expect(JSON.stringify(sent)).not.toContain("accept");
  });
});

describe("a tool call", () => {
  it("runs once by its call id, also when another request asks for it", async () => {
    const execute = vi.fn(() => `ran ${execute.mock.calls.length} time`);
    const { sent, call } = openDesk({ tools: [tool("a", execute)] });
    call(1, "a", "same");
    call(2, "a", "same");
    call(3, "a", "another");
    await tick();
    expect(sent).toEqual([
      [1, said("ran 1 time")],
      [2, said("ran 1 time")],
      [3, said("ran 2 time")],
    ]);
  });

  it("of a sequential tool waits for the one before it, whatever became of that; others do not", async () => {
    const gates: PromiseWithResolvers<string>[] = [];
    const wait = () => {
      const gate = Promise.withResolvers<string>();
      gates.push(gate);
      return gate.promise;
    };
    const { sent, call } = openDesk({ tools: [tool("one", wait, { sequential: true }), tool("free", () => "free")] });
    for (const id of [1, 2, 3]) call(id, "one");
    call(4, "free");
    await tick();
    expect(gates).toHaveLength(1);
    expect(sent.map(([id]) => id)).toEqual([4]);
    gates[0]!.reject(new Error("no luck"));
    await tick();
    expect(gates).toHaveLength(2);
    gates[1]!.resolve("two");
    await tick();
    gates[2]!.resolve("three");
    await tick();
    expect(sent.slice(1)).toEqual([
      [1, said(expect.stringContaining("no luck"))],
      [2, said("two")],
      [3, said("three")],
    ]);
  });

  it("of a tool nobody has is said to be one", async () => {
    const { sent, call } = openDesk({ tools: [tool("a", () => "x")] });
    call(1, "b");
    await tick();
    expect(sent).toEqual([[1, { ...said(expect.stringContaining("no tool b")), success: false }]]);
  });
});

describe("the end", () => {
  it("answers everything that is open, once, and stops what runs", async () => {
    let stopped: unknown;
    const asked: AbortSignal[] = [];
    const hanging = tool("hangs", (_, { signal }) => {
      signal.addEventListener("abort", () => {
        stopped = signal.reason;
      });
      return new Promise<string>(() => undefined);
    });
    const never = (_: unknown, signal: AbortSignal) => {
      asked.push(signal);
      return new Promise<never>(() => undefined);
    };
    const { desk, sent, call, command, take } = openDesk({ tools: [hanging], approve: never, answer: never });
    call(1, "hangs");
    command(2, "ls");
    take(3, "item/tool/requestUserInput", { ...turn, questions: [{ id: "q" }] });
    await tick();
    expect(desk.pending).toBe(3);
    desk.close("the turn is over");
    desk.close("again");
    await tick();
    expect(Object.fromEntries(sent)).toEqual({
      1: { ...said(expect.stringContaining("the turn is over")), success: false },
      2: { decision: "decline" },
      3: { answers: {} },
    });
    expect(sent).toHaveLength(3);
    expect(stopped).toBeInstanceOf(Error);
    expect(asked.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(desk.pending).toBe(0);
  });

  it("is the end: what comes later is answered safely, and nobody is asked nor any tool run", async () => {
    const execute = vi.fn(() => "ran");
    const approve = vi.fn(async () => "accept" as const);
    const before = vi.fn(async () => undefined);
    const { desk, sent, call, command } = openDesk({ tools: [tool("a", execute)], approve, toolHooks: { before } });
    desk.close("the turn is over");
    call(1, "a");
    command(2, "ls");
    await tick();
    expect(sent.map(([id]) => id).toSorted()).toEqual([1, 2]);
    expect(Object.fromEntries(sent)).toMatchObject({ 1: { success: false }, 2: { decision: "decline" } });
    for (const mock of [execute, approve, before]) expect(mock).not.toHaveBeenCalled();
  });

  it("of one request, answered elsewhere, takes the question back and touches nothing else", async () => {
    const signals: AbortSignal[] = [];
    const approve = (_: ApprovalAsk, signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<ApprovalDecision>(() => undefined);
    };
    const { desk, command } = openDesk({ approve });
    command(1, "ls");
    command("1", "pwd");
    desk.resolved(1);
    desk.resolved(99);
    await tick();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(desk.pending).toBe(1);
  });

  it("comes by the clock when nobody answers; a late answer counts for nothing", async () => {
    vi.useFakeTimers();
    const gate = Promise.withResolvers<ApprovalDecision>();
    const decisions = [gate.promise, Promise.resolve("decline" as const)];
    const { sent, command } = openDesk({ approve: () => decisions.shift()! });
    command(1, "ls");
    await vi.advanceTimersByTimeAsync(1999);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([[1, { decision: "decline" }]]);
    gate.resolve("accept_session");
    await vi.advanceTimersByTimeAsync(1);
    command(2, "ls");
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([1, 2].map((id) => [id, { decision: "decline" }]));
  });
});
