import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { chatActions } from "../../src/cli/chat/actions.ts";
import { commands, helpText, readLine } from "../../src/cli/chat/commands.ts";
import { Conversation } from "../../src/cli/chat/conversation.ts";
import type { Panel } from "../../src/cli/chat/panel.ts";
import { PromptHistory } from "../../src/cli/chat/prompt-history.ts";
import type { PanelPlace } from "../../src/cli/chat/prompts.ts";
import type { ChatRecorder } from "../../src/cli/chat/recording.ts";
import { Suggestions } from "../../src/cli/chat/suggestions.ts";
import { themeFor } from "../../src/cli/chat/theme.ts";
import { Turns } from "../../src/cli/chat/turns.ts";
import { pauseMs, Typing } from "../../src/cli/chat/typing.ts";
import { recordingFor } from "../../src/cli/record.ts";
import type { HostTurnResult } from "../../src/host/embedded-host.ts";
import type { CodexHost, CodexTurn } from "../../src/library/embedded-host.ts";
import type { TurnOutcome } from "../../src/turn/outcome.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("cli-chat");
afterAll(() => folder.remove());

describe("what is written", () => {
  it.each([
    ["", { kind: "empty" }],
    ["  \n", { kind: "empty" }],
    ["hello /new", { kind: "prompt", text: "hello /new" }],
    ["/usr/bin is a path", { kind: "prompt", text: "/usr/bin is a path" }],
    ["// a comment", { kind: "prompt", text: "// a comment" }],
    ["/new", { kind: "command", name: "new", argument: "" }],
    ["/Model  gpt-x ", { kind: "command", name: "model", argument: "gpt-x" }],
    ["/steer two\nlines", { kind: "command", name: "steer", argument: "two\nlines" }],
    ["/quit", { kind: "command", name: "exit", argument: "" }],
    ["/stat", { kind: "unknown", name: "stat", nearest: "status" }],
    ["/comp", { kind: "unknown", name: "comp", nearest: "compact" }],
    ["/resmue x", { kind: "unknown", name: "resmue", nearest: "resume" }],
    ["/mdoel", { kind: "unknown", name: "mdoel", nearest: "model" }],
    ["/tmp is full", { kind: "prompt", text: "/tmp is full" }],
    ["/mdoel x", { kind: "unknown", name: "mdoel", nearest: "model" }],
    ["/xyzzyplugh", { kind: "unknown", name: "xyzzyplugh" }],
  ])("%j", (text, line) => {
    expect(readLine(text)).toEqual(line);
  });

  it("has help for every command", () => {
    for (const { name, about } of commands) expect(helpText()).toMatch(new RegExp(`^/${name}\\b.*${about}$`, "m"));
  });
});

/** Turns on a host whose turns end when they are told to. */
function turns() {
  const conversation = new Conversation();
  const begun: { turn: CodexTurn; end: (outcome: TurnOutcome) => void; fail: (error: Error) => void }[] = [];
  const giveBack = vi.fn();
  const host = {
    runTurn: (turn: CodexTurn) => {
      const { promise, resolve, reject } = Promise.withResolvers<HostTurnResult>();
      const end = (outcome: TurnOutcome): void => resolve({ outcome, server: { version: "1" } } as HostTurnResult);
      begun.push({ turn, end, fail: reject });
      return promise;
    },
  };
  const settings = { sessionKey: "s" };
  const all = new Turns({ host, conversation, settings, basics: { cwd: "/" }, handlers: {}, giveBack, now: () => 0 });
  const prompts = (): string[] => begun.map(({ turn }) => turn.prompt);
  return { conversation, turns: all, begun, giveBack, prompts, settings };
}

