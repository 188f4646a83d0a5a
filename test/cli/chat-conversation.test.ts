import { visibleWidth } from "@earendil-works/pi-tui";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerLines, finishedEnd } from "../../src/cli/chat/answer-lines.ts";
import { Conversation } from "../../src/cli/chat/conversation.ts";
import { editsOf } from "../../src/cli/chat/edits.ts";
import { farewell } from "../../src/cli/chat/farewell.ts";
import { itemsOf, lastOf } from "../../src/cli/chat/from-transcript.ts";
import { ItemLines } from "../../src/cli/chat/item-lines.ts";
import type { Item } from "../../src/cli/chat/items.ts";
import { liveLines } from "../../src/cli/chat/live-lines.ts";
import { count, duration, statusLine } from "../../src/cli/chat/status-line.ts";
import { themeFor } from "../../src/cli/chat/theme.ts";
import type { ToolProgress } from "../../src/harness/types.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import "../support/same-cases.ts";

const tool = (more: Partial<ToolProgress>): ToolProgress => {
  return { phase: "start", id: "t", name: "exec", title: "make", native: true, ...more };
};
const theme = themeFor(false);
const shown = (item: Item, width = 80): string => new ItemLines({ theme, cwd: "/w" }).render(item, width).join("\n");

describe("what a turn tells becomes items", () => {
  it("a command: running with the end of its output, then how it ended", () => {
    const chat = new Conversation();
    const { observer } = chat;
    void observer.onTool?.(tool({}));
    expect(chat.activity).toBe("Running a tool");
    void observer.onTool?.(tool({ phase: "update", output: "half" }));
    expect(chat.items).toMatchObject([{ kind: "tool", status: "running", output: "half" }]);
    void observer.onTool?.(tool({ phase: "end", status: "failed", exitCode: 2 }));
    expect(chat.items).toMatchObject([{ kind: "tool", status: "failed", exitCode: 2, output: "half" }]);
    expect(shown(chat.items[0]!)).toBe("✗ make  exit 2\n  │ half");
  });

  it("an answer grows where it stands, and what is begun again is not taken for an answer", () => {
    const chat = new Conversation();
    void chat.observer.onPartialReply?.({ itemId: "a", text: "One", delta: "One" });
    chat.note("info", "between");
    void chat.observer.onPartialReply?.({ itemId: "a", text: "One two", delta: " two" });
    expect(chat.items).toMatchObject([{ kind: "answer", text: "One two" }, { kind: "note" }]);
    void chat.observer.onAssistantDiscard?.({ itemId: "a" });
    void chat.observer.onPartialReply?.({ itemId: "a", text: "Three", delta: "Three" });
    expect(chat.items.map(({ kind }) => kind)).toEqual(["note", "note", "answer"]);
    expect(JSON.stringify(chat.items)).not.toContain("One");
  });

  it("a plan stays below while the turn runs, and in the conversation afterwards", () => {
    const chat = new Conversation();
    void chat.observer.onPlan?.({ steps: [{ step: "look", status: "inProgress" }] });
    expect([chat.items, chat.plan.length]).toEqual([[], 1]);
    chat.ended();
    expect([chat.items, chat.plan]).toEqual([[{ kind: "plan", steps: [{ step: "look", status: "inProgress" }] }], []]);
  });

  it("what is said into a turn stands where the model read it; the rest is handed back, oldest first", () => {
    const chat = new Conversation();
    for (const id of ["1", "2", "3"]) chat.steering({ id, text: `words ${id}` });
    void chat.observer.onSteer?.({ id: "2", status: "consumed" });
    void chat.observer.onSteer?.({ id: "3", status: "returned" });
    expect(chat.items).toEqual([{ kind: "user", text: "words 2" }]);
    expect(chat.waiting.map(({ id, returned }) => [id, returned])).toEqual([
      ["1", false],
      ["3", true],
    ]);
    expect(chat.ended()).toEqual(["words 1", "words 3"]);
    expect(chat.waiting).toEqual([]);
  });

  it("what still ran when the turn ended was cut off", () => {
    const chat = new Conversation();
    void chat.observer.onTool?.(tool({}));
    chat.ended();
    expect(chat.items).toMatchObject([{ status: "incomplete" }]);
    expect(shown(chat.items[0]!)).toContain("cut off");
  });

  it("a sub-agent is one item, with what it does now", () => {
    const chat = new Conversation();
    const agent = { threadId: "s", task: "count" };
    void chat.observer.onAgent?.({ ...agent, status: "running" });
    void chat.observer.onTool?.(tool({ agent: "s" }));
    expect(shown(chat.items[0]!)).toBe("▸ agent count  running\n  │ exec: make");
    void chat.observer.onTool?.(tool({ agent: "s", phase: "end", status: "completed" }));
    void chat.observer.onAgent?.({ threadId: "s", status: "completed", text: "three" });
    expect(chat.items.map((item) => shown(item))).toEqual(["✓ agent count  completed\n  │ three"]);
  });

  it("there is something to go on with when something was said in this session", () => {
    const chat = new Conversation();
    chat.note("info", "a note");
    expect(chat.said).toBe(false);
    chat.begun("hi");
    expect(chat.said).toBe(true);
    chat.clear();
    expect(chat.said).toBe(false);
    expect(farewell("work", undefined)).toContain("codex-bridge chat --session work goes on");
    expect(farewell("it's $HOME", "/a b")).toContain(`chat --state '/a b' --session 'it'\\''s $HOME' goes`);
  });

  it("a session that goes on for days keeps its end", () => {
    const chat = new Conversation();
    for (let n = 0; n < 2_500; n += 1) chat.note("info", `note ${n}`);
    chat.begun("go on");
    expect(chat.items.length).toBeLessThan(1_100);
    expect(chat.items[0]).toMatchObject({ text: expect.stringContaining("/history") });
    expect(chat.items.slice(-2)).toMatchObject([{ text: "note 2499" }, { text: "go on" }]);
  });
});

