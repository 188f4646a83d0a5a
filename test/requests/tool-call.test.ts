import { afterEach, describe, expect, it, vi } from "vitest";
import { type CallContext, callTimeoutMs, runToolCall, type ToolAnswer } from "../../src/requests/tool-call.ts";
import type { HostTool, RequestHandlers, ToolContent, ToolResult } from "../../src/requests/types.ts";

afterEach(() => {
  vi.useRealTimers();
});

const tool = (execute: HostTool["execute"], more: Partial<HostTool> = {}): HostTool => ({
  name: "t",
  description: "",
  inputSchema: {},
  execute,
  ...more,
});
const call = (called: HostTool, handlers: RequestHandlers = {}, more: Partial<CallContext> = {}): Promise<ToolAnswer> =>
  runToolCall({
    tool: called,
    args: { q: 1 },
    handlers,
    toolMs: 1000,
    callId: "c",
    threadId: "th",
    turnId: "tu",
    signal: new AbortController().signal,
    ...more,
  });
const gives = (content: ToolContent[], more: Partial<ToolResult> = {}) => tool(() => ({ content, ...more }));
const texts = ({ contentItems }: ToolAnswer) =>
  contentItems.map((item) => ("text" in item ? item.text : item.imageUrl));
const never = () => new Promise<string>(() => undefined);

describe("how long a call may take", () => {
  const own = tool(never, { timeoutMs: 3 });
  const plain = tool(never);
  it.each<[string, HostTool, unknown, Record<string, number> | undefined, number]>([
    ["the configuration before all else", own, { timeoutMs: 2 }, { t: 1 }, 1],
    ["the call's own argument before the tool", own, { timeoutMs: 2 }, { other: 1 }, 2],
    ["an argument in seconds, with time to report back", own, { timeoutSeconds: 2 }, undefined, 32_000],
    ["milliseconds before seconds", own, { timeoutMs: 2, timeoutSeconds: 2 }, undefined, 2],
    ["the tool before the clock", own, {}, undefined, 3],
    ["the clock at last", plain, {}, undefined, 4],
    ["an argument of another kind counts as none", own, { timeoutMs: "2" }, undefined, 3],
    ["an argument of nothing or less, too", own, { timeoutMs: 0, timeoutSeconds: 5 }, undefined, 3],
    ["arguments that are no object", own, null, undefined, 3],
    ["ten minutes at most: by argument", own, { timeoutMs: 1e9 }, undefined, 600_000],
    ["ten minutes at most: by configuration", own, {}, { t: 1e9 }, 600_000],
    ["ten minutes at most: by the tool", tool(never, { timeoutMs: 1e9 }), {}, undefined, 600_000],
  ])("%s", (_what, called, args, toolTimeouts, ms) => {
    expect(callTimeoutMs(called, args, toolTimeouts ? { toolTimeouts } : {}, 4)).toBe(ms);
  });

  it("is not what every object has by the tool's name", () => {
    expect(callTimeoutMs(tool(never, { name: "constructor" }), {}, { toolTimeouts: {} }, 4)).toBe(4);
  });
});

