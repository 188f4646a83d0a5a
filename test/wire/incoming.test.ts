import { expect, test } from "vitest";
import { WireClosedError } from "../../src/wire/errors.ts";
import { rig, settle } from "./harness.ts";

test("notifications and requests arrive in wire order, extra keys and absent params are fine", async () => {
  const order: string[] = [];
  const { input } = rig({
    onNotification: (n) => void order.push(`${n.method}:${JSON.stringify(n.params)}`),
    onRequest: (r) => void order.push(`${r.method}#${JSON.stringify(r.id)}`),
  });
  input.write(
    '{"method":"a","params":{"x":1},"emittedAtMs":5}\r\n\r\n{"method":"b"}\n{"method":"c","id":0,"params":{}}\n',
  );
  input.write('{"jsonrpc":"2.0","method":"d","id":-3}\n{"method":"e","id":"1"}\n{"method":"f","id":1}\n');
  await settle();
  expect(order).toEqual(['a:{"x":1}', "b:undefined", "c#0", "d#-3", 'e#"1"', "f#1"]);
});

test("each request gets exactly one answer, with its own id", async () => {
  const r = rig();
  r.say({ method: "x", id: 1 }, { method: "x", id: "1" }, { method: "x", id: 0 });
  await settle();
  expect(r.wire.openRequestCount).toBe(3);
  const [one, text, zero] = r.requests;
  expect(text!.respond({ ok: "text" })).toBe(true);
  expect(text!.answered).toBe(true);
  expect(text!.respond({ ok: "again" })).toBe(false);
  expect(text!.reject({ code: 1, message: "again" })).toBe(false);
  expect(one!.answered).toBe(false);
  expect(one!.reject({ code: -32601, message: "no", data: { a: 1 } })).toBe(true);
  expect(zero!.respond(undefined)).toBe(true);
  await settle();
  expect(r.sent()).toEqual([
    { id: "1", result: { ok: "text" } },
    { id: 1, error: { code: -32601, message: "no", data: { a: 1 } } },
    { id: 0, result: null },
  ]);
  expect(r.wire.stats.lateAnswers).toBe(2);
  expect(r.wire.openRequestCount).toBe(0);
});

test("an answer after close is late and not sent", async () => {
  const r = rig();
  r.say({ method: "x", id: 1 });
  await settle();
  r.wire.close(new WireClosedError());
  expect(r.requests[0]!.respond({})).toBe(false);
  expect(r.wire.stats.lateAnswers).toBe(1);
  expect(r.wire.openRequestCount).toBe(0);
  await settle();
  expect(r.rawSent()).toBe("");
});

test("a throwing or rejecting request handler answers -32603 and does not leak what was thrown", async () => {
  const r = rig({
    onRequest: (request) => {
      if (request.id === 1) throw new Error("secret");
      // biome-ignore lint/suspicious/noConfusingVoidType: what an async handler does behind the declared type
      return Promise.reject(new Error("secret")) as unknown as void;
    },
  });
  r.say({ method: "x", id: 1 }, { method: "y", id: 2 });
  await settle();
  expect(r.sent().map((m) => [m.id, m.error?.code])).toEqual([
    [1, -32603],
    [2, -32603],
  ]);
  expect(r.rawSent()).not.toContain("secret");
  expect(r.faults.map((f) => f.code)).toEqual(["wire_handler_failed", "wire_handler_failed"]);
  expect(r.faults.map((f) => f.message).join()).not.toContain("secret");
});

test("a throw after the answer does not answer twice; an answer that cannot be encoded becomes -32603", async () => {
  const r = rig({
    onRequest: (request) => {
      request.respond(request.id === 1 ? {} : 1n);
      if (request.id === 1) throw new Error("late");
    },
  });
  r.say({ method: "x", id: 1 }, { method: "x", id: 2 });
  await settle();
  expect(r.sent()).toEqual([
    { id: 1, result: {} },
    { id: 2, error: { code: -32603, message: "Internal error" } },
  ]);
  expect(r.faults.map((f) => f.code)).toEqual(["wire_handler_failed", "wire_write_failed"]);
});