describe("how items look", () => {
  const wild = "a\u001b[31mb\u001b]8;;http://x\u0007c\u202ed\u200b\u0007\u009b2Je\tf";
  const items: Item[] = [
    { kind: "user", text: wild },
    { kind: "answer", id: "1", text: `${wild} [text](http://example.com/y)` },
    { kind: "answer", id: "2", text: wild, commentary: true },
    { kind: "thought", id: "3", text: wild },
    { kind: "tool", id: "4", name: wild, title: wild, native: false, input: { wild }, status: "running", output: wild },
    {
      kind: "tool",
      id: "5",
      name: "exec",
      title: wild,
      native: true,
      status: "completed",
      output: `${wild}\n`.repeat(9),
    },
    {
      kind: "tool",
      id: "6",
      name: "apply_patch",
      title: wild,
      native: true,
      status: "completed",
      edits: [{ path: `/w/${wild.repeat(9)}`, kind: "update", added: 1, removed: 2 }],
    },
    { kind: "agent", id: "7", status: wild, task: wild, text: wild, doing: wild },
    { kind: "plan", steps: [{ step: wild, status: wild }] },
    { kind: "note", level: "error", text: wild },
    { kind: "told", text: wild },
  ];

  it.each([1, 10, 40, 200])("no line is wider than %i columns, and no foreign text moves a cursor", (width) => {
    for (const item of items) {
      const lines = new ItemLines({ theme, cwd: "/w" }).render(item, width);
      expect(lines.filter((line) => visibleWidth(line) > width)).toEqual([]);
      // With no colours of our own, every control would be somebody else's; what ends a style is ours.
      expect(lines.join("").replaceAll("\u001b[0m", "")).not.toMatch(/[\p{Cc}\u202e\u200b]/u);
    }
  });

  it("an address behind a text is shown", () => {
    expect(shown(items[1]!)).toContain("http://example.com/y");
  });

  it("edits are counted, below the folder one works in", () => {
    const input = [
      { path: "/w/a.ts", kind: "update", diff: "--- a\n+++ b\n@@ -1,2 +1,2 @@\n one\n-two\n--- three\n+TWO\n" },
      { path: "/w/b.ts", kind: "add", diff: "x\ny\n" },
      { path: "/elsewhere", kind: "delete", diff: "x\n" },
    ];
    const edits = editsOf(input);
    expect(edits.map(({ added, removed }) => [added, removed])).toEqual([
      [1, 2],
      [2, 0],
      [0, 1],
    ]);
    const item = { ...tool({ name: "apply_patch" }), kind: "tool", status: "completed", edits } as const;
    expect(shown(item)).toBe("✓ edit 3 files\n  │ M a.ts  +1 −2\n  │ A b.ts  +2\n  │ D /elsewhere  −1");
    expect(editsOf({ nonsense: true })).toEqual([]);
  });

  it("of an output the last lines, and of a line that was written over the last version", () => {
    const output = `${Array.from({ length: 20 }, (_, n) => `line ${n}`).join("\n")}\n10%\r50%\r100%\r\n`;
    expect(shown({ ...tool({}), kind: "tool", status: "completed", output })).toBe(
      "✓ make\n  │ … 16 more lines above\n  │ line 16\n  │ line 17\n  │ line 18\n  │ line 19\n  │ 100%",
    );
  });

  it("a command without the quotes that Codex puts around it", () => {
    const title = (text: string): string => shown({ ...tool({ title: text }), kind: "tool", status: "running" });
    expect(title(`"printf 'a\\\\n' \\$HOME"`)).toBe("▸ printf 'a\\n' $HOME");
    expect(title(`"a" and "b"`)).toBe(`▸ "a" and "b"`);
  });

  it("is coloured only where colours are wanted", () => {
    const note: Item = { kind: "note", level: "error", text: "no" };
    expect(new ItemLines({ theme: themeFor(true), cwd: "/" }).render(note, 20).join("")).toContain("\u001b[31m");
    expect(shown(note)).toBe("✗ no");
  });
});

