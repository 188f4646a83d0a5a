import { describe, expect, it, vi } from "vitest";
import { chatHandlers } from "../../src/cli/chat/approvals.ts";
import { Conversation } from "../../src/cli/chat/conversation.ts";
import type { Panel } from "../../src/cli/chat/panel.ts";
import { themeFor } from "../../src/cli/chat/theme.ts";
import type { ApprovalAsk } from "../../src/requests/types.ts";

const theme = themeFor(false);

/** A place for panels that keys can be pressed in. */
function place() {
  let open: { panel: Panel; exit: () => void } | undefined;
  const interrupt = vi.fn();
  const conversation = new Conversation();
  const at = {
    theme,
    open: (panel: Panel, exit: () => void) => {
      expect(open).toBeUndefined();
      open = { panel, exit };
    },
    close: (panel: Panel) => {
      if (open?.panel === panel) open = undefined;
    },
  };
  const text = (): string => open?.panel.render(60).join("\n") ?? "";
  const press = async (when: string, ...keys: string[]): Promise<void> => {
    await expect.poll(text, { interval: 2 }).toContain(when);
    for (const key of keys) open!.panel.handleInput(key);
  };
  const handlers = (mode: "ask" | "all" | "none" = "ask") => chatHandlers({ mode, place: at, conversation, interrupt });
  return { handlers, text, press, conversation, interrupt, exit: () => open!.exit() };
}

const signal = new AbortController().signal;
const [enter, down, space] = ["\r", "\u001b[B", " "];
const approval = (detail: string): ApprovalAsk => ({
  kind: "command",
  title: "Run a command",
  detail,
  decisions: ["accept", "accept_session", "decline", "cancel"],
  threadId: "t",
  turnId: "u",
  itemId: "i",
});

describe("what Codex asks", () => {
  it("is asked one at a time, declined by a line end alone, and stays on the screen as it was decided", async () => {
    const { handlers, press, text, conversation } = place();
    const { approve } = handlers();
    const both = Promise.all([approve(approval("rm a"), signal), approve(approval("rm b"), signal)]);
    await expect.poll(text).toContain("rm a");
    expect(text()).not.toContain("rm b");
    await press("rm a", enter);
    await press("rm b", "1");
    expect(await both).toEqual(["decline", "accept"]);
    expect(text()).toBe("");
    expect(conversation.items).toEqual([
      { kind: "note", level: "warning", text: "Declined: rm a" },
      { kind: "note", level: "good", text: "Allowed: rm b" },
    ]);
  });

  it("disappears when it is withdrawn, and the next one is asked", async () => {
    const { handlers, press, text, conversation } = place();
    const { approve } = handlers();
    const withdrawn = new AbortController();
    const first = approve(approval("rm a"), withdrawn.signal);
    const second = approve(approval("rm b"), signal);
    await expect.poll(text).toContain("rm a");
    withdrawn.abort();
    await press("rm b", down, down, down, enter);
    // From "no, go on" three further is "yes, in this session": the list goes round.
    expect([await first, await second]).toEqual(["cancel", "accept_session"]);
    expect(conversation.items[0]).toMatchObject({
      level: "info",
      text: expect.stringContaining("not needed any more"),
    });
  });

  it("Esc stops the turn", async () => {
    const { handlers, text, interrupt, exit } = place();
    const asked = handlers().approve(approval("rm a"), signal);
    await expect.poll(text).toContain("rm a");
    exit();
    expect([await asked, interrupt.mock.calls.length]).toEqual(["cancel", 1]);
  });

  it("what is proposed, and why, cannot pass for lines of ours", async () => {
    const { handlers, press, text } = place();
    const more = { reason: "so\nproposed rule: ls …", rule: ["cat", "a\nin /safe"] };
    const asked = handlers().approve({ ...approval("cat a"), ...more }, signal);
    await expect.poll(text).toContain("Allow it?");
    expect(text()).toMatch(/^ {4}proposed rule: ls …$/m);
    expect(text()).toMatch(/^ {4}in \/safe …$/m);
    await press("Allow it?", enter);
    await asked;
  });

  it("is not asked where it was decided beforehand; questions are", async () => {
    const { handlers, press } = place();
    expect(await handlers("all").approve(approval("x"), signal)).toBe("accept");
    expect(await handlers("none").approve(approval("x"), signal)).toBe("decline");
    const options = [{ label: "red", description: "like a rose" }];
    const question = { id: "q", header: "", question: "Which?", options, allowOther: true, secret: false };
    const answer = handlers("all").answer({ questions: [question], threadId: "t", turnId: "u" }, signal);
    await press("like a rose", "2");
    await press("> ", ..."green", enter);
    expect(await answer).toEqual({ q: ["green"] });
  });

  it("a secret is not seen while it is typed, nor afterwards", async () => {
    const { handlers, press, text, conversation } = place();
    const question = { id: "q", header: "", question: "Key?", options: [], allowOther: true, secret: true };
    const answer = handlers().answer({ questions: [question], threadId: "t", turnId: "u" }, signal);
    await press("Key?", ..."hunter2");
    expect(text()).toContain("•••••••");
    expect(text()).not.toContain("hunter2");
    await press("Key?", enter);
    expect(await answer).toEqual({ q: ["hunter2"] });
    expect(JSON.stringify(conversation.items)).not.toContain("hunter2");
  });

  it("a form is filled in field by field, and what does not fit is asked again", async () => {
    const { handlers, press } = place();
    const field = { description: "", required: true } as const;
    const fields = [
      { ...field, name: "n", title: "How many", type: "integer" } as const,
      { ...field, name: "m", title: "Which", type: "multi", choices: ["a", "b", "c"] } as const,
    ];
    const answer = handlers().fillIn({ mode: "form", server: "srv", message: "Please", fields }, signal);
    await press("Answer it?", "1");
    await press("How many", "x", enter);
    await press("whole number", "\u007f", "3", enter);
    await press("Which", enter);
    await press("at least one", space, down, down, space, enter);
    expect(await answer).toEqual({ action: "accept", content: { n: 3, m: ["a", "c"] } });
  });
});