describe("turns", () => {
  it("what is written while one runs is said to it, also before it can be reached", async () => {
    const { turns: all, begun, conversation } = turns();
    const steer = vi.fn(async (_: { id: string; text: string }) => "accepted" as const);
    all.submit("first");
    all.submit("early");
    begun[0]!.turn.onControl?.({ steer, release: () => undefined });
    all.submit("late");
    expect(steer.mock.calls.map(([{ text }]) => text)).toEqual(["early", "late"]);
    for (const [{ id }] of steer.mock.calls) void conversation.observer.onSteer?.({ id, status: "consumed" });
    begun[0]!.end({ kind: "completed" });
    await all.rest();
    expect(begun).toHaveLength(1);
    expect(conversation.items.filter(({ kind }) => kind === "user")).toHaveLength(3);
  });

  it("what the turn does not take becomes the next one", async () => {
    const { turns: all, begun, prompts } = turns();
    all.submit("first");
    begun[0]!.turn.onControl?.({ steer: async () => "returned", release: () => undefined });
    all.submit("second");
    all.submit("third");
    begun[0]!.end({ kind: "completed" });
    await expect.poll(prompts).toEqual(["first", "second\n\nthird"]);
    begun[1]!.end({ kind: "completed" });
    await all.rest();
    expect(all.working).toBeUndefined();
  });

  it.each<TurnOutcome>([
    { kind: "interrupted", by: "host" },
    // It came to its end just then.
    { kind: "completed" },
    { kind: "failed", error: new Error("x") as never, category: "other", actions: [] },
  ])("after one that was %o nobody knows what is still meant: it is given back", async (outcome) => {
    const { turns: all, begun, giveBack } = turns();
    all.submit("first");
    all.submit("second");
    expect(all.interrupt()).toBe(true);
    expect(begun[0]!.turn.signal?.aborted).toBe(true);
    expect(all.working?.interrupting).toBe(true);
    begun[0]!.end(outcome);
    await all.rest();
    expect([begun.length, giveBack.mock.calls]).toEqual([1, [["second"]]]);
    expect(all.interrupt()).toBe(false);
  });

  it("one that could not begin says why, and the next one runs with what was chosen meanwhile", async () => {
    const { turns: all, begun, conversation, settings } = turns();
    all.submit("first");
    begun[0]!.fail(new Error("no server"));
    await all.rest();
    expect(conversation.items.at(-1)).toMatchObject({ kind: "note", level: "error", text: "internal: no server" });
    Object.assign(settings, { sessionKey: "t", model: "m", effort: "low" });
    all.submit("again");
    expect(begun[1]!.turn).toMatchObject({ prompt: "again", sessionKey: "t", model: "m", effort: "low" });
  });

  it("what is written during a compaction comes after it", async () => {
    const { turns: all, prompts, conversation } = turns();
    const compacted = Promise.withResolvers<void>();
    void all.work("Compacting", () => compacted.promise);
    expect(conversation.activity).toBe("Compacting");
    all.submit("next");
    expect(prompts()).toEqual([]);
    compacted.resolve();
    await expect.poll(prompts).toEqual(["next"]);
  });
});

/** Commands on a host that has one entry in each of its transcripts. */
function actions() {
  const { turns: all, conversation, settings, begun } = turns();
  const entry = { id: "1", kind: "user", threadId: "t", turnId: "u", itemId: "i", text: "hi" } as const;
  const models = ["first", "second"].map((id) => ({
    id,
    name: id,
    isDefault: id === "first",
    hidden: false,
    efforts: [],
  }));
  const host = { transcript: async () => [entry], harness: { models: async () => models } } as unknown as CodexHost;
  const opened: Panel[] = [];
  const place: PanelPlace = {
    theme: themeFor(false),
    open: (panel) => void opened.push(panel),
    close: () => undefined,
  };
  const options = {
    host,
    conversation,
    settings,
    turns: all,
    stateDir: folder.path,
    facts: [],
    defaultModel: "second",
  };
  const rest = { place, recorder: {} as ChatRecorder, newKey: () => "k", exit: () => undefined };
  return { actions: chatActions({ ...options, ...rest }), turns: all, conversation, settings, begun, opened };
}

