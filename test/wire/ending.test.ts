import { spawn } from "node:child_process";
import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { connectWire, type WireOptions } from "../../src/wire/connection.ts";
import { rig, settle } from "./harness.ts";

const exitReason = (code: number): BridgeError => new BridgeError("server_exited", `exit ${code}`);

test("EOF: parsed lines first, a whole last line counts, then the described reason", async () => {
  const order: string[] = [];
  const reason = exitReason(3);
  const r = rig({
    onNotification: (n) => void order.push(n.method),
    describeEnd: async (cause) => {
      order.push(`describe ${cause}`);
      await settle();
      return reason;
    },
  });
  const answered = r.wire.request("a", {});
  const pending = [r.wire.request("b", {}), r.wire.request("c", {})];
  r.say({ method: "n1" }, { id: 1, result: "yes" });
  r.input.end('{"method":"n2"}');
  const results = await Promise.allSettled(pending);
  expect(results.map((result) => result.status === "rejected" && result.reason)).toEqual([reason, reason]);
  await expect(answered).resolves.toBe("yes");
  expect(order).toEqual(["n1", "n2", "describe undefined"]);
  expect(await r.wire.closed).toBe(reason);
  expect(r.wire.isClosed).toBe(true);
  expect(r.wire.pendingCount).toBe(0);
});

test("EOF in the middle of a line is noise", async () => {
  const r = rig();
  r.input.end('{"method":"whole"}\n{"method":"ha');
  expect((await r.wire.closed).code).toBe("wire_closed");
  expect(r.notifications).toHaveLength(1);
  expect(r.noise).toEqual([{ preview: '{"method":"ha', count: 1 }]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("x");
    },
  ],
  ["rejects", () => Promise.reject(new Error("x"))],
] satisfies [string, WireOptions["describeEnd"]][])("describeEnd that %s falls back", async (_name, describeEnd) => {
  const r = rig({ describeEnd });
  const answer = r.wire.request("a", {});
  r.input.destroy(new Error("broken"));
  const reason = await r.wire.closed;
  expect(reason).toMatchObject({ code: "wire_closed", cause: { message: "broken" } });
  await expect(answer).rejects.toBe(reason);
});

test("a stream destroyed without an error, or before we came, is an end too", async () => {
  const r = rig();
  r.input.destroy();
  expect((await r.wire.closed).code).toBe("wire_closed");
  const dead = new PassThrough();
  dead.destroy();
  await once(dead, "close");
  const wire = connectWire({ readable: dead, writable: new PassThrough(), onNotification() {}, onRequest() {} });
  expect((await wire.closed).code).toBe("wire_closed");
});

test("close is idempotent, the first reason wins, and nothing is dispatched afterwards", async () => {
  const seen: string[] = [];
  const first = exitReason(1);
  const r = rig({
    onNotification: (n) => {
      seen.push(n.method);
      r.wire.close(first);
      r.wire.close(exitReason(2));
    },
  });
  const answer = r.wire.request("a", {});
  r.say({ method: "one" }, { method: "two" }, { id: 1, result: 1 });
  await expect(answer).rejects.toBe(first);
  r.say({ method: "three" });
  r.input.end();
  await once(r.input, "end"); // the rest is drained, not left to block the peer
  expect(await r.wire.closed).toBe(first);
  expect(seen).toEqual(["one"]);
});

test("closing while the consumer lags leaves the source flowing", async () => {
  const r = rig({ onNotification: () => new Promise(() => {}) });
  r.say({ method: "one" }, { method: "two" });
  await settle();
  expect(r.input.isPaused()).toBe(true);
  r.wire.close(exitReason(1));
  r.input.end();
  await once(r.input, "end");
});

test("our own half-close is no failure: answers still arrive", async () => {
  const r = rig();
  const answer = r.wire.request("a", {});
  r.output.end();
  await once(r.output, "close");
  await new Promise((resolve) => setTimeout(resolve, 700));
  r.say({ id: 1, result: "late but fine" });
  await expect(answer).resolves.toBe("late but fine");
});

test("lines wait for drain, in order", async () => {
  const written: string[] = [];
  let release: (() => void) | undefined;
  const writable = new Writable({
    highWaterMark: 10,
    decodeStrings: false,
    write(chunk: string, _encoding, callback) {
      written.push(chunk);
      release = callback;
    },
  });
  const r = rig({ writable });
  for (let index = 0; index < 50; index += 1) r.wire.notify("n", { index });
  expect(writable.writableLength).toBeLessThan(100);
  while (written.length < 50) {
    release!();
    await new Promise(setImmediate);
  }
  expect(written.map((line) => JSON.parse(line).params.index)).toEqual(Array.from({ length: 50 }, (_, index) => index));
});

test("EPIPE of a real child closes with the exit reason and keeps its last words", async () => {
  const script = 'process.stdin.destroy(); process.stdout.write(\'{"method":"last words"}\\n\', () => process.exit(7))';
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "ignore"] });
  const exited = once(child, "exit");
  const seen: string[] = [];
  const wire = connectWire({
    readable: child.stdout,
    writable: child.stdin,
    onNotification: (n) => void seen.push(n.method),
    onRequest() {},
    describeEnd: async () => exitReason((await exited)[0]),
  });
  const answers = Array.from({ length: 5 }, () => wire.request("a", { text: "x".repeat(100_000) }));
  const results = await Promise.allSettled(answers);
  expect(results.every((result) => result.status === "rejected" && result.reason.message === "exit 7")).toBe(true);
  expect(seen).toEqual(["last words"]);
});

test("a child that stops reading but lives on: the connection closes with the write error", async () => {
  const script = "require('fs').closeSync(0); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "ignore"] });
  const wire = connectWire({ readable: child.stdout, writable: child.stdin, onNotification() {}, onRequest() {} });
  const timer = setInterval(() => wire.notify("n", { text: "x".repeat(10_000) }), 20);
  const reason = await wire.closed;
  clearInterval(timer);
  child.kill("SIGKILL");
  expect(reason).toMatchObject({ code: "wire_write_failed", cause: { code: "EPIPE" } });
});
