import { request } from "node:http";
import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDirect, user } from "./support/direct.ts";
import type { ScriptedAnswer } from "./support/upstream.ts";

let answer: ScriptedAnswer = { say: "hi" };
let direct: Awaited<ReturnType<typeof openDirect>>;
beforeAll(async () => {
  direct = await openDirect("gateway-server", () => answer, { heartbeatMs: 50 });
});
afterAll(() => direct.close());

/** A raw request; fetch would not let the Host be chosen. */
function send(path: string, headers: Record<string, string>, body: Buffer | string = "", method = "POST") {
  return direct.place().then(
    ({ url }) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const at = new URL(url);
        const sent = request({ host: at.hostname, port: at.port, path, method, headers }, (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += chunk;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        });
        sent.on("error", reject);
        sent.end(body);
      }),
  );
}

const question = JSON.stringify({ model: "bridged:up:m", input: [user("hi")], tools: [] });

describe("the endpoint", () => {
  it("starts with the first turn that needs it, and keeps a session's token", async () => {
    const fresh = await openDirect("gateway-lazy", () => answer);
    expect(fresh.gateway.running).toBe(false);
    expect(await fresh.gateway.access({ session: "x", model: "gpt", provider: "openai", cwd: "/" })).toBeUndefined();
    expect(fresh.gateway.running).toBe(false);
    const first = await fresh.access("a");
    expect(fresh.gateway.running).toBe(true);
    expect((await fresh.access("a")).config).toEqual(first.config);
    expect((await fresh.access("b")).config).not.toEqual(first.config);
    await fresh.close();
    await expect(fresh.access("a")).rejects.toMatchObject({ code: "gateway_closed" });
  });

  it("tells Codex nothing of the upstream's key, nor of its address", async () => {
    const told = JSON.stringify(await direct.access());
    expect(told).not.toContain("sk-upstream");
    expect(told).not.toContain(new URL(direct.upstream.url).host);
    await direct.ask([user("hi")]);
    expect(direct.upstream.requests.at(-1)?.headers).toMatchObject({
      authorization: "Bearer sk-upstream-secret-0123456789",
      "user-agent": "codex-bridge",
    });
  });

  it.each([
    ["no token", {}, 401],
    ["another token", { authorization: "Bearer nope" }, 401],
    ["the token without its word", { authorization: "TOKEN" }, 401],
    ["another host", { authorization: "Bearer TOKEN", host: "evil.example" }, 403],
    ["a browser's origin", { authorization: "Bearer TOKEN", origin: "https://evil.example" }, 403],
  ])("refuses %s", async (_name, headers, status) => {
    const { token } = await direct.place();
    const told = Object.fromEntries(
      Object.entries(headers).map(([key, value]) => [key, value.replace("TOKEN", token)]),
    );
    expect(await send("/v1/responses", told, question)).toMatchObject({ status });
  });

  it.each([
    ["another path", "/v1/chat/completions", question, "POST", 404],
    ["another method", "/v1/responses", "", "GET", 404],
    ["what is no JSON", "/v1/responses", "{", "POST", 400],
    ["what is no Responses request", "/v1/responses", '{"messages":[]}', "POST", 400],
    ["the list of models, which is empty", "/v1/models?client_version=1", "", "GET", 200],
  ])("answers %s", async (_name, path, body, method, status) => {
    const { token } = await direct.place();
    expect(await send(path, { authorization: `Bearer ${token}` }, body, method)).toMatchObject({ status });
  });

  it("takes compressed bodies and refuses those that are too large", async () => {
    const { token } = await direct.place();
    const headers = { authorization: `Bearer ${token}`, "content-encoding": "zstd" };
    expect(await send("/v1/responses", headers, zstdCompressSync(question))).toMatchObject({
      status: 200,
      text: expect.stringContaining("response.completed"),
    });
    const large = zstdCompressSync(Buffer.alloc(65 * 1024 * 1024));
    expect(await send("/v1/responses", headers, large)).toMatchObject({ status: 413 });
  });

  it("shows that it lives while the upstream says nothing, and takes the question back when Codex leaves", async () => {
    answer = { say: "never", stallAfter: 0 };
    const left = new AbortController();
    const { url, token } = await direct.place();
    const response = await fetch(`${url}/responses`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: question,
      signal: left.signal,
    });
    let text = "";
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString();
      if (text.split("response.in_progress").length > 3) break;
    }
    left.abort();
    expect(text).toContain("event: response.in_progress");
    answer = { say: "hi" };
    expect((await direct.ask([user("hi")])).last?.type).toBe("response.completed");
  });
});