describe("commands", () => {
  it("do not change the session under a turn that began meanwhile", async () => {
    const { actions: at, turns: all, settings, begun } = actions();
    const gone = at.new("other");
    all.submit("typed ahead");
    await gone;
    expect([settings.sessionKey, begun[0]!.turn.sessionKey]).toEqual(["s", "s"]);
    begun[0]!.end({ kind: "completed" });
    await all.rest();
    await at.new("other");
    expect(settings.sessionKey).toBe("other");
  });

  it("/model begins at the one that turns are run with", async () => {
    const { actions: at, opened } = actions();
    const asked = at.model("");
    await expect.poll(() => opened[0]?.render(40).join("\n")).toContain("❯ 2. second");
    opened[0]!.handleInput("1");
    await asked;
  });

  it("/history shows the session again, and what is known of it stays", async () => {
    const { actions: at, conversation } = actions();
    const tokens = { totalTokens: 1, inputTokens: 1, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 };
    void conversation.observer.onUsage?.({ turn: tokens, thread: tokens });
    conversation.note("info", "a note");
    await at.history("");
    expect([conversation.items, conversation.usage]).toEqual([
      [{ kind: "user", text: "hi" }],
      { turn: tokens, thread: tokens },
    ]);
    await at.new("other");
    expect(conversation.usage).toBeUndefined();
  });
});

it("a recording says which command it is of", async () => {
  const dir = path.join(folder.path, "recording");
  await (await recordingFor({ record: dir }, "chat"))!.finish();
  expect(readFileSync(path.join(dir, "manifest.json"), "utf8")).toContain("codex-bridge chat --record DIR");
});

describe("what is typed", () => {
  it("into a question that has just appeared was not meant for it, until there is a pause", () => {
    let now = 0;
    const typing = new Typing(() => now);
    expect(typing.waitMs).toBe(0);
    typing.typed();
    now += pauseMs - 1;
    expect(typing.waitMs).toBe(1);
    typing.typed();
    now += pauseMs;
    expect(typing.waitMs).toBe(0);
    typing.typed();
    typing.finished();
    expect(typing.waitMs).toBe(0);
  });

  it("is kept for later chats, for nobody else, and once", async () => {
    const state = path.join(folder.path, "state");
    const history = new PromptHistory(state);
    expect(await history.read()).toEqual([]);
    for (const text of ["one", "two\nlines", "two\nlines", "x".repeat(30_000)]) history.add(text);
    expect(await new PromptHistory(state).read()).toEqual(["one", "two\nlines"]);
    expect(statSync(history.file).mode & 0o777).toBe(0o600);
    writeFileSync(history.file, `{broken\n${JSON.stringify("kept")}\n42\n`);
    expect(await history.read()).toEqual(["kept"]);
    writeFileSync(history.file, `${JSON.stringify("x")}\n`.repeat(1_500));
    expect(await history.read()).toHaveLength(500);
    expect(readFileSync(history.file, "utf8").split("\n")).toHaveLength(501);
  });

  it("can be completed: commands, and files of the folder", async () => {
    const cwd = path.join(folder.path, "files");
    mkdirSync(path.join(cwd, "src"), { recursive: true });
    for (const name of ["read me.md", "README.md", ".hidden", "src/main.ts", "bad\u202ename"]) {
      writeFileSync(path.join(cwd, name), "");
    }
    const all = new Suggestions(cwd);
    const at = async (line: string): Promise<string[] | undefined> =>
      (await all.getSuggestions([line], 0, line.length))?.items.map(({ value }) => value);
    expect(await at("/re")).toEqual(["/resume"]);
    expect(await at("look at @")).toEqual(["@src/", "@README.md"]);
    expect(await at("@src/M")).toEqual(["@src/main.ts"]);
    expect(await at("@.h")).toEqual(["@.hidden"]);
    expect(await at("mail me@")).toBeUndefined();
    expect(await at("@nowhere/")).toBeUndefined();
    const item = { value: "@src/", label: "src/" };
    expect(all.applyCompletion(["see @s now"], 0, 6, item, "@s")).toEqual({
      lines: ["see @src/ now"],
      cursorLine: 0,
      cursorCol: 9,
    });
  });
});