test("malformed envelopes are faults, everything else that is no message is noise", async () => {
  const r = rig();
  r.say(
    { method: "x", id: null },
    { method: 5 },
    { method: "x", id: {} },
    { id: null, error: { code: 1, message: "" } },
  );
  r.say([1], "text", 12, null, true, {}, { level: "info" });
  r.input.write("not json\n   \n\n{broken\n");
  r.say({ method: "still", params: {} });
  await settle();
  expect(r.faults.map((f) => f.code)).toEqual(Array(4).fill("wire_malformed"));
  expect(r.wire.stats.noiseLines).toBe(9);
  expect(r.notifications).toEqual([{ method: "still", params: {} }]);
});

test("a noise flood is counted and reported within bounds", async () => {
  const r = rig();
  const line = `\u001b[31m\u0007${"n".repeat(1000)}\n`;
  for (let index = 0; index < 5000; index += 1) r.input.write(line);
  r.say({ method: "after" });
  await settle();
  expect(r.wire.stats.noiseLines).toBe(5000);
  expect(r.noise).toHaveLength(20);
  expect(r.noise[19]!.count).toBe(20);
  expect(r.noise.every((n) => n.preview.length <= 200 && /^\[31mn+$/.test(n.preview))).toBe(true);
  expect(r.notifications).toHaveLength(1);
});

test("throwing callbacks of every kind leave the connection alive", async () => {
  let seen = 0;
  const boom = (): never => {
    throw new Error("boom");
  };
  const r = rig({
    onNotification: () => {
      seen += 1;
      boom();
    },
    onNoise: boom,
    onFault: boom,
    tap: boom,
  });
  r.input.write('noise\n{"method":"a"}\n{"method":"b"}\n');
  r.wire.notify("out");
  await settle();
  expect(seen).toBe(2);
  expect(r.sent()).toEqual([{ method: "out" }]);
  expect(r.wire.isClosed).toBe(false);
});

test("an 8 MiB line and one byte at a time", async () => {
  const r = rig();
  const text = "ü".repeat(4 << 20);
  r.say({ method: "big", params: { text } });
  for (const byte of Buffer.from('{"method":"日本","params":{"t":"👩‍💻"}}\r\n')) r.input.write(Buffer.from([byte]));
  await settle();
  expect((r.notifications[0]!.params as { text: string }).text === text).toBe(true);
  expect(r.notifications[1]).toEqual({ method: "日本", params: { t: "👩‍💻" } });
});

test("an oversized line: counted, reported, its request rejected, its sender answered", async () => {
  const r = rig({ maxLineBytes: 1000 });
  const answer = r.wire.request("thread/read", {});
  const other = r.wire.request("thread/list", {});
  const filler = "z".repeat(5000);
  r.say({ method: "n", params: filler }, { id: 1, result: filler }, { method: "tool/call", id: "s", params: filler });
  r.say({ id: 9, method: "ask", params: filler }, { method: "after" }, { id: 2, result: "ok" });
  await expect(answer).rejects.toMatchObject({ code: "wire_line_too_long", facts: { limitBytes: 1000 } });
  await expect(other).resolves.toBe("ok");
  expect(r.wire.stats.oversizedLines).toBe(4);
  expect(r.faults.map((f) => f.code)).toEqual(Array(4).fill("wire_line_too_long"));
  expect(r.notifications).toEqual([{ method: "after", params: undefined }]);
  await settle();
  expect(
    r
      .sent()
      .slice(2)
      .map((m) => [m.id, m.error?.code]),
  ).toEqual([
    ["s", -32600],
    [9, -32600],
  ]);
});

test("the tap sees raw lines of both directions in order", async () => {
  const lines: string[] = [];
  const r = rig({ tap: (direction, line) => void lines.push(`${direction} ${line}`) });
  r.wire.notify("hello", { a: 1 });
  r.input.write('noise\r\n{"method":"b"}\n');
  await settle();
  expect(lines).toEqual(['out {"method":"hello","params":{"a":1}}', "in noise\r", 'in {"method":"b"}']);
});

test("a request that is repeated while it is open is answered once; repeated after its answer, it is a request", async () => {
  const r = rig();
  r.say({ method: "x", id: 1 }, { method: "x", id: 1 });
  await settle();
  expect(r.requests).toHaveLength(1);
  expect(r.wire.openRequestCount).toBe(1);
  r.requests[0]?.respond({});
  expect(r.wire.openRequestCount).toBe(0);
  r.say({ method: "x", id: 1 });
  await settle();
  r.requests[1]?.respond({});
  expect(r.sent()).toEqual([
    { id: 1, result: {} },
    { id: 1, result: {} },
  ]);
  expect(r.wire.stats).toMatchObject({ requestsIn: 3, repeatedRequests: 1 });
});
