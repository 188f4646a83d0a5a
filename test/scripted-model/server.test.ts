import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { Script } from "../../src/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";

interface Event {
  type: string;
  delta?: string;
  item?: { type: string; id: string; call_id?: string; phase?: string; [field: string]: unknown };
  response?: { status: string; usage?: { input_tokens: number }; [field: string]: unknown };
}

let model: ScriptedModel;
afterEach(() => model.close());

async function post(script: Script | undefined, body: object, init: RequestInit = {}): Promise<Response> {
  model = await startScriptedModel(script === undefined ? {} : { script });
  return fetch(`${model.url}/responses`, { method: "POST", body: JSON.stringify(body), ...init });
}

async function events(script: Script | undefined, body: object = { input: "hi" }): Promise<Event[]> {
  const response = await post(script, body);
  expect(response.status).toBe(200);
  return eventsOf(await response.text());
}

function eventsOf(text: string): Event[] {
  return text.split("\n\n").flatMap((block) => {
    const [name, data] = block.split("\n");
    if (!name?.startsWith("event: ") || !data?.startsWith("data: ")) return [];
    const event = JSON.parse(data.slice(6)) as Event;
    expect(name).toBe(`event: ${event.type}`);
    return [event];
  });
}

const deltas = (list: Event[], type = "response.output_text.delta") =>
  list.filter((event) => event.type === type).map((event) => event.delta);

