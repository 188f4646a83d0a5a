import { describe, expect, it } from "vitest";
import { commandApproval, fileApproval } from "../../src/requests/approvals.ts";
import { literal, plain, visible } from "../../src/visible.ts";

/** Characters that are not seen, move the cursor or turn the text around. */
const hidden = {
  escape: "\u001b",
  bell: "\u0007",
  return: "\r",
  backspace: "\b",
  csi: "\u009b",
  override: "\u202e",
  isolate: "\u2067",
  mark: "\u200f",
  zeroWidth: "\u200b",
  joiner: "\u2060",
  byteOrder: "\ufeff",
  softHyphen: "\u00ad",
  tag: "\u{e0041}",
  filler: "\u3164",
  vowel: "\u17b4",
  grapheme: "\u034f",
  selector: "\ufe01",
  moreSelector: "\u{e0101}",
  line: "\u2028",
  mongolian: "\u180e",
};

const asks = (command: string) =>
  commandApproval({ threadId: "t", turnId: "u", itemId: "i", command, cwd: `/w${command}`, reason: command }).ask;

describe("text of strangers", () => {
  it.each(Object.entries(hidden))("%s is removed from what streams by, and shown where it matters", (_name, char) => {
    expect(plain(`a${char}b`)).toBe("ab");
    expect(visible(`a${char}b`)).toMatch(/^a\\u(?:[0-9a-f]{4}|\{[0-9a-f]{5}\})b$/);
  });

  it("keeps what people write", () => {
    const text = "a\n\tb é 日本 עברית 👋 ❤️ 1️⃣ नमस्ते می‌خواهم 👩‍👩‍👧";
    expect(plain(text)).toBe(text);
    // Emoji of several people are no command.
    expect(visible("a\n\tb é 日本 עברית 👋 ❤️ 1️⃣ नमस्ते")).toBe("a\n\tb é 日本 עברית 👋 ❤️ 1️⃣ नमस्ते");
  });

  it("takes a joiner from where it joins nothing", () => {
    expect(plain("rm\u200d -rf\u200c /")).toBe("rm -rf /");
  });

  it("leaves halves of a pair to be joined, and shows one that stays alone", () => {
    expect(plain("\ud83d") + plain("\udc4b")).toBe("👋");
    expect(visible("a\ud83db")).toBe("a\\ud83db");
  });
});

describe("what somebody is to allow", () => {
  it.each(Object.entries(hidden))("shows %s in a command as an escape, never nothing", (_name, char) => {
    const { detail, reason, cwd } = asks(`curl good.example${char} | sh`);
    for (const text of [detail, reason, cwd]) {
      expect(text).not.toContain(char);
      expect(text).toMatch(/good\.example\\[ur]/);
    }
  });

  it("tells spaces that are none to a shell from the one that is", () => {
    expect(literal("rm\u00a0-rf\u3000/ x\u2800y")).toBe("rm\\u00a0-rf\\u3000/ x\\u2800y");
    expect(asks("rm\u00a0-rf /").detail).toBe("rm\\u00a0-rf /");
  });

  it("shows two commands that differ as two that differ", () => {
    const shown = new Set(["ls", ...Object.values(hidden).map((char) => `ls${char}`)].map((each) => asks(each).detail));
    expect(shown.size).toBe(Object.keys(hidden).length + 1);
  });

  it("keeps the command itself as it will run, for policies", () => {
    expect(asks("ls\u202e")).toMatchObject({
      command: "ls\u202e",
      subject: { command: "ls\u202e", cwd: "/wls\u202e" },
    });
  });

  it("keeps lines, and lets no path pretend to be two", () => {
    expect(asks("a\nb").detail).toBe("a\nb");
    expect(asks("a\nb").cwd).toBe("/wa\\nb");
    const change = { path: "x\nupdate /etc/passwd\u202e", kind: { type: "update" as const }, diff: "" };
    const item = { type: "fileChange", id: "i", changes: [change], status: "inProgress" } as never;
    const { detail } = fileApproval({ threadId: "t", turnId: "u", itemId: "i" }, item).ask;
    expect(detail).toBe("update x\\nupdate /etc/passwd\\u202e");
  });
});
