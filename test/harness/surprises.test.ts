import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { managedBinary } from "../../src/server/binary.ts";
import { testFolder } from "../support/home.ts";
import { openTestHost } from "./fixture.ts";

/*
 * A Codex of tomorrow: the real one behind a proxy that changes what it says (test/support/rewriting-proxy.mjs).
 */

const proxy = path.resolve(import.meta.dirname, "../support/rewriting-proxy.mjs");
const logs: { level: string; message: string; facts?: Record<string, unknown> }[] = [];
let opened: { close(): Promise<void> } | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  logs.length = 0;
});

async function hostOn(...rules: object[]) {
  const folder = testFolder("rewrite");
  const sent = path.join(folder.path, "sent.log");
  const CODEX_REAL = process.env.CODEX_UNDER_TEST ?? managedBinary(import.meta.url).file;
  const host = await openTestHost("surprises", {
    command: proxy,
    env: { CODEX_REAL, REWRITE: JSON.stringify(rules), REWRITE_LOG: sent },
    reply: () => [{ say: "Hello there.", chunkChars: 4 }],
    clocks: { quietProbeMs: 500 },
    log: (level, message, facts) => void logs.push({ level, message, ...(facts ? { facts } : {}) }),
  });
  opened = {
    close: async () => {
      await host.close();
      folder.remove();
    },
  };
  return { ...host, turn: host.turn, sent: () => readFileSync(sent, "utf8").trim().split("\n") };
}

const noticed = (text: string) => logs.filter(({ message }) => message.includes(text));

it("goes on when the server says what nobody knows, and logs each kind once", async () => {
  const { turn } = await hostOn(
    { after: "turn/started", say: { method: "moon/phase", params: { threadId: "t", phase: "full" } } },
    { after: "turn/started", say: { method: "item/completed", params: { nothing: true } } },
    { of: "item/completed", set: { "item.novelty": { deep: [1] } } },
  );
  for (const _ of [1, 2]) expect(await turn("s", "hi")).toMatchObject({ ok: true, text: "Hello there." });
  expect(noticed("does not know")).toMatchObject([{ level: "warn", facts: { method: "moon/phase" } }]);
  expect(noticed("item/completed: field threadId is not as expected")).toHaveLength(1);
});

it("counts what it had to skip, and keeps the words of a message whose end it could not read", async () => {
  const { turn } = await hostOn({ of: "item/completed", set: { "item.text": 7 } });
  const result = await turn("s", "hi");
  expect(result).toMatchObject({ ok: true, text: "Hello there.", skipped: expect.any(Number) });
  expect(result.skipped).toBeGreaterThan(0);
});

it("settles a turn whose end it could not read on the server's record", async () => {
  const { turn } = await hostOn({ of: "turn/completed", set: { "turn.status": null }, times: 1 });
  expect(await turn("s", "hi")).toMatchObject({ ok: true, text: "Hello there.", skipped: 1 });
  const next = await turn("s", "again");
  expect(next).toMatchObject({ ok: true, thread: { resumed: true } });
  expect(next.skipped).toBeUndefined();
});

it("skips a delta it cannot read; the text of the item is whole", async () => {
  const { turn } = await hostOn({ of: "item/agentMessage/delta", set: { delta: 7 }, times: 1 });
  expect(await turn("s", "hi")).toMatchObject({ ok: true, text: "Hello there.", skipped: 1 });
});

it("fails the one turn whose acceptance it could not read, names where, and leaves nothing running", async () => {
  const { turn, sent } = await hostOn({ of: "turn/start", set: { "turn.id": 7 }, times: 1 });
  const bad = await turn("s", "hi");
  expect(bad.outcome).toMatchObject({
    kind: "failed",
    error: { code: "protocol_shape", facts: { method: "turn/start", path: "turn.id", found: "number" } },
  });
  expect(sent()).toContain("turn/interrupt");
  expect(await turn("s", "again")).toMatchObject({ ok: true, thread: { resumed: true } });
});

it("learns once that a method is missing, and goes on without it", async () => {
  const { turn, harness, sent } = await hostOn({ unknown: "thread/name/set" }, { unknown: "thread/compact/start" });
  for (const session of ["a", "b"]) expect(await turn(session, "hi")).toMatchObject({ ok: true });
  expect(sent().filter((method) => method === "thread/name/set")).toHaveLength(1);
  const session = { key: "a", id: "a", agentId: "main" };
  const reason = expect.stringMatching(/^Codex \S+ has no thread\/compact\/start\.$/);
  for (const _ of [1, 2]) expect(await harness.compact(session)).toMatchObject({ compacted: false, reason });
  expect(sent().filter((method) => method === "thread/compact/start")).toHaveLength(1);
});

it("works with a release newer than any tested, and warns once", async () => {
  const userAgent = "codex-bridge/9.1.0 (Linux; x86_64) xterm (codex-bridge; 1)";
  const { turn } = await hostOn({ userAgent });
  for (const _ of [1, 2]) expect(await turn("s", "hi")).toMatchObject({ ok: true, server: { version: "9.1.0" } });
  expect(noticed("newer than the newest tested release")).toHaveLength(1);
});
