import { describe, expect, it } from "vitest";
import type { Runtime } from "../../src/openclaw/runtime.ts";
import { page, readTaskHistory, type TaskQuery } from "../../src/openclaw/task-history.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";

const entry = (itemId: string, fields: Partial<TranscriptEntry>): TranscriptEntry =>
  ({ id: `C/U/${itemId}/${fields.kind}`, threadId: "C", turnId: "U", itemId, ...fields }) as TranscriptEntry;
const entries = [
  entry("1", { kind: "user", text: "look into it" }),
  entry("2", {
    kind: "tool",
    tool: { name: "exec", callId: "c1", title: "ls", input: { command: "ls" }, output: "a b", status: "completed" },
  }),
  entry("3", { kind: "assistant", text: "two files" }),
];

describe("a page of a sub-agent's history", () => {
  it("has everything it said and did, each with an id that stays", () => {
    const { messages, nextCursor } = page(entries, 5, 0, 100);
    expect(nextCursor).toBeUndefined();
    expect(messages).toMatchObject([
      { role: "user", content: "look into it", messageId: "C/U/1/user" },
      { role: "assistant", content: [{ type: "toolCall", id: "c1" }] },
      { role: "toolResult", toolCallId: "c1", content: [{ type: "text", text: "a b" }] },
      { role: "assistant", content: [{ type: "text", text: "two files" }] },
    ]);
    const ids = (messages as { messageId: string }[]).map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(4);
  });

  it("goes back from the newest, without a gap and without a repetition", () => {
    const newest = page(entries, 5, 0, 3);
    const older = page(entries, 5, Number(newest.nextCursor), 3);
    expect(older.nextCursor).toBeUndefined();
    expect([...older.messages, ...newest.messages]).toEqual(page(entries, 5, 0, 100).messages);
  });

  it("is not larger than a host takes", () => {
    const long = ["a", "b", "c"].map((id) => entry(id, { kind: "assistant", text: id.repeat(700_000) }));
    const { messages, nextCursor } = page(long, 5, 0, 100);
    expect(messages).toHaveLength(1);
    expect(nextCursor).toBe("1");
  });
});

describe("readTaskHistory", () => {
  const runtime = (binding: object | undefined) =>
    ({
      commons: () => ({ store: { get: async () => binding } }),
      ask: async (_agent: string, question: (harness: object) => unknown) =>
        question({ subAgentEntries: async (threadId: string) => (threadId === "C" ? entries : []) }),
    }) as unknown as Runtime;
  const query = (fields: object = {}): TaskQuery =>
    ({
      task: {
        runId: "codex-bridge-agent:C",
        requesterSessionKey: "agent:main:main",
        agentId: "main",
        detail: { nativeHistory: { sessionId: "s1" } },
        ...fields,
      },
      limit: 100,
      assertCurrent: () => undefined,
    }) as unknown as TaskQuery;

  it("reads what the same conversation began", async () => {
    const { messages } = await readTaskHistory(runtime({ state: "active", sessionId: "s1" }), query());
    expect(messages).toHaveLength(4);
  });

  it.each([
    ["another generation of the session", { state: "active", sessionId: "s2" }, {}],
    ["a session that has ended", { state: "retired", sessionId: "s1" }, {}],
    ["a session nobody knows", undefined, {}],
    ["a task that says nothing of its session", { state: "active", sessionId: "s1" }, { detail: undefined }],
    ["a task of somebody else", { state: "active", sessionId: "s1" }, { runId: "C" }],
  ])("refuses %s", async (_, binding, fields) => {
    await expect(readTaskHistory(runtime(binding), query(fields))).rejects.toMatchObject({
      code: "task_history_foreign",
    });
  });
});
