import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../../src/host/embedded-host.ts";

import { BindingStore } from "../../src/thread/store.ts";
import { scriptedThread } from "../support/scripted-thread.ts";
import { killServers, openTestHost } from "./fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
let host: EmbeddedHost;
let turn: typeof bridge.turn;

beforeAll(async () => {
  bridge = await openTestHost("harness");
  ({ host, turn } = bridge);
});
afterAll(() => bridge.close());

describe("a turn on the real app-server", () => {
  it("projects every kind of item, streams it, and writes it once", async () => {
    bridge.reply = ({ step }) =>
      [
        [
          { think: "**Plan** first" },
          { say: "Working on it.", phase: "commentary" as const },
          { shell: "echo out; echo err >&2; exit 3" },
        ],
        [{ patch: "*** Begin Patch\n*** Add File: made.txt\n+content\n*** End Patch" }],
        [{ say: "All done.", phase: "final_answer" as const, chunkChars: 3 }],
      ][step] ?? [];
    const partial: string[] = [];
    const tools: string[] = [];
    const result = await turn("kinds", "do things", {
      observer: {
        onPartialReply: ({ delta }) => {
          partial.push(delta);
        },
        onTool: ({ phase, name, status }) => {
          if (phase !== "update") tools.push(`${phase} ${name} ${status ?? ""}`.trim());
        },
      },
    });
    expect(result).toMatchObject({
      ok: true,
      text: "All done.",
      outcome: { kind: "completed" },
      thread: { resumed: false },
    });
    expect(result.entries.map((entry) => [entry.kind, entry.tool?.name ?? entry.text, entry.tool?.status])).toEqual([
      ["user", "do things", undefined],
      ["reasoning", "**Plan** first", undefined],
      ["assistant", "Working on it.", undefined],
      ["tool", "exec", "failed"],
      ["tool", "apply_patch", "completed"],
      ["assistant", "All done.", undefined],
    ]);
    expect(result.entries[3]?.tool).toMatchObject({
      title: "echo out; echo err >&2; exit 3",
      output: expect.stringContaining("out"),
    });
    expect(partial.join("")).toBe("All done.");
    expect(tools).toEqual(["start exec", "end exec failed", "start apply_patch", "end apply_patch completed"]);
    expect(readFileSync(path.join(bridge.folder, "made.txt"), "utf8")).toBe("content\n");
    expect(await host.transcript("kinds")).toEqual(result.entries);
    for (const name of ["threadMs", "firstTokenMs", "turnMs"] as const) expect(result.phases[name]).toBeGreaterThan(0);
    expect(result.server).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(result.usage?.turn.totalTokens).toBeGreaterThan(0);
  });

  it("keeps the thread, on the same server and after that server died", async () => {
    bridge.reply = ({ body }) => [{ say: `seen ${JSON.stringify(body.input).includes("the secret word is walnut")}` }];
    const first = await turn("kept", "the secret word is walnut");
    const second = await turn("kept", "what is it?");
    expect(second).toMatchObject({ text: "seen true", thread: { id: first.thread.id, resumed: true } });
    killServers();
    await new Promise((done) => setTimeout(done, 100));
    const third = await turn("kept", "and now?");
    expect(third).toMatchObject({ ok: true, text: "seen true", thread: { id: first.thread.id, resumed: true } });
  });

  it("tells a dead server as an outcome and keeps what was said", async () => {
    bridge.reply = () => [{ say: "half of it " }, { stall: true }];
    let said = "";
    const running = turn("killed", "go", {
      observer: {
        onPartialReply: ({ text }) => {
          said = text;
          killServers();
        },
      },
    });
    const result = await running;
    expect(result).toMatchObject({ ok: false, outcome: { kind: "server_exit", error: { code: "server_exited" } } });
    expect(said).not.toBe("");
    bridge.reply = () => [{ say: "back" }];
    expect(await turn("killed", "again")).toMatchObject({ ok: true, text: "back" });
  });

  it("interrupts on abort and keeps the text that was streamed", async () => {
    bridge.reply = () => [{ say: "a long story", chunkChars: 2, delayMs: 30 }, { stall: true }];
    const abort = new AbortController();
    const result = await turn("aborted", "tell", {
      signal: abort.signal,
      observer: { onPartialReply: ({ text }) => (text.length > 4 ? abort.abort() : undefined) },
    });
    expect(result.outcome).toEqual({ kind: "interrupted", by: "host" });
    expect(result.entries.at(-1)).toMatchObject({
      kind: "assistant",
      incomplete: true,
      text: expect.stringMatching(/^a lon/),
    });
  });

  it("names the clock when the budget ends a turn, and the next turn works", async () => {
    bridge.reply = () => [{ stall: true }];
    const result = await turn("slow", "wait", { timeoutMs: 700 });
    expect(result.outcome).toMatchObject({ kind: "timeout", clock: "run_budget", error: { code: "turn_timeout" } });
    // What was asked for, not what was left of it when the turn began.
    expect(result.outcome).toMatchObject({
      error: { message: expect.stringContaining(" 700 ms"), facts: { ms: 700 } },
    });
    bridge.reply = () => [{ say: "quick" }];
    expect(await turn("slow", "again")).toMatchObject({ ok: true, text: "quick" });
  });

  it("tells a failing model as a failed turn with its kind", async () => {
    bridge.reply = () => ({ status: 429, body: { error: { message: "slow down", code: "rate_limit_exceeded" } } });
    const result = await turn("failing", "go");
    expect(result).toMatchObject({ ok: false, outcome: { kind: "failed", error: { code: "turn_failed" } } });
  });

  it("answers the server's requests safely, so that a turn goes on", async () => {
    bridge.reply = ({ step, toolOutputs }) =>
      step === 0
        ? [{ shell: "touch forbidden.txt", escalate: "please" }]
        : [{ say: `told: ${toolOutputs[0]?.text ?? ""}` }];
    const result = await host.runTurn({
      sessionKey: "declined",
      prompt: "go",
      cwd: bridge.folder,
      approvalPolicy: "on-request",
      sandbox: "read-only",
      model: "gpt-5.5",
      modelProvider: "scripted",
    });
    expect(result).toMatchObject({ ok: true, text: expect.stringContaining("reject") });
    expect(result.entries.find((entry) => entry.tool)?.tool?.status).toBe("declined");
    expect(existsSync(path.join(bridge.folder, "forbidden.txt"))).toBe(false);
  });

  it("runs sessions side by side and refuses two turns in one", async () => {
    bridge.reply = async () => {
      await new Promise((done) => setTimeout(done, 100));
      return [{ say: "done" }];
    };
    const [a, b] = [turn("side-a", "x"), turn("side-b", "y")];
    await expect(turn("side-a", "too soon", { clocks: { sessionWaitMs: 20 } })).rejects.toMatchObject({
      code: "session_busy",
    });
    expect((await a).ok && (await b).ok).toBe(true);
  });

  it("starts a new thread and says why when the old one is gone", async () => {
    bridge.reply = () => [{ say: "hi" }];
    const first = await turn("lost", "one");
    const store = new BindingStore(path.join(bridge.folder, "sessions.db"));
    await store.patch({ agentId: "main", sessionKey: "lost" }, { threadId: "01a00000-0000-7000-8000-000000000000" });
    await store.close();
    const second = await turn("lost", "two");
    expect(second).toMatchObject({
      ok: true,
      thread: { resumed: false, rotation: { reason: expect.stringContaining("no record") } },
    });
    expect(second.thread.id).not.toBe(first.thread.id);
  });

  it("compacts a thread, and resets a session", async () => {
    bridge.reply = () => [{ say: "summary" }];
    const first = await turn("compacted", "one");
    const session = { key: "compacted", id: "compacted" };
    expect(await bridge.harness.compact(session)).toMatchObject({ compacted: true });
    await bridge.harness.reset(session, "test");
    expect(await bridge.harness.compact(session)).toMatchObject({ compacted: false });
    expect((await turn("compacted", "two")).thread).toMatchObject({ resumed: false });
    expect(first.ok).toBe(true);
  });

  it("hands the answer over even when the transcript cannot be written, and says so", async () => {
    bridge.reply = () => [{ say: "precious" }];
    const result = await bridge.harness.runAttempt({
      session: { key: "unwritable", id: "unwritable" },
      prompt: "go",
      cwd: bridge.folder,
      ...scriptedThread,
      transcript: { append: () => Promise.reject(new Error("disk full")) },
    });
    expect(result).toMatchObject({
      ok: false,
      text: "precious",
      outcome: { error: { code: "transcript_unwritable" } },
    });
  });

  it("tells the server about a model only when it changes", async () => {
    bridge.reply = ({ body }) => [{ say: String(body.model) }];
    const withModel = (name: string) =>
      host.runTurn({
        sessionKey: "models",
        prompt: "which?",
        cwd: bridge.folder,
        approvalPolicy: "never",
        sandbox: "danger-full-access",
        modelProvider: "scripted",
        model: name,
      });
    const texts: string[] = [];
    for (const name of ["gpt-5.5", "gpt-5.5", "other-model", "gpt-5.5"]) texts.push((await withModel(name)).text);
    expect(texts).toEqual(["gpt-5.5", "gpt-5.5", "other-model", "gpt-5.5"]);
  });

  it.each(["", "x".repeat(1_048_577)])("refuses a prompt the server would not take", async (prompt) => {
    await expect(turn("prompt", prompt)).rejects.toMatchObject({ code: expect.stringMatching(/^prompt_/) });
  });
});

it.each([
  [[], false],
  [["features.goals=true"], true],
])("lets Codex start turns of its own only where that was asked for: %j", async (overrides, offered) => {
  const own = await openTestHost("goals", { overrides });
  try {
    let tools = "";
    own.reply = ({ body }) => {
      tools = JSON.stringify(body.tools);
      return [{ say: "ok" }];
    };
    expect((await own.turn("s", "hi")).ok).toBe(true);
    expect(tools.includes("create_goal")).toBe(offered);
  } finally {
    await own.close();
  }
});