it("what goes on says which key does what, and only what is true", () => {
  const live = { plan: [], waiting: [], activity: "Writing", frame: 0 };
  const last = (interrupting: boolean) =>
    liveLines({ ...live, working: { elapsedMs: 1_000, interrupting } }, 60, theme).at(-1);
  expect([last(false), last(true)]).toEqual(["⠋ Writing 1 s · Esc interrupts", "⠋ Interrupting 1 s"]);
});

describe("an answer that streams", () => {
  const paragraph = `${"word ".repeat(60)}\n\n`;
  const whole = `${paragraph.repeat(8)}1. one\n\n2. two\n\n\`\`\`ts\nconst x = 1;\n\n${"y();\n\n".repeat(400)}\`\`\`\n\n${paragraph.repeat(9)}- a\n- b\n`;

  it("looks at its end as if it had come at once", () => {
    const render = (lines: AnswerLines, text: string): string[] => lines.render("a", text, 60);
    const atOnce = new AnswerLines(theme).render("other", whole, 60);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 30 }), (steps) => {
        const lines = new AnswerLines(theme);
        let end = 0;
        for (const step of steps) {
          end += step;
          render(lines, whole.slice(0, end));
        }
        expect(render(lines, whole)).toEqual(atOnce);
      }),
      { numRuns: 20 },
    );
  });

  it("is divided only where nothing that follows can change what was before", () => {
    expect(finishedEnd(paragraph, 0)).toBe(0);
    const fence = `\`\`\`\n${"x\n\ny\n".repeat(1_000)}`;
    expect(finishedEnd(fence, 0)).toBe(0);
    expect(finishedEnd(`- one\n${"\n- two\n".repeat(1_000)}`, 0)).toBe(0);
    const end = finishedEnd(paragraph.repeat(10), 0);
    expect(end % paragraph.length).toBe(0);
    expect(end).toBeGreaterThan(2_000);
  });

  it("that is corrected is shown as it stands now", () => {
    const lines = new AnswerLines(theme);
    lines.render("a", paragraph.repeat(10), 60);
    expect(lines.render("a", "No.", 60)).toEqual(["No."]);
  });
});

describe("a session that was held before", () => {
  const entry = (kind: TranscriptEntry["kind"], text: string): TranscriptEntry => {
    return { id: `${kind}/${text}`, kind, threadId: "t", turnId: "u", itemId: "i", text };
  };

  it("has the items it had, and of a long one the end from a prompt on", () => {
    const exec = { name: "exec", callId: "c", title: "ls", output: "a", status: "completed" } as const;
    const entries = [entry("user", "hi"), { ...entry("tool", ""), tool: exec }, entry("assistant", "done")];
    expect(itemsOf(entries).map((item) => shown(item))).toEqual(["› hi", "✓ ls\n  │ a", "• done"]);
    const many = itemsOf(Array.from({ length: 10 }, () => entries).flat());
    const { shown: last, earlier } = lastOf(many, 10);
    expect([last.length, earlier, last[0]!.kind]).toEqual([9, 21, "user"]);
    expect(lastOf(many, 100)).toEqual({ shown: many, earlier: 0 });
  });
});

describe("the status line", () => {
  const tokens = {
    totalTokens: 12_345,
    inputTokens: 12_000,
    cachedInputTokens: 0,
    outputTokens: 345,
    reasoningOutputTokens: 0,
  };
  const usage = { turn: tokens, thread: tokens, contextTokens: 50_000, contextWindow: 200_000 };

  it("leaves out what there is no room for", () => {
    const standing = { session: "work", model: "gpt-x", effort: "high", usage };
    expect(statusLine(standing, 80)).toBe("gpt-x high · context 25% · 12.3k tokens · work");
    expect(statusLine(standing, 30)).toBe("gpt-x high · context 25%");
    expect(statusLine({ ...standing, usage: undefined }, 80)).toBe("gpt-x high · work");
    expect(visibleWidth(statusLine(standing, 5))).toBe(5);
  });

  it("has numbers and times that one can read", () => {
    expect([0, 999, 1_000, 12_345, 123_456, 999_999, 1_234_567].map(count)).toEqual([
      "0",
      "999",
      "1k",
      "12.3k",
      "123k",
      "1M",
      "1.2M",
    ]);
    expect([0, 59_900, 125_000, 3_720_000].map(duration)).toEqual(["0 s", "59 s", "2 min 05 s", "1 h 02 min"]);
  });
});
