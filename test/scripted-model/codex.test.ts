import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { RawDriver } from "../../bench/raw-driver.ts";
import type { Script } from "../../src/scripted-model/script.ts";
import { DEMO_FILE, defaultScript, demoScript } from "../../src/scripted-model/scripts.ts";
import { type Bench, startBench } from "./fixture.ts";

interface Item {
  type: string;
  [field: string]: unknown;
}

let bench: Bench;
afterEach(() => bench.close());

/** A driver on a new thread, with every completed item and notification it saw. */
async function open(script: Script, thread: object = {}, answers?: (method: string, params: unknown) => unknown) {
  bench = await startBench(script);
  const items: Item[] = [];
  const methods: string[] = [];
  const driver = await bench.driver({
    ...(answers === undefined ? {} : { onRequest: answers }),
    onMessage({ method, params }) {
      if (typeof method === "string") methods.push(method);
      if (method === "item/completed") items.push((params as { item: Item }).item);
    },
  });
  const threadId = await driver.startThread({ ...bench.thread, ...thread });
  return { driver, threadId, items, methods };
}

const ofType = (items: Item[], type: string) => items.filter((item) => item.type === type);

async function codeModeModel(driver: RawDriver): Promise<string> {
  const { data } = (await driver.request("model/list", {})) as { data: { id: string }[] };
  const found = data.find(({ id }) => /^gpt-(5\.[6-9]|[6-9])/.test(id));
  if (found === undefined) throw new Error(`no code-mode model among ${data.map(({ id }) => id).join(", ")}`);
  return found.id;
}