const failures: [string, ScriptedAnswer, string, RegExp][] = [
  ["400", { status: 400, body: { error: { message: "bad field" } } }, "invalid_prompt", /400: bad field/],
  [
    "400 of a full context",
    { status: 400, body: { error: { message: "maximum context length is 8192" } } },
    "context_length_exceeded",
    /context/,
  ],
  [
    "401",
    { status: 401, body: { error: { message: "bad key sk-upstream-secret-0123456789" } } },
    "invalid_prompt",
    /401: bad key \[key\]/,
  ],
  ["402", { status: 402, body: { error: "Payment Required" } }, "insufficient_quota", /402/],
  ["403", { status: 403, body: "<html>no</html>" }, "invalid_prompt", /403/],
  ["404", { status: 404, body: {} }, "invalid_prompt", /404/],
  ["413", { status: 413, body: {} }, "invalid_prompt", /413/],
  [
    "429",
    { status: 429, headers: { "retry-after": "7" }, body: { error: { message: "slow" } } },
    "rate_limit_exceeded",
    /try again in 7s/,
  ],
  ["429 without a time", { status: 429, body: {} }, "rate_limit_exceeded", /try again in 5s/],
  [
    "429 of a used-up quota",
    { status: 429, body: { error: { message: "insufficient_quota" } } },
    "insufficient_quota",
    /429/,
  ],
  ["500", { status: 500, body: "oops" }, "upstream_unavailable", /500: oops/],
  ["529", { status: 529, body: {} }, "upstream_unavailable", /529/],
  ["a stream that is cut", { say: "half of it", cutAfter: 3 }, "upstream_cut", /connection|closed/],
  ["malformed JSON in the stream", { bytes: "data: {oops\n\n" }, "upstream_malformed", /no chat completion/],
  [
    "an error in the stream",
    { bytes: 'data: {"error":{"message":"down","code":500}}\n\n' },
    "upstream_unavailable",
    /down/,
  ],
  ["an empty stream", { bytes: "" }, "upstream_cut", /closed/],
  ["max tokens in words", { say: "and then", stop: "length" }, "invalid_prompt", /limit of output tokens/],
];

describe("what goes wrong upstream", () => {
  it.each(failures)("is told so that Codex does the right thing: %s", async (_name, wrong, code, message) => {
    answer = wrong;
    const { status, last, bytes } = await direct.ask([user("hi")]);
    expect(status).toBe(200);
    expect(last).toMatchObject({ type: "response.failed", response: { error: { code } } });
    expect(last?.response?.error?.message).toMatch(message);
    expect(bytes).not.toContain("sk-upstream");
    // Calls are told only by a whole answer.
    expect(bytes).not.toContain("function_call");
  });

  it("is an answer when the model declines", async () => {
    answer = { stop: "content_filter" };
    const { items, last } = await direct.ask([user("hi")]);
    expect(last?.type).toBe("response.completed");
    expect(items[0]).toMatchObject({ type: "message", content: [{ text: "The model declined to answer." }] });
  });

  it("cannot be reached", async () => {
    const gone = await openDirect("gateway-gone", () => answer);
    await gone.upstream.close();
    expect((await gone.ask([user("hi")])).last).toMatchObject({
      response: { error: { code: "upstream_unavailable", message: expect.stringContaining("cannot be reached") } },
    });
    await gone.close();
  });

  it("never loops without a bound: a model that only calls what does not exist", async () => {
    answer = { calls: [{ name: "nosuch", args: {} }] };
    const before = direct.upstream.requests.length;
    const { last } = await direct.ask([user("hi")]);
    expect(last).toMatchObject({ type: "response.failed", response: { error: { code: "invalid_prompt" } } });
    expect(direct.upstream.requests.length - before).toBe(8);
  });

  it("asks again when the limit of tokens cut a call off, and does not execute it", async () => {
    const before = direct.upstream.requests.length;
    const cut = { calls: [{ name: "exec_command", args: '{"cmd":"rm -rf' }], stop: "length" };
    const script = direct.upstream.script;
    direct.upstream.script = ({ index }) => (index === before ? cut : { say: "smaller then" });
    const { items, last } = await direct.ask([user("hi")]);
    direct.upstream.script = script;
    expect(last?.type).toBe("response.completed");
    expect(items.map(({ type }) => type)).not.toContain("function_call");
    expect(JSON.stringify(direct.upstream.requests.at(-1)?.body.messages)).toContain(
      "cut off by the limit of output tokens",
    );
  });
});
