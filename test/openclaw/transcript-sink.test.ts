import { describe, expect, it, vi } from "vitest";
import { createTranscriptSink } from "../../src/openclaw/transcript-sink.ts";
import { UsageMeter } from "../../src/openclaw/usage.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import { fakeAttempt, fakeRuntime } from "./fake-attempt.ts";

function entry(kind: TranscriptEntry["kind"], itemId: string, more: Partial<TranscriptEntry> = {}): TranscriptEntry {
  return { id: `t/u/${itemId}/${kind}`, kind, threadId: "t", turnId: "u", itemId, text: itemId, ...more };
}

const tool = entry("tool", "call_1", {
  tool: { name: "openclaw.session_status", callId: "call_1", title: "", status: "completed", output: "fine" },
});

function setUp(fields: Record<string, unknown> = {}, changed: Record<string, unknown> = {}) {
  const rows: Record<string, unknown>[] = [];
  const persistApproved = vi.fn(async () => void rows.push({ role: "user" }));
  const usage = new UsageMeter({ input: 5, output: 30, cacheRead: 0.5, cacheWrite: 0 } as never);
  const sink = createTranscriptSink({
    params: fakeAttempt({ userTurnTranscriptRecorder: { persistApproved }, ...fields }),
    host: fakeRuntime(changed),
    transcripts: {
      withSessionTranscriptWriteLock: (_target, run) =>
        run({
          appendMessage: async ({ message }) => {
            rows.push(message as never);
            return { appended: true, messageId: String(rows.length), message };
          },
        }),
      publishSessionTranscriptUpdateByIdentity: async () => undefined,
    },
    attribution: { api: "openai-responses", provider: "openai", model: "gpt-5.5" },
    usage,
  });
  return { sink, rows, usage, persistApproved };
}

const counts = {
  totalTokens: 120,
  inputTokens: 100,
  cachedInputTokens: 40,
  outputTokens: 20,
  reasoningOutputTokens: 0,
};

describe("the transcript sink", () => {
  it("writes the user's words first, once, and every row with its own key", async () => {
    const { sink, rows } = setUp();
    await sink.append([entry("reasoning", "r")]);
    await sink.append([tool, tool]);
    await sink.append([entry("assistant", "a")]);
    await sink.flush();
    expect(rows.map(({ role }) => role)).toEqual(["user", "assistant", "toolResult", "assistant"]);
    const keys = rows.slice(1).map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(3);
    expect(rows[1]).toMatchObject({ content: [{ type: "thinking", thinking: "r" }, { name: "session_status" }] });
    expect(sink.written.has("t/u/r/reasoning")).toBe(true);
  });

  it("keeps thoughts that led to nothing in a row of their own", async () => {
    const { sink, rows } = setUp();
    await sink.append([entry("reasoning", "r")]);
    await sink.close();
    await sink.append([entry("reasoning", "r")]);
    expect(rows.slice(1)).toMatchObject([{ role: "assistant", content: [{ type: "thinking", thinking: "r" }] }]);
  });

  it("lets an answer wait for its token counts, and charges each response once", async () => {
    const { sink, rows, usage } = setUp();
    await sink.append([entry("assistant", "a")]);
    expect(rows).toEqual([]);
    usage.note({ turn: counts, thread: counts });
    await sink.flush();
    expect(rows[1]).toMatchObject({ usage: { input: 60, output: 20, cacheRead: 40, totalTokens: 120 } });
    expect((rows[1] as { usage: { cost: { total: number } } }).usage.cost.total).toBeCloseTo(0.00092, 8);
    await sink.append([entry("assistant", "b")]);
    await sink.flush();
    expect(rows[2]).toMatchObject({ usage: { totalTokens: 0 } });
  });

  it("does not let an answer wait for longer than the next row", async () => {
    const { sink, rows } = setUp();
    await sink.append([entry("assistant", "before")]);
    await sink.append([tool]);
    expect(rows.map(({ role }) => role)).toEqual(["user", "assistant", "assistant", "toolResult"]);
  });

  it("writes nothing for a detached run, and no prompt the host suppresses", async () => {
    const detached = setUp({ sessionPersistence: "detached" });
    await detached.sink.append([tool]);
    expect(detached.rows).toEqual([]);
    const suppressed = setUp({ suppressNextUserMessagePersistence: true });
    await suppressed.sink.append([tool]);
    expect(suppressed.persistApproved).not.toHaveBeenCalled();
  });

  it("keeps out what a hook keeps out, and the key of what a hook changes", async () => {
    const silent = setUp({}, { runAgentHarnessBeforeMessageWriteHook: () => null });
    await silent.sink.append([tool]);
    expect(silent.rows).toEqual([]);
    const changing = setUp(
      {},
      {
        runAgentHarnessBeforeMessageWriteHook: ({ message }: { message: object }) => ({
          ...message,
          idempotencyKey: "x",
        }),
      },
    );
    await changing.sink.append([tool]);
    expect(changing.rows[1]).toMatchObject({ idempotencyKey: "codex-bridge:t/u/call_1/tool:call" });
  });
});