describe("the clock of a call", () => {
  it("ends it, and tells the tool", async () => {
    vi.useFakeTimers();
    let told: unknown;
    const answer = call(
      tool((_, { signal }) => {
        signal.addEventListener("abort", () => {
          told = signal.reason;
        });
        return never();
      }),
    );
    await vi.advanceTimersByTimeAsync(1000);
    expect(await answer).toEqual({
      contentItems: [{ type: "inputText", text: expect.stringContaining("did not finish within 1000 ms") }],
      success: false,
    });
    expect(told).toBeInstanceOf(Error);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("stands still while a person is asked, and goes on where it stood", async () => {
    vi.useFakeTimers();
    let over = false;
    const answer = call(
      tool(async (_, { waitForPerson }) => {
        await new Promise((done) => setTimeout(done, 600));
        await waitForPerson(() => new Promise((done) => setTimeout(done, 3_600_000)));
        return never();
      }),
    ).finally(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(600 + 3_600_000 + 399);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect((await answer).success).toBe(false);
  });

  it("stands still until the last of several people has answered", async () => {
    vi.useFakeTimers();
    const wait = (ms: number) => () => new Promise((done) => setTimeout(done, ms));
    const answer = call(
      tool(async (_, { waitForPerson }) => {
        await Promise.all([waitForPerson(wait(100)), waitForPerson(wait(5000))]);
        return "asked";
      }),
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect(texts(await answer)).toEqual(["asked"]);
  });

  it("leaves nothing running after an answer", async () => {
    vi.useFakeTimers();
    expect(await call(tool(() => "x"))).toMatchObject({ success: true });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("hooks", () => {
  it("run in order; what is observed is what the tool gave, what the model reads is what was made of it", async () => {
    const seen: unknown[] = [];
    const called = tool((args) => {
      seen.push(["execute", args]);
      return "raw";
    });
    const answer = await call(called, {
      toolHooks: {
        before: async (_, args) => {
          seen.push(["before", args]);
          return { arguments: { q: 2 } };
        },
        observe: (_, args, result) => void seen.push(["observe", args, structuredClone(result)]),
        transform: async (_, result) => {
          seen.push(["transform", result]);
          return { content: [{ type: "text", text: "made" }], isError: true };
        },
      },
    });
    const raw = { content: [{ type: "text", text: "raw" }] };
    expect(seen).toEqual([
      ["before", { q: 1 }],
      ["execute", { q: 2 }],
      ["observe", { q: 2 }, raw],
      ["transform", raw],
    ]);
    expect(answer).toEqual({ contentItems: [{ type: "inputText", text: "made" }], success: false });
  });

  it.each<[string, RequestHandlers["toolHooks"], RegExp]>([
    ["blocks", { before: async () => ({ block: "not here" }) }, /^not here$/],
    ["throws", { before: () => Promise.reject(new Error("hook broke")) }, /hook broke/],
  ])("before, when it %s, keeps the tool from running", async (_how, toolHooks, words) => {
    const execute = vi.fn(() => "ran");
    const answer = await call(tool(execute), toolHooks ? { toolHooks } : {});
    expect(execute).not.toHaveBeenCalled();
    expect(answer.success).toBe(false);
    expect(texts(answer)[0]).toMatch(words);
  });

  it("do not run the tool when its turn ended while they thought about it", async () => {
    const abort = new AbortController();
    const execute = vi.fn(() => "ran");
    const gate = Promise.withResolvers<undefined>();
    const answer = call(tool(execute), { toolHooks: { before: () => gate.promise } }, { signal: abort.signal });
    abort.abort(new Error("the turn is over"));
    expect(texts(await answer)[0]).toContain("the turn is over");
    gate.resolve(undefined);
    await new Promise((done) => setTimeout(done, 5));
    expect(execute).not.toHaveBeenCalled();
  });
});

describe("what the model gets", () => {
  it("of long texts is both ends of each, together no more than one may have", async () => {
    const answer = await call(
      gives([1, 2].map((n) => ({ type: "text", text: `${n}begin${"x".repeat(300_000)}end${n}` }))),
    );
    expect(texts(answer)).toEqual([
      expect.stringMatching(/^1begin.*characters left out.*end1$/s),
      expect.stringMatching(/^2begin.*characters left out.*end2$/s),
    ]);
    expect(texts(answer).join("").length).toBeLessThan(201_000);
  });

  it("of very many texts is still bounded", async () => {
    const many = Array.from({ length: 300_000 }, (): ToolContent => ({ type: "text", text: "some text" }));
    expect(JSON.stringify(await call(gives(many))).length).toBeLessThan(1_000_000);
  });

  it("of images is eight, none larger than 8 MiB, each loss in words", async () => {
    const image = (data: string): ToolContent => ({ type: "image", data, mimeType: "image/png" });
    const seen = texts(await call(gives([image("A".repeat(8 * 1_048_576 + 1)), ...Array(9).fill(image("AAAA"))])));
    expect(seen).toHaveLength(10);
    expect(seen[0]).toContain("8388609 base64 characters was left out");
    expect(seen.slice(1, 9)).toEqual(Array(8).fill("data:image/png;base64,AAAA"));
    expect(seen[9]).toContain("left out");
  });

  it.each<[string, HostTool, object]>([
    ["a text", tool(() => "x"), { contentItems: [{ type: "inputText", text: "x" }], success: true }],
    ["nothing", gives([]), { contentItems: [{ type: "inputText", text: "(no output)" }], success: true }],
    ["a failure", gives([], { isError: true }), { success: false }],
    ["what was thrown", tool(() => Promise.reject(new Error("no luck"))), { success: false }],
    ["nonsense", tool(() => ({ content: [{ type: "video" }] }) as never), { success: false }],
    ["undefined", tool(() => undefined as never), { success: false }],
  ])("of %s says so", async (_what, called, answer) => {
    expect(await call(called)).toMatchObject(answer);
  });

  it("of an error with a book as its message is both ends", async () => {
    const answer = await call(tool(() => Promise.reject(new Error(`a${"x".repeat(1_000_000)}z`))));
    expect(texts(answer)[0]!.length).toBeLessThan(4200);
    expect(texts(answer)[0]).toMatch(/z$/);
  });
});