describe("stream", () => {
  test("a message has the full order of events and keeps surrogate pairs whole", async () => {
    const list = await events(() => [{ say: "ab😀c", chunkChars: 3, phase: "final_answer" }]);
    expect(list.map((event) => event.type)).toEqual([
      "response.created",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(deltas(list)).toEqual(["ab😀", "c"]);
    expect(list.at(-2)?.item).toMatchObject({ phase: "final_answer", content: [{ text: "ab😀c" }] });
  });

  test("reasoning streams summary and raw content", async () => {
    const list = await events(() => [{ think: "plan", raw: "deep" }]);
    expect(deltas(list, "response.reasoning_summary_text.delta")).toEqual(["plan"]);
    expect(deltas(list, "response.reasoning_text.delta")).toEqual(["deep"]);
  });

  test("ids are unique in a response and between responses", async () => {
    const parts = [{ say: "a" }, { call: "t", args: {} }, { call: "t", args: {} }, { custom: "c", input: "" }];
    const first = await events(() => parts);
    await model.close();
    const ids = [...first, ...(await events(() => parts))]
      .filter((event) => event.type === "response.output_item.done")
      .flatMap(({ item }) => [item?.id, item?.call_id].filter((id) => id !== undefined));
    expect(ids).toHaveLength(14);
    expect(new Set(ids).size).toBe(14);
  });

  test("usage is what the script says, else an estimate", async () => {
    const list = await events(() => [{ usage: { input: 7, output: 3, cached: 2 } }, { say: "x" }]);
    expect(list.at(-1)?.response?.usage).toMatchObject({ input_tokens: 7, output_tokens: 3, total_tokens: 10 });
    await model.close();
    expect((await events(undefined)).at(-1)?.response?.usage?.input_tokens).toBeGreaterThan(0);
  });

  test("failed and incomplete end the stream", async () => {
    const failed = await events(() => [{ failed: { code: "c", message: "m" } }, { say: "never" }]);
    expect(failed.map((event) => event.type)).toEqual(["response.created", "response.failed"]);
    await model.close();
    const incomplete = await events(() => [{ say: "x" }, { incomplete: "max_output_tokens" }]);
    expect(incomplete.at(-1)?.response).toMatchObject({ incomplete_details: { reason: "max_output_tokens" } });
  });

  test("a cut arrives after the text before it, as a broken connection", async () => {
    const response = await post(() => [{ say: "before" }, { cut: true }], {});
    let text = "";
    const decoder = new TextDecoder();
    const read = async () => {
      for await (const chunk of response.body!) text += decoder.decode(chunk as Uint8Array, { stream: true });
    };
    await expect(read()).rejects.toThrow();
    expect(deltas(eventsOf(text))).toEqual(["before"]);
    expect(model.requests[0]?.aborted).toBe(false);
  });

  // How fast it is told by bench flood: a test that runs beside others cannot.
  test("a flood of deltas comes whole", async () => {
    const list = await (await post(() => [{ deltas: 200_000, text: "a" }], {})).text();
    expect(list.split("output_text.delta\n").length - 1).toBe(200_000);
  });
});

describe("script", () => {
  const script: Script = {
    turns: [
      { when: "^LIST", steps: [[{ shell: "ls" }], [{ say: "saw {{lastOutput}} for {{user}}" }]] },
      { when: "other", steps: [[{ say: "other" }]] },
    ],
  };
  const done = [
    { role: "user", content: "list it" },
    { type: "function_call", call_id: "a" },
    { type: "function_call_output", call_id: "a", output: "x $& y" },
  ];

  test("plays the step that the request stands at, placeholders filled in", async () => {
    expect((await events(script, { input: done.slice(0, 1) }))[1]?.item?.type).toBe("function_call");
    await model.close();
    expect(deltas(await events(script, { input: done })).join("")).toBe("saw x $& y for list it");
  });

  test("beyond the last step and without a match it still answers", async () => {
    const more = [
      ...done,
      { type: "function_call", call_id: "b" },
      { type: "function_call_output", call_id: "b", output: "" },
    ];
    expect(deltas(await events(script, { input: more })).join("")).toContain("all my script has");
    await model.close();
    expect(deltas(await events(script, { input: "unknown words" })).join("")).toContain("unknown words");
  });

  test("an HTTP fault is answered as it is; a script that throws is a 400", async () => {
    const fault = await post(() => ({ status: 429, body: { a: 1 }, headers: { "retry-after": "2" } }), {});
    expect([fault.status, fault.headers.get("retry-after"), await fault.json()]).toEqual([429, "2", { a: 1 }]);
    await model.close();
    const thrown = await post(() => Promise.reject(new Error("oops")), {});
    expect([thrown.status, await thrown.text()]).toEqual([400, expect.stringContaining("oops")]);
  });
});

describe("server", () => {
  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ])("reads a %s body", async (encoding, compress) => {
    const body = new Uint8Array(compress(JSON.stringify({ input: "packed" })));
    const response = await post(undefined, {}, { body, headers: { "content-encoding": encoding } });
    expect(await response.text()).toContain("packed");
    expect(model.requests[0]).toMatchObject({ index: 0, lastUserText: "packed", bytes: 18, step: 0, aborted: false });
  });

  test("refuses a decompression bomb, an unknown encoding, bad JSON and other paths", async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(65 * 1024 * 1024)));
    expect((await post(undefined, {}, { body: bomb, headers: { "content-encoding": "gzip" } })).status).toBe(413);
    const send = (init: RequestInit) => fetch(`${model.url}/responses`, { method: "POST", ...init });
    expect((await send({ body: "x", headers: { "content-encoding": "lzma" } })).status).toBe(415);
    expect((await send({ body: "{" })).status).toBe(400);
    expect((await fetch(`${model.url}/other`)).status).toBe(404);
    expect((await fetch(`${model.url}/models`)).status).toBe(200);
    expect(model.requests).toHaveLength(0);
  });

  test("keeps the last 1000 requests and the last 200 bodies", async () => {
    const body = JSON.stringify({ input: [{ role: "user", content: "hi" }] });
    await (await post(() => [], {})).text();
    for (let sent = 0; sent < 1005; sent += 1) {
      await (await fetch(`${model.url}/responses`, { method: "POST", body })).text();
    }
    expect([model.requests.length, model.requests[0]?.index]).toEqual([1000, 6]);
    expect(model.requests.findIndex((request) => request.body.input !== undefined)).toBe(800);
    expect(model.requests[0]).toMatchObject({ lastUserText: "hi", bytes: body.length });
  });

  test("refuses a body that announces too many bytes before it is sent", async () => {
    model = await startScriptedModel();
    const headers = { "content-length": 65 * 1024 * 1024 };
    const request = httpRequest(`${model.url}/responses`, { method: "POST", headers });
    request.on("error", () => {}).write("{");
    const status = await new Promise((resolve) => request.once("response", ({ statusCode }) => resolve(statusCode)));
    expect(status).toBe(413);
    request.destroy();
  });

  test("marks a request whose client left", async () => {
    const response = await post(() => [{ say: "x" }, { stall: true }], {});
    await response.body?.cancel();
    await expect.poll(() => model.requests[0]?.aborted).toBe(true);
  });

  test("a wait ends when its client leaves", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    model = await startScriptedModel({ script: () => [{ say: "x" }, { waitMs: 60_000 }] });
    const before = timers();
    const send = () => fetch(`${model.url}/responses`, { method: "POST", body: "{}" });
    // Many, because the test runner has timers of its own.
    const responses = await Promise.all(Array.from({ length: 50 }, send));
    expect(timers()).toBeGreaterThan(before + 40);
    await Promise.all(responses.map((response) => response.body?.cancel()));
    await expect.poll(timers).toBeLessThan(before + 10);
  });

  test("needs no Host header", async () => {
    model = await startScriptedModel();
    const socket = connect(Number(new URL(model.url).port), "127.0.0.1");
    socket.write("GET /v1/models HTTP/1.1\r\nConnection: close\r\n\r\n");
    expect((await socket.setEncoding("utf8").toArray()).join("")).toMatch(/^HTTP\/1.1 200 /);
  });

  test("close ends a stalled stream, frees the port, and may be called twice", async () => {
    const response = await post(() => [{ say: "x" }, { waitMs: 60_000 }], {});
    await Promise.all([model.close(), model.close()]);
    await expect(response.text()).rejects.toThrow();
    await expect(fetch(`${model.url}/models`)).rejects.toThrow();
    const again = await startScriptedModel({ port: Number(new URL(model.url).port) });
    await expect(startScriptedModel({ port: Number(new URL(again.url).port) })).rejects.toMatchObject({
      code: "scripted_model_listen",
    });
    await again.close();
  });

  test("a slow reader holds the script back instead of filling memory", async () => {
    // Measured first: a script that is not held back runs to its end before anything else in this process.
    const before = process.memoryUsage().rss;
    model = await startScriptedModel({ script: () => [{ deltas: 2_000_000, text: "word " }] });
    const request = httpRequest(`${model.url}/responses`, { method: "POST" });
    request.end("{}");
    const response = await new Promise<NodeJS.ReadableStream>((resolve) => request.once("response", resolve));
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 700));
    // The whole stream is 380 MB; socket buffers hold a few.
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
    request.destroy();
    await expect.poll(() => model.requests[0]?.aborted).toBe(true);
  });
});