describe("real app-server", () => {
  test("text turn", async () => {
    const { driver, threadId } = await open(defaultScript);
    const turn = await driver.runTurn(threadId, "good morning");
    expect(turn.text).toBe("I am the scripted model. You wrote: good morning");
    expect(turn.firstTokenMs).toBeLessThan(turn.totalMs);
    expect(bench.model.requests.map(({ step, lastUserText }) => [step, lastUserText])).toEqual([[0, "good morning"]]);
  });

  test("reasoning, two messages with phases, usage", async () => {
    const { driver, threadId, items, methods } = await open(() => [
      { think: "**Plan**", raw: "deep" },
      { say: "one", phase: "commentary" },
      { say: "two", phase: "final_answer" },
    ]);
    expect((await driver.runTurn(threadId, "go")).text).toBe("two");
    expect(ofType(items, "reasoning")).toMatchObject([{ summary: ["**Plan**"], content: ["deep"] }]);
    expect(ofType(items, "agentMessage").map(({ phase }) => phase)).toEqual(["commentary", "final_answer"]);
    expect(methods).toContain("item/reasoning/summaryTextDelta");
    expect(methods).toContain("thread/tokenUsage/updated");
  });

  test("parallel shell commands are one step", async () => {
    const { driver, threadId, items } = await open({
      turns: [{ steps: [[{ shell: "echo one" }, { shell: "echo two; exit 3" }], [{ say: "{{lastOutput}}" }]] }],
    });
    await driver.runTurn(threadId, "go");
    const commands = ofType(items, "commandExecution").map(({ exitCode, aggregatedOutput }) => [
      exitCode,
      aggregatedOutput,
    ]);
    expect(commands.sort()).toEqual([
      [0, "one\n"],
      [3, "two\n"],
    ]);
    expect(bench.model.requests.map(({ step }) => step)).toEqual([0, 1]);
    expect(bench.model.requests[1]?.toolOutputs).toHaveLength(2);
  });

  const patch = "*** Begin Patch\n*** Add File: note.txt\n+it's $HOME\n*** End Patch";
  test.each(["gpt-5.5", "unknown-model", "code-mode"])("patch reaches the disk with %s", async (name) => {
    const { driver, items } = await open({ turns: [{ steps: [[{ patch }], [{ say: "ok" }]] }] });
    const model = name === "code-mode" ? await codeModeModel(driver) : name;
    const threadId = await driver.startThread({ ...bench.thread, model });
    await driver.runTurn(threadId, "go");
    expect(await readFile(join(bench.cwd, "note.txt"), "utf8")).toBe("it's $HOME\n");
    expect(ofType(items, "fileChange")).toMatchObject([{ status: "completed" }]);
  });

  test.each(["gpt-5.5", "code-mode"])("dynamic tool calls reach the client with %s", async (name) => {
    const calls: unknown[] = [];
    const { driver } = await open(
      {
        turns: [
          {
            steps: [
              [{ call: "ping", args: { q: 1 } }],
              [{ call: "send", namespace: "oc", args: { to: "{{user}}" } }],
              [{ say: "got {{lastOutput}}" }],
            ],
          },
        ],
      },
      {},
      (method, params) => {
        const { namespace, tool, arguments: args } = params as Record<string, unknown>;
        calls.push([method, namespace, tool, args]);
        return { contentItems: [{ type: "inputText", text: `answer ${calls.length}` }], success: true };
      },
    );
    const model = name === "code-mode" ? await codeModeModel(driver) : name;
    const inputSchema = { type: "object" };
    const dynamicTools = [
      { name: "ping", description: "d", inputSchema },
      { namespace: "oc", name: "send", description: "d", inputSchema },
    ];
    const threadId = await driver.startThread({ ...bench.thread, model, dynamicTools });
    const turn = await driver.runTurn(threadId, "you");
    expect(calls).toEqual([
      ["item/tool/call", null, "ping", { q: 1 }],
      ["item/tool/call", "oc", "send", { to: "you" }],
    ]);
    expect(turn.text).toContain("answer 2");
  });

  test("shell in code mode", async () => {
    const { driver, items } = await open({
      turns: [{ steps: [[{ shell: "echo it-works" }], [{ say: "{{lastOutput}}" }]] }],
    });
    const threadId = await driver.startThread({ ...bench.thread, model: await codeModeModel(driver) });
    expect((await driver.runTurn(threadId, "go")).text).toContain("it-works");
    expect(ofType(items, "commandExecution")).toMatchObject([{ exitCode: 0, aggregatedOutput: "it-works\n" }]);
    expect(bench.model.requests.map(({ step }) => step)).toEqual([0, 1]);
  });

  test.each(["gpt-5.5", "code-mode"])("a plan reaches the client with %s", async (name) => {
    const plan = [{ step: "look", status: "completed" as const }];
    const { driver, methods } = await open({ turns: [{ steps: [[{ plan, explanation: "why" }], [{ say: "ok" }]] }] });
    const model = name === "code-mode" ? await codeModeModel(driver) : name;
    const config = { "tools.update_plan.enabled": true };
    const threadId = await driver.startThread({ ...bench.thread, model, config });
    await driver.runTurn(threadId, "go");
    expect(methods).toContain("turn/plan/updated");
    expect(bench.model.requests[1]?.toolOutputs).toMatchObject([
      { name: name === "code-mode" ? "exec" : "update_plan" },
    ]);
  });

  test("the demo remembers its first turn in a new process", async () => {
    const { driver, threadId, items } = await open(demoScript);
    await driver.runTurn(threadId, "Please look around.");
    expect(await readFile(join(bench.cwd, DEMO_FILE), "utf8")).toContain("Hello");
    expect(items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["reasoning", "agentMessage", "commandExecution", "fileChange"]),
    );
    await driver.close();
    const second = await bench.driver();
    await second.request("thread/resume", { ...bench.thread, threadId });
    const recall = await second.runTurn(threadId, "What did you do before?");
    expect(recall.text).toContain(
      '1 earlier message from you and 2 tool calls from me. You began with "Please look around."',
    );
    const fresh = await second.runTurn(await second.startThread(bench.thread), "What did you do before?");
    expect(fresh.text).toContain("missing");
  });

  test.each<[string, Script, number, unknown]>([
    ["HTTP 500", () => ({ status: 500 }), 2, "internalServerError"],
    ["a cut stream", () => [{ say: "half" }, { cut: true }], 2, "other"],
    ["response.failed", () => [{ failed: { code: "invalid_prompt", message: "no" } }], 1, "other"],
    [
      "a full context",
      () => [{ failed: { code: "context_length_exceeded", message: "no" } }],
      1,
      "contextWindowExceeded",
    ],
    ["a script that throws", () => Promise.reject(new Error("oops")), 1, "other"],
  ])("%s fails the turn, and the next one works", async (_name, script, requests, codexErrorInfo) => {
    let broken = true;
    const { driver, threadId } = await open((request) =>
      broken ? (script as (r: typeof request) => ReturnType<typeof defaultScript>)(request) : defaultScript(request),
    );
    expect(await driver.runTurn(threadId, "go")).toMatchObject({ status: "failed", error: { codexErrorInfo } });
    expect(bench.model.requests.map(({ step }) => step)).toEqual(Array(requests).fill(0));
    broken = false;
    expect((await driver.runTurn(threadId, "again")).text).toContain("again");
  });

  test("an interrupt ends a stalled stream and is seen as aborted", async () => {
    const { driver, threadId } = await open(() => [{ say: "x" }, { stall: true }]);
    const turn = driver.runTurn(threadId, "go");
    await expect.poll(() => bench.model.requests.length).toBe(1);
    await driver.request("turn/interrupt", { threadId, turnId: "" });
    expect((await turn).status).toBe("interrupted");
    await expect.poll(() => bench.model.requests[0]?.aborted).toBe(true);
  });

  test("the raw driver refuses unknown server requests and reports a server that ended", async () => {
    const { driver, threadId } = await open(
      { turns: [{ steps: [[{ call: "ping", args: {} }], [{ say: "{{lastOutput}}" }]] }] },
      { dynamicTools: [{ name: "ping", description: "d", inputSchema: { type: "object" } }] },
    );
    expect((await driver.runTurn(threadId, "go")).text).toContain("dynamic tool request failed");
    await driver.close();
    await expect(driver.runTurn(threadId, "go")).rejects.toThrow("app-server exited (0)");
  });
});
