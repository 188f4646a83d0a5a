import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BindingStore } from "../../src/thread/store.ts";
import { scriptedThread } from "../support/scripted-thread.ts";
import { openTestHost } from "./fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
let input = "";
let model: unknown;
beforeAll(async () => {
  bridge = await openTestHost("sessions");
  bridge.reply = ({ body }) => {
    input = JSON.stringify(body.input);
    model = body.model;
    return [{ say: "ok" }];
  };
});
afterAll(() => bridge.close());

const store = async <T>(use: (store: BindingStore) => Promise<T>): Promise<T> => {
  const opened = new BindingStore(path.join(bridge.folder, "sessions.db"));
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
};
const owner = (sessionKey: string) => ({ agentId: "main", sessionKey });
const ref = (key: string) => ({ key, id: key });

describe("the life of a session", () => {
  it("is on record: thread, model, last turn and how it ended", async () => {
    const result = await bridge.turn("recorded", "hello");
    // Written when the result is out already.
    const row = () => store((s) => s.get(owner("recorded")));
    await expect.poll(async () => (await row())?.lastTurnStatus).toBe("completed");
    expect(await row()).toMatchObject({
      threadId: result.thread.id,
      model: "gpt-5.5",
      modelProvider: "scripted",
      state: "active",
      lastTurnId: result.turnId,
      lastTurnStatus: "completed",
      rolloutPath: expect.stringContaining(result.thread.id),
    });
  });

  it("a reset starts anew without a word of before, and says why", async () => {
    const first = await bridge.turn("reset", "the secret is walnut");
    await bridge.harness.reset(ref("reset"), "the user asked for it");
    const second = await bridge.turn("reset", "what?");
    expect(second.thread).toMatchObject({
      resumed: false,
      rotation: { reason: "the user asked for it", history: "none" },
    });
    expect(input).not.toContain("walnut");
    expect(await store((s) => s.rotations(owner("reset")))).toMatchObject([
      { from: first.thread.id, to: second.thread.id },
    ]);
  });

  it("a rewind tells the new thread what is left of the conversation", async () => {
    await bridge.turn("rewound", "one");
    await bridge.harness.reset(ref("rewound"), "the user went back", { keepHistory: true });
    await bridge.turn("rewound", "again", { history: async () => [{ role: "user", text: "only this remains" }] });
    expect(input).toContain("[user] only this remains");
  });

  it("what the host has erased does not come back from Codex's own record", async () => {
    await bridge.turn("erased", "a word to forget");
    await bridge.harness.reset(ref("erased"), "the user went back to the start", { keepHistory: true });
    const next = await bridge.turn("erased", "again", { history: async () => [] });
    expect(next.thread.rotation?.history).toEqual({ messages: 0, leftOut: 0 });
    expect(input).not.toContain("a word to forget");
  });

  it("a prepared reset holds the session, and a rollback changes nothing", async () => {
    const first = await bridge.turn("prepared", "one");
    const prepared = await bridge.harness.prepareReset(ref("prepared"), "maybe");
    await expect(bridge.turn("prepared", "now?", { clocks: { sessionWaitMs: 50 } })).rejects.toMatchObject({
      code: "session_busy",
    });
    await prepared.rollback();
    expect((await bridge.turn("prepared", "two")).thread).toEqual({ id: first.thread.id, resumed: true });
    await (await bridge.harness.prepareReset(ref("prepared"), "for good")).commit();
    expect((await bridge.turn("prepared", "three")).thread.resumed).toBe(false);
  });

  it("a new generation is a new conversation, unless it continues the one before", async () => {
    const run = (id: string, extra: object = {}) =>
      bridge.harness.runAttempt({
        session: { key: "generations", id, ...extra },
        prompt: "hi",
        cwd: bridge.folder,
        ...scriptedThread,
        transcript: { append: async () => undefined },
      });
    const first = await run("g1");
    const renamed = await run("g2", { predecessorId: "g1" });
    expect(renamed.thread).toEqual({ id: first.thread.id, resumed: true });
    expect((await run("g3")).thread).toMatchObject({
      resumed: false,
      rotation: { reason: expect.stringContaining("new session") },
    });
  });

  it("a fork has the conversation up to a turn, and both go on by themselves", async () => {
    const first = await bridge.turn("forked", "first words");
    await bridge.turn("forked", "second words");
    const fork = await bridge.harness.fork(ref("forked"), ref("copy"), { lastTurnId: first.turnId });
    model = undefined;
    expect(await bridge.turn("copy", "go on")).toMatchObject({ thread: { id: fork.threadId, resumed: true } });
    // A fork is loaded with Codex's own settings: the attempt's have to be said.
    expect(model).toBe("gpt-5.5");
    expect(input).toContain("first words");
    expect(input).not.toContain("second words");
    await expect(bridge.harness.fork(ref("nobody"), ref("x"))).rejects.toMatchObject({ code: "session_has_no_thread" });
  });

  it("a thread that is fuller than allowed is compacted before its next turn", async () => {
    const small = await openTestHost("full", { maxContextTokens: 50 });
    try {
      const said: string[] = [];
      small.reply = ({ body }) => {
        said.push(JSON.stringify(body.input));
        return [{ say: "ok" }, { usage: { input: 100, output: 1 } }];
      };
      const first = await small.turn("full", "one");
      const second = await small.turn("full", "two");
      expect(second.thread).toEqual({ id: first.thread.id, resumed: true });
      expect(said).toHaveLength(3);
    } finally {
      await small.close();
    }
  });
});

it("rebuilds a damaged record from the names of Codex's own threads", async () => {
  const hurt = await openTestHost("hurt");
  try {
    hurt.reply = () => [{ say: "ok" }];
    const first = await hurt.turn("survivor", "one");
    await hurt.harness.dispose();
    writeFileSync(path.join(hurt.folder, "sessions.db"), "damaged ".repeat(100));
    await hurt.restart();
    expect((await hurt.turn("survivor", "two")).thread).toEqual({ id: first.thread.id, resumed: true });
  } finally {
    await hurt.close();
  }
});
