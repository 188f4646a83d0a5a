import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { connectWire } from "../../src/wire/connection.ts";
import { rig, settle } from "./harness.ts";

test("while the consumer lags nothing is dispatched, then everything in order", async () => {
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const r = rig({
    onNotification: (n) => {
      order.push(n.method);
      return n.method === "slow" ? gate.promise : undefined;
    },
    onRequest: (request) => void order.push(`request ${request.id}`),
  });
  const answer = r.wire.request("a", {}).then(() => order.push("response"));
  r.say({ method: "fast" }, { method: "slow" }, { id: 1, result: 1 }, { method: "x", id: 5 });
  r.say({ method: "next chunk" });
  await settle();
  expect(order).toEqual(["fast", "slow"]);
  expect(r.input.isPaused()).toBe(true);
  gate.resolve();
  await answer;
  await settle();
  expect(order.filter((entry) => entry !== "response")).toEqual(["fast", "slow", "request 5", "next chunk"]);
  expect(r.wire.stats.pauses).toBe(1);
  expect(r.input.isPaused()).toBe(false);
});

test("a rejected promise is a fault and the flow goes on", async () => {
  const r = rig({ onNotification: (n) => (n.method === "bad" ? Promise.reject(new Error("no")) : undefined) });
  r.say({ method: "bad" }, { method: "good" }, { method: "x", id: 1 });
  await settle();
  expect(r.faults).toMatchObject([{ code: "wire_handler_failed", facts: { method: "bad" }, cause: { message: "no" } }]);
  expect(r.requests).toHaveLength(1);
});

test("an async consumer sees every message once and in order", async () => {
  const seen: unknown[] = [];
  const r = rig({
    onNotification: async (n) => {
      await null;
      seen.push(n.params);
    },
  });
  for (let index = 0; index < 2000; index += 1) r.say({ method: "n", params: index });
  r.input.end();
  await r.wire.closed;
  expect(seen).toEqual(Array.from({ length: 2000 }, (_, index) => index));
});

test("a callback that feeds the stream synchronously does not reorder it", async () => {
  const seen: string[] = [];
  const r = rig({
    onNotification: (n) => {
      seen.push(n.method);
      if (n.method === "one") r.input.emit("data", Buffer.from('{"method":"three"}\n'));
    },
  });
  r.say({ method: "one" }, { method: "two" });
  await settle();
  expect(seen).toEqual(["one", "two", "three"]);
});

test("a fast child and a stopped consumer: the child blocks, memory stays flat", async () => {
  // 40 MB in all; when the reader stops, only the pipe and one stream buffer may fill.
  const script = `const fs = require("fs"); const block = ('{"method":"d","params":"' + "x".repeat(976) + '"}\\n').repeat(40);
    for (let i = 0; i < 1000; i += 1) fs.writeSync(1, block);`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const gate = Promise.withResolvers<void>();
  let seen = 0;
  const wire = connectWire({
    readable: child.stdout,
    writable: child.stdin,
    onNotification: () => {
      seen += 1;
      return seen === 100 ? gate.promise : undefined;
    },
    onRequest() {},
  });
  while (seen < 100) await delay(10);
  await delay(400);
  expect(seen).toBe(100);
  expect(wire.stats.bytesIn).toBeLessThan(1 << 20);
  expect(child.stdout.readableLength).toBeLessThan(1 << 20);
  expect(child.exitCode).toBe(null);
  gate.resolve();
  await wire.closed;
  expect(seen).toBe(40_000);
});

test("a child that exits while the consumer lags loses nothing and is not flushed past the consumer", async () => {
  const script = `for (let i = 0; i < 500; i += 1) console.log(JSON.stringify({ method: "n", params: i }));`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const gate = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const wire = connectWire({
    readable: child.stdout,
    writable: child.stdin,
    onNotification: (n) => {
      seen.push(n.params);
      return seen.length === 1 ? gate.promise : undefined;
    },
    onRequest() {},
  });
  const pending = wire.request("a", {}).catch((error: unknown) => error);
  await once(child, "exit");
  await delay(1200); // longer than the wait for last words
  expect(seen).toEqual([0]);
  expect(wire.isClosed).toBe(false);
  gate.resolve();
  const reason = await wire.closed;
  expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index));
  expect(await pending).toBe(reason);
});

test("a source that somebody else resumes is paused again, and what came through is kept in order", async () => {
  const gate = Promise.withResolvers<void>();
  const seen: string[] = [];
  const r = rig({
    onNotification: (n) => {
      seen.push(n.method);
      return n.method === "one" ? gate.promise : undefined;
    },
  });
  r.say({ method: "one" });
  await settle();
  r.say({ method: "two" });
  r.input.resume();
  await settle();
  expect(r.input.isPaused()).toBe(true);
  expect(seen).toEqual(["one"]);
  gate.resolve();
  r.say({ method: "three" });
  await settle();
  expect(seen).toEqual(["one", "two", "three"]);
});

test("requests to a peer that does not read are taken back by their timeout, not piled up", async () => {
  const output = new PassThrough({ highWaterMark: 1024 });
  const r = rig({ writable: output });
  const big = "x".repeat(10_000);
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () => r.wire.request("m", { big }, { timeoutMs: 50 })),
  );
  expect(results.every((result) => result.status === "rejected")).toBe(true);
  expect(r.wire.stats.linesOut).toBe(1);
  const late = r.wire.request("late", {}).catch(() => undefined);
  let read = "";
  output.on("data", (chunk: Buffer) => {
    read += chunk.toString("utf8");
  });
  await settle();
  expect(
    read
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).method),
  ).toEqual(["m", "late"]);
  r.wire.close(new BridgeError("wire_closed", "over"));
  await late;
});
