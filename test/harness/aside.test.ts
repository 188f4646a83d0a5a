import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelRequest } from "../../src/scripted-model/request.ts";
import type { Part } from "../../src/scripted-model/script.ts";
import { openTestHost } from "./fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
let seen: ModelRequest | undefined;
let parts: Part[] = [{ say: "ok" }];
beforeAll(async () => {
  bridge = await openTestHost("aside");
  bridge.reply = (request) => {
    seen = request;
    return parts;
  };
});
afterAll(() => bridge.close());

const session = (key: string) => ({ key, id: key });
const route = { model: "gpt-5.5", modelProvider: "scripted" };
const ask = (key: string | undefined, question: string, extra: object = {}) =>
  bridge.harness.aside({
    ...(key === undefined ? {} : { session: session(key) }),
    question,
    cwd: bridge.folder,
    timeoutMs: 20_000,
    ...route,
    ...extra,
  });
const toolNames = (): unknown[] =>
  ((seen!.body as { tools?: { name?: string; type: string }[] }).tools ?? []).map(({ name, type }) => name ?? type);
const input = (): string => JSON.stringify(seen?.body.input ?? []);

describe("a question beside the session", () => {
  it("is asked in a copy of the conversation, which does not learn of it", async () => {
    parts = [{ say: "noted" }];
    const turn = await bridge.turn("walnut", "the word is walnut");
    parts = [{ say: "it was walnut" }];
    expect(await ask("walnut", "which word?")).toMatchObject({ text: "it was walnut", model: "gpt-5.5" });
    expect(input()).toContain("the word is walnut");
    parts = [{ say: "ok" }];
    const next = await bridge.turn("walnut", "go on");
    expect(next.thread).toMatchObject({ id: turn.thread.id, resumed: true });
    expect(input()).not.toContain("which word?");
  });

  it("offers the model no tool that could act", async () => {
    parts = [{ say: "ok" }];
    await bridge.turn("tools", "hello");
    expect(toolNames()).toContain("exec_command");
    await ask("tools", "anything?");
    expect(toolNames()).not.toContain("exec_command");
    expect(toolNames()).not.toContain("spawn_agent");
    await ask(undefined, "anything?", { instructions: "Answer in one word." });
    expect(toolNames()).not.toContain("exec_command");
    expect(JSON.stringify(seen!.body)).toContain("Answer in one word.");
    expect(seen!.bytes).toBeLessThan(12_000);
    expect(input()).not.toContain("hello");
  });

  it("is refused when a tool was reached for all the same", async () => {
    parts = [{ say: "ok" }];
    const ran: unknown[] = [];
    const greet = {
      name: "greet",
      description: "Greets.",
      inputSchema: { type: "object", properties: {} },
      execute: (args: unknown) => {
        ran.push(args);
        return "hello";
      },
    };
    await bridge.turn("reached", "hello", { tools: [greet] });
    parts = [{ call: "greet", args: {} }];
    await expect(ask("reached", "greet me")).rejects.toMatchObject({
      code: "aside_used_tool",
      facts: { tool: "dynamicToolCall" },
    });
    expect(ran).toEqual([]);
    parts = [{ say: "ok" }];
  });

  it("does not wait for the turn that is running", async () => {
    parts = [{ say: "ok" }];
    await bridge.turn("busy", "the word is hazel");
    parts = [{ waitMs: 4000 }, { say: "late" }];
    const running = bridge.turn("busy", "take your time");
    await expect.poll(() => input()).toContain("take your time");
    parts = [{ say: "hazel" }];
    const from = performance.now();
    expect((await ask("busy", "which word?")).text).toBe("hazel");
    expect(performance.now() - from).toBeLessThan(3500);
    expect((await running).text).toBe("late");
  });

  it("names the reason when there is no conversation, and when it was withdrawn", async () => {
    await expect(ask("nobody", "hello?")).rejects.toMatchObject({ code: "session_has_no_thread" });
    const stop = new AbortController();
    parts = [{ waitMs: 10_000 }, { say: "never" }];
    const asked = ask(undefined, "hello?", { signal: stop.signal });
    await expect.poll(() => input()).toContain("hello?");
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: "aborted" });
    parts = [{ say: "ok" }];
    const gone = (): never => {
      throw new Error("not any more");
    };
    await expect(ask(undefined, "hello?", { assertCurrent: gone })).rejects.toThrow("not any more");
  });
});
