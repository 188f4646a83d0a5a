import { getEventListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { RpcError, WireAbortedError, WireClosedError, WireTimeoutError } from "../../src/wire/errors.ts";
import { rig, settle } from "./harness.ts";

test("params are always an object for requests and absent when undefined for notifications", async () => {
  const r = rig();
  const answers = [r.wire.request("a", undefined), r.wire.request("b", { x: "\ud800" })];
  r.wire.notify("c");
  r.wire.notify("d", { y: 1 });
  await settle();
  expect(r.rawSent()).toBe(
    '{"id":1,"method":"a","params":{}}\n{"id":2,"method":"b","params":{"x":"\ufffd"}}\n{"method":"c"}\n{"method":"d","params":{"y":1}}\n',
  );
  r.say({ id: 2, result: { b: 2 } }, { id: 1, result: null });
  expect(await Promise.all(answers)).toEqual([null, { b: 2 }]);
});

test("errors carry the peer's code and words, the caller's stack, and no words in the message", async () => {
  const r = rig();
  async function theCaller(): Promise<unknown> {
    return await r.wire.request("thread/start", { prompt: "secret" });
  }
  const answer = theCaller();
  r.say({ error: { code: -32600, message: "invalid: secret", data: { why: 1 } }, id: 1 });
  const error = await answer.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RpcError);
  expect(error).toMatchObject({
    code: "rpc_error",
    rpcCode: -32600,
    rpcMessage: "invalid: secret",
    data: { why: 1 },
    method: "thread/start",
  });
  expect((error as Error).message).not.toContain("secret");
  expect((error as Error).stack).toMatch(/^RpcError: The peer refused thread\/start[^\n]*\n\s+at .*theCaller/);
});

test("responses: unknown id, wrong id type, second response, neither result nor error", async () => {
  const r = rig();
  const answer = r.wire.request("a", {});
  r.say({ id: 99, result: 1 }, { id: "1", result: "text" }, { id: 1, result: "number" }, { id: 1, result: "twice" });
  await expect(answer).resolves.toBe("number");
  expect(r.wire.stats.lateResponses).toBe(3);
  const broken = r.wire.request("b", {});
  r.say({ id: 2 });
  await expect(broken).rejects.toMatchObject({ code: "wire_malformed" });
});

test("a timeout rejects, frees its slot, and its late response is dropped", async () => {
  const r = rig({ requestTimeoutMs: 30, maxInFlight: 1 });
  const slow = r.wire.request("slow", {});
  const next = r.wire.request("next", {}, { timeoutMs: 5000 });
  await expect(slow).rejects.toMatchObject({ code: "wire_request_timeout", facts: { method: "slow", timeoutMs: 30 } });
  await settle();
  expect(r.sent().map((m) => m.method)).toEqual(["slow", "next"]);
  r.say({ id: 1, result: 1 }, { id: 2, result: 2 });
  await expect(next).resolves.toBe(2);
  expect(r.wire.stats.lateResponses).toBe(1);
  expect(r.wire.pendingCount).toBe(0);
});

test("the timeout of a waiting request runs from the call, and it is never sent", async () => {
  const r = rig({ maxInFlight: 1 });
  const first = r.wire.request("first", {});
  await expect(r.wire.request("waiting", {}, { timeoutMs: 20 })).rejects.toBeInstanceOf(WireTimeoutError);
  r.say({ id: 1, result: 1 });
  await first;
  await settle();
  expect(r.sent().map((m) => m.method)).toEqual(["first"]);
});

test("an infinite timeout does not fire at once", async () => {
  const r = rig();
  const answer = r.wire.request("a", {}, { timeoutMs: Number.POSITIVE_INFINITY });
  await delay(20);
  r.say({ id: 1, result: 1 });
  await expect(answer).resolves.toBe(1);
});

test("aborts: before, waiting, in flight; a shared signal keeps no listeners; nothing is cancelled on the wire", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  const controller = new AbortController();
  const { signal } = controller;
  const r = rig({ maxInFlight: 20 });
  const done = Array.from({ length: 100 }, (_, index) => r.wire.request("done", { index }, { signal }));
  for (let id = 1; id <= 100; id += 1) r.say({ id, result: id });
  await Promise.all(done);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);

  const doomed = Array.from({ length: 30 }, () => r.wire.request("doomed", {}, { signal }));
  const survivor = r.wire.request("survivor", {});
  controller.abort(new Error("why"));
  for (const result of await Promise.allSettled(doomed)) {
    expect(result).toMatchObject({
      status: "rejected",
      reason: { code: "wire_request_aborted", cause: { message: "why" } },
    });
  }
  await expect(r.wire.request("after", {}, { signal })).rejects.toBeInstanceOf(WireAbortedError);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  await settle();
  const methods = r.sent().map((m) => m.method);
  expect(methods.filter((m) => m === "doomed")).toHaveLength(20);
  expect(methods).not.toContain("after");
  expect(r.rawSent()).not.toContain("cancel");
  r.say({ id: 101, result: 1 }, { id: r.sent().at(-1)!.id, result: "alive" });
  await expect(survivor).resolves.toBe("alive");
  expect(r.wire.stats.lateResponses).toBe(1);
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});

test("at most maxInFlight on the wire, the rest first in, first out", async () => {
  const r = rig({ maxInFlight: 3 });
  const answers = Array.from({ length: 10 }, (_, index) => r.wire.request("m", { index }));
  await settle();
  expect(r.sent()).toHaveLength(3);
  expect(r.wire.pendingCount).toBe(10);
  for (let id = 1; id <= 10; id += 1) {
    r.say({ id, result: id });
    await settle();
    expect(r.sent()).toHaveLength(Math.min(10, id + 3));
  }
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(r.sent().map((m) => (m.params as { index: number }).index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("params that cannot be serialised reject the request or throw from notify, and take no slot", async () => {
  const r = rig();
  await expect(r.wire.request("a", { n: 1n })).rejects.toMatchObject({ code: "wire_write_failed" });
  expect(() => r.wire.notify("b", { n: 1n })).toThrow(/cannot be serialised/);
  expect(r.wire.pendingCount).toBe(0);
});

test("10,000 sequential requests leave nothing behind", async () => {
  const r = rig();
  r.output.on("data", (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split("\n")) r.say({ id: JSON.parse(line).id, result: null });
  });
  for (let index = 0; index < 10_000; index += 1) await r.wire.request("m", {});
  expect(r.wire.pendingCount).toBe(0);
  expect(r.wire.stats.lateResponses).toBe(0);
  expect(r.wire.stats.linesOut).toBe(10_000);
});

test("responses of one chunk are all delivered before the next turn of the event loop", async () => {
  const r = rig();
  const delivered: unknown[] = [];
  for (let index = 0; index < 50; index += 1) void r.wire.request("m", {}).then((v) => delivered.push(v));
  r.say(...Array.from({ length: 50 }, (_, index) => ({ id: index + 1, result: index })));
  while (r.wire.stats.linesIn === 0) await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(delivered).toHaveLength(50);
});

test("after close: requests reject with the reason, notifications vanish", async () => {
  const r = rig();
  const reason = new WireClosedError("gone");
  r.wire.close(reason);
  await expect(r.wire.request("a", {})).rejects.toBe(reason);
  r.wire.notify("b");
  await settle();
  expect(r.rawSent()).toBe("");
});
