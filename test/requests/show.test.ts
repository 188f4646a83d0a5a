import { describe, expect, it } from "vitest";
import { bothEnds, shown } from "../../src/requests/show.ts";

describe("foreign text", () => {
  it.each([
    ["escape sequences", "a\u001b[2Jb", "a\\u001b[2Jb"],
    ["a carriage return that would overwrite the line", "rm -rf /\rls", "rm -rf /\\u000dls"],
    ["backspace and delete", "a\bb\u007fc", "a\\u0008b\\u007fc"],
    ["eight-bit control characters", "a\u009bb\u0085c", "a\\u009bb\\u0085c"],
    ["direction overrides", "a\u202eb\u202dc", "a\\u202eb\\u202dc"],
    ["direction isolates", "a\u2066b\u2069e", "a\\u2066b\\u2069e"],
    ["characters without width", "a\u200bb\u2060d\ufeffe", "a\\u200bb\\u2060d\\ufeffe"],
    ["nul", "a\0b", "a\\u0000b"],
  ])("shows %s by their code", (_what, text, clean) => {
    expect(shown(text, 100)).toBe(clean);
  });

  it("keeps what people write: line ends, tabs, accents, other scripts, emoji", () => {
    const text = "a\n\tb é 日本 עברית 👋";
    expect(shown(text, 100)).toBe(text);
  });

  it("is spelt out before it is cut, so that nothing is pushed out of sight unseen", () => {
    expect(shown(`${"\u200b".repeat(1000)}rm`, 20)).toBe("\\u200b\\u20\n… 5982 characters left out …\n0b\\u200brm");
  });

  it("keeps both its ends when it is long, and says how much is missing", () => {
    expect(shown(`${"a".repeat(500)}${"b".repeat(500)}`, 20)).toBe(
      `${"a".repeat(10)}\n… 980 characters left out …\n${"b".repeat(10)}`,
    );
    expect(bothEnds("x".repeat(20), 20)).toBe("x".repeat(20));
    expect(bothEnds("abcdef", 5)).toBe("ab\n… 2 characters left out …\nef");
    expect(bothEnds("abc", 0)).toBe("a\n… 1 characters left out …\nc");
  });
});
