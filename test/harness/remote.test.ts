import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runningBelow } from "../support/processes.ts";
import { openRemoteHost, remoteCases } from "./remote-fixture.ts";

describe.each(remoteCases)("a server somebody else runs: Codex %s over %s", (version, kind) => {
  let bridge: Awaited<ReturnType<typeof openRemoteHost>>;
  beforeAll(async () => {
    bridge = await openRemoteHost(`rt-${kind.slice(0, 2)}`, kind, version);
  }, 300_000);
  afterAll(async () => {
    // Ours was only the connection.
    expect(await bridge.close()).toEqual({ lived: true });
    expect(runningBelow(process.pid)).toEqual([]);
  });
  const texts = async (session: string) => (await bridge.host.transcript(session)).map((row) => row.text);

  it("runs a turn with a host tool and an approval", async () => {
    bridge.reply = ({ step }) =>
      [
        [{ call: "greet", args: { name: "Ada" } } as const],
        [{ shell: "echo out-$((40+2))" } as const],
        [{ say: "done" } as const],
      ][step] ?? [];
    const approved: string[] = [];
    const result = await bridge.turn("tools", "go", {
      approvalPolicy: "untrusted",
      tools: [
        {
          name: "greet",
          description: "Greets.",
          inputSchema: { type: "object", properties: { name: { type: "string" } } },
          execute: (args) => `Hello, ${(args as { name: string }).name}.`,
        },
      ],
      approve: async (request) => {
        approved.push(request.kind);
        return "accept";
      },
    });
    expect(result).toMatchObject({
      ok: true,
      text: "done",
      server: { remote: true, binary: bridge.between.url, sha256: "" },
    });
    expect(approved.length).toBeGreaterThan(0);
    expect(JSON.stringify(await bridge.host.transcript("tools"))).toContain("out-42");
  });

  it("ends the turn when the connection drops, ends what goes on there, and resumes with all that was said", async () => {
    const gate = Promise.withResolvers<void>();
    const more = { say: "never heard ".repeat(200), chunkChars: 12, delayMs: 50 };
    bridge.reply = () => [{ say: "first words" }, { until: gate.promise }, more];
    const result = await bridge.turn("drop", "one", {
      observer: { onPartialReply: ({ text }) => (text === "first words" ? bridge.between.drop() : undefined) },
    });
    expect(result.outcome).toMatchObject({ kind: "server_exit", error: { code: "server_connection_lost" } });
    expect(bridge.server.alive).toBe(true);
    await expect.poll(() => bridge.turnsOf(result.thread.id), { timeout: 30_000 }).toEqual(["interrupted"]);
    // Nobody goes on listening to the model in our name.
    const asked = bridge.model.requests.at(-1);
    if (bridge.lacks("interruptHangsUp")) {
      expect(asked?.aborted).toBe(false);
      gate.resolve();
    }
    await expect.poll(() => asked?.aborted, { timeout: 30_000 }).toBe(true);
    bridge.reply = () => [{ say: "second answer" }];
    const next = await bridge.turn("drop", "two");
    expect(next).toMatchObject({ ok: true, text: "second answer", thread: { id: result.thread.id, resumed: true } });
    gate.resolve();
    expect(await texts("drop")).toEqual([
      "one",
      "first words",
      expect.stringContaining("was lost"),
      "two",
      "second answer",
    ]);
  });

  it("does not begin a turn again that may have been at work unseen", async () => {
    let requests = 0;
    const gate = Promise.withResolvers<void>();
    bridge.reply = () => {
      requests += 1;
      if (requests === 1) bridge.between.drop();
      return [{ until: gate.promise }, { say: "unseen" }];
    };
    const result = await bridge.turn("unseen", "go");
    expect(result.outcome).toMatchObject({ kind: "server_exit" });
    expect(requests).toBe(1);
    bridge.reply = () => [{ say: "there" }];
    expect(await bridge.turn("unseen", "again")).toMatchObject({ ok: true, text: "there" });
    gate.resolve();
    expect(await texts("unseen")).toEqual(["go", expect.stringContaining("lost"), "again", "there"]);
  });

  it("reads back what a turn came to that went on alone, once", async () => {
    const gate = Promise.withResolvers<void>();
    bridge.reply = () => [{ say: "before" }, { until: gate.promise }, { say: "after" }];
    const first = await bridge.turn("alone", "go", {
      observer: { onPartialReply: ({ text }) => (text === "before" ? bridge.between.drop("refuse") : undefined) },
    });
    expect(first.outcome).toMatchObject({ kind: "server_exit" });
    // Nobody can end it, so it comes to its own end.
    gate.resolve();
    await expect.poll(() => bridge.turnsOf(first.thread.id), { timeout: 30_000 }).toEqual(["completed"]);
    const requests = bridge.model.requests.length;
    // A turn is refused while the server cannot be reached; nothing is lost by it.
    await expect(bridge.turn("alone", "in between")).rejects.toMatchObject({ code: "endpoint_unreachable" });
    expect(bridge.model.requests).toHaveLength(requests);
    bridge.between.accept();
    bridge.reply = () => [{ say: "the next" }];
    const next = await bridge.turn("alone", "next");
    expect(next).toMatchObject({ ok: true, thread: { id: first.thread.id, resumed: true } });
    const said = ["go", "before", expect.stringContaining("was lost"), "after", "next", "the next"];
    expect(await texts("alone")).toEqual(said);
    expect(await bridge.turn("alone", "last")).toMatchObject({ ok: true });
    expect(await texts("alone")).toEqual([...said, "last", "the next"]);
  });

  it("makes a message whole that was cut, under the entry it has", async () => {
    const words = Array.from({ length: 40 }, (_, index) => `word-${index}`).join(" ");
    bridge.reply = () => [{ say: words, chunkChars: 10, delayMs: 50 }];
    const first = await bridge.turn("cut", "go", {
      observer: { onPartialReply: ({ text }) => (text.length > 20 ? bridge.between.drop("refuse") : undefined) },
    });
    const [cut] = first.entries.filter(({ kind }) => kind === "assistant");
    expect(cut).toMatchObject({ incomplete: true });
    expect(words.length).toBeGreaterThan(cut!.text!.length);
    await expect.poll(() => bridge.turnsOf(first.thread.id), { timeout: 30_000 }).toEqual(["completed"]);
    bridge.between.accept();
    bridge.reply = () => [{ say: "the next" }];
    expect(await bridge.turn("cut", "next")).toMatchObject({ ok: true });
    const rows = (await bridge.host.transcript("cut")).filter(({ kind }) => kind === "assistant");
    expect(rows.map(({ id, text }) => ({ id, text })).slice(0, -1)).toEqual([{ id: cut!.id, text: words }]);
  });

  it("answers a tool call once, whatever becomes of the connection meanwhile", async () => {
    let calls = 0;
    bridge.reply = ({ step }) => (step === 0 ? [{ call: "slow", args: {} }] : [{ say: "after the tool" }]);
    const tools = [
      {
        name: "slow",
        description: "Takes its time.",
        inputSchema: { type: "object", properties: {} },
        execute: async () => {
          calls += 1;
          bridge.between.drop();
          return "late";
        },
      },
    ];
    const result = await bridge.turn("tool-drop", "go", { tools });
    expect(result.outcome).toMatchObject({ kind: "server_exit" });
    bridge.reply = () => [{ say: "fine" }];
    expect(await bridge.turn("tool-drop", "next", { tools })).toMatchObject({ ok: true, text: "fine" });
    expect(calls).toBe(1);
  });

  it("applies settings that changed while the connection was away", async () => {
    bridge.reply = ({ step }) => (step === 0 ? [{ shell: "touch ran.txt" }] : [{ say: "ok" }]);
    await bridge.turn("policy", "go");
    bridge.between.drop();
    let asked = 0;
    const approve = async () => {
      asked += 1;
      return "decline" as const;
    };
    const result = await bridge.turn("policy", "go", { approvalPolicy: "untrusted", approve });
    expect(result).toMatchObject({ ok: true, thread: { resumed: true } });
    expect(asked).toBe(1);
    // A thread reads its configuration only when it is loaded, and there it still is.
    const native = () => (bridge.model.requests.at(-1)?.body.tools ?? []).map(({ name }) => name);
    expect(native()).toContain("exec_command");
    bridge.between.drop();
    expect(await bridge.turn("policy", "go", { nativeExecution: "off" })).toMatchObject({ ok: true });
    expect(native()).not.toContain("exec_command");
  });

  it("carries 10 MB in one message", async () => {
    const text = "x".repeat(2_500_000);
    bridge.reply = () => [{ deltas: 4, text }];
    const result = await bridge.turn("big", "go");
    expect(result.ok).toBe(true);
    expect(result.text).toHaveLength(10_000_000);
  }, 120_000);

  it("slows a fast server down for a slow host, and keeps the connection", async () => {
    const before = bridge.between.open;
    const from = bridge.between.passed;
    const text = `${"x".repeat(999)} `;
    bridge.reply = () => [{ deltas: 12_000, text }];
    let atRest: number | undefined;
    const result = await bridge.turn("slow", "go", {
      observer: {
        onPartialReply: async () => {
          if (atRest !== undefined) return;
          atRest = 0;
          // For as long as the host does nothing, what was said comes to rest somewhere on the way.
          for (let seen = -1; seen !== bridge.between.passed; await pause(1500)) seen = bridge.between.passed;
          atRest = bridge.between.passed - from;
        },
      },
    });
    expect(result.text).toHaveLength(12_000 * text.length);
    // The system's own buffers of a TCP connection may hold all of it.
    if (kind === "unix") expect(atRest).toBeLessThan(12_000_000);
    expect(bridge.between.open).toBe(Math.max(1, before));
  }, 120_000);

  it("outlives the death of that server, without starting one", async () => {
    bridge.reply = () => [{ say: "half" }, { stall: true }];
    const dead = await bridge.turn("killed", "go", { observer: { onPartialReply: () => void bridge.kill() } });
    expect(dead.outcome).toMatchObject({ kind: "server_exit", error: { code: "server_connection_lost" } });
    await expect(bridge.turn("killed", "next")).rejects.toMatchObject({
      code: "endpoint_unreachable",
      remedy: expect.any(String),
    });
    expect(runningBelow(process.pid)).toEqual([]);
    await bridge.startAgain();
    bridge.reply = () => [{ say: "alive" }];
    const next = await bridge.turn("killed", "next");
    expect(next).toMatchObject({ ok: true, text: "alive", thread: { id: dead.thread.id, resumed: true } });
  });
});
