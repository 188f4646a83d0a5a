import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGatewayHost } from "./support/host.ts";
import { toolResults } from "./support/script.ts";
import type { ScriptedAnswer, UpstreamRequest } from "./support/upstream.ts";

/*
 * What an upstream can do wrong over Chat, and what a real Codex makes of how it is told: it fails at once and readably, or
 * tries again as often as it may. `test/gateway/server.test.ts` has the codes; here is what follows from them.
 */

let bridge: Awaited<ReturnType<typeof openGatewayHost>>;
beforeAll(async () => {
  bridge = await openGatewayHost("errors", { harness: "minimal" });
});
afterAll(() => bridge.close());

/** Every answer of a turn, in order; the last one is given again and again. */
const play = async (name: string, ...answers: (ScriptedAnswer | ((request: UpstreamRequest) => ScriptedAnswer))[]) => {
  const from = bridge.upstream.requests.length;
  bridge.upstream.script = (request) => {
    const answer = answers[Math.min(request.index - from, answers.length - 1)]!;
    return typeof answer === "function" ? answer(request) : answer;
  };
  const result = await bridge.turn(name, "please");
  const message = "error" in result.outcome ? result.outcome.error.message : "";
  return { result, message, asked: bridge.upstream.requests.slice(from) };
};
const error = (message: string) => ({ error: { message } });
const fine: ScriptedAnswer = { say: "fine" };

describe("a failure that stays", () => {
  // Four: the first time, and stream_max_retries of the thread's provider.
  it.each<[string, ScriptedAnswer, number, RegExp]>([
    ["400", { status: 400, body: error("bad field") }, 1, /Up answered 400: bad field/],
    ["401", { status: 401, body: error("no such key") }, 1, /Up answered 401: no such key/],
    ["402", { status: 402, body: error("pay first") }, 1, /402|quota/i],
    ["404", { status: 404, body: error("no such model") }, 1, /Up answered 404: no such model/],
    ["429", { status: 429, headers: { "retry-after": "0" }, body: error("slow down") }, 4, /429: slow down|try again/i],
    ["500", { status: 500, body: error("oops") }, 4, /Up answered 500: oops/],
    ["503", { status: 503, body: "<html>busy</html>" }, 4, /Up answered 503/],
    ["a cut stream", { say: "half of", cutAfter: 2 }, 4, /connection|broke|closed/],
    ["events that are none", { bytes: "data: {oops\n\n" }, 4, /no chat completion/],
    ["nothing at all", { bytes: "" }, 4, /closed the connection/],
    ["the limit of tokens in words", { say: "and then", stop: "length" }, 1, /limit of output tokens/],
    ["a tool that does not exist, again and again", { calls: [{ name: "nosuch", args: {} }] }, 8, /came to nothing/],
  ])(
    "is told in the provider's words, after as many questions as make sense: %s",
    async (name, answer, times, words) => {
      const { result, message, asked } = await play(`stays ${name}`, answer);
      expect(result.ok).toBe(false);
      expect(result.outcome.kind).toBe("failed");
      expect(message).toMatch(words);
      expect(message).not.toContain(bridge.key);
      expect(asked).toHaveLength(times);
    },
  );
});

describe("a failure that passes", () => {
  it.each<[string, ScriptedAnswer]>([
    ["429", { status: 429, headers: { "retry-after": "0" }, body: error("slow down") }],
    ["503", { status: 503, body: error("busy") }],
    ["a stream that is cut within its words", { say: "half of it", cutAfter: 3 }],
    [
      "a stream that is cut within a call",
      { calls: [{ name: "exec_command", args: { cmd: "touch cut" } }], cutAfter: 4 },
    ],
    ["what is no event", { bytes: "data: [\n\n" }],
  ])("is tried again, and the turn goes on: %s", async (name, answer) => {
    const { result, asked } = await play(`passes ${name}`, answer, fine);
    expect(result).toMatchObject({ ok: true, text: "fine" });
    expect(asked).toHaveLength(2);
    expect(existsSync(path.join(bridge.work, "cut"))).toBe(false);
    // What broke off is no part of the conversation.
    expect(JSON.stringify(asked[1]?.body.messages)).not.toContain("half of it");
  });

  it("a full context is made smaller, and the same turn goes on", async () => {
    await play("full", { say: "a long story" });
    const { result } = await play("full", { status: 400, body: error("maximum context length is 8192") }, ({ body }) =>
      body.tools === undefined ? { say: "SUMMARY" } : fine,
    );
    expect(result).toMatchObject({ ok: true, text: "fine" });
    expect(JSON.stringify(bridge.upstream.requests.at(-1)?.body.messages)).toContain("SUMMARY");
  });
});

describe("calls that are not as they should be", () => {
  const chunk = (delta: object, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  const call = (id: string | undefined, cmd: string) => ({
    tool_calls: [
      { ...(id === undefined ? {} : { id }), function: { name: "exec_command", arguments: JSON.stringify({ cmd }) } },
    ],
  });
  const appended = (file: string): string => readFileSync(path.join(bridge.work, file), "utf8");

  it.each<[string, string | undefined, string | undefined]>([
    ["without index", "call_a", "call_b"],
    ["without index and id", undefined, undefined],
    ["twice under one id", "same", "same"],
  ])("run once each, and each gets its own result: %s", async (name, one, two) => {
    const file = `runs-${name.replaceAll(" ", "-")}`;
    const bytes = [
      chunk(call(one, `echo first >> ${file}; echo RESULT-1`)),
      chunk(call(two, `echo second >> ${file}; echo RESULT-2`)),
      chunk({}, "tool_calls"),
      "data: [DONE]\n\n",
    ].join("");
    const { result, asked } = await play(name, { bytes }, fine);
    expect(result).toMatchObject({ ok: true, text: "fine" });
    expect(appended(file).trim().split("\n").sort()).toEqual(["first", "second"]);
    const told = asked[1]!.body.messages;
    const calls = told.flatMap(
      ({ tool_calls }) => (tool_calls as { id: string; function: { arguments: string } }[]) ?? [],
    );
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    for (const [index, { id, function: made }] of calls.entries()) {
      expect(made.arguments).toContain(`RESULT-${index + 1}`);
      expect(told.find(({ tool_call_id }) => tool_call_id === id)?.content).toContain(`RESULT-${index + 1}`);
    }
  });

  it.each<[string, ScriptedAnswer, RegExp]>([
    ["no JSON", { calls: [{ name: "exec_command", args: '{"cmd": touch made' }] }, /not a JSON object/],
    [
      "cut off by the limit of tokens",
      { calls: [{ name: "exec_command", args: '{"cmd":"touch ma' }], stop: "length" },
      /cut off/,
    ],
    ["a list", { calls: [{ name: "exec_command", args: '["touch made"]' }] }, /not a JSON object/],
  ])("are not run, and the model is told why: %s", async (name, answer, words) => {
    const { result, asked } = await play(name, answer, fine);
    expect(result).toMatchObject({ ok: true, text: "fine" });
    expect(toolResults(asked[1]!)).toEqual([expect.stringMatching(words)]);
    expect(result.entries.filter(({ kind }) => kind === "tool")).toEqual([]);
    expect(existsSync(path.join(bridge.work, "made"))).toBe(false);
  });

  it("a refusal is an answer", async () => {
    const { result, asked } = await play("refusal", { stop: "content_filter" });
    expect(result).toMatchObject({ ok: true, text: "The model declined to answer." });
    expect(asked).toHaveLength(1);
  });
});
