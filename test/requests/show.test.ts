import { describe, expect, it } from "vitest";
import { bothEnds, shown } from "../../src/requests/show.ts";

describe("foreign text", () => {
  it.each([
    ["escape sequences", "a\u001b[2Jb", "a[2Jb"],
    ["a carriage return that would overwrite the line", "rm -rf /\rls", "rm -rf /ls"],
    ["backspace and delete", "a\bb\u007fc", "abc"],
    ["eight-bit control characters", "a\u009bb\u0085c", "abc"],
    ["direction overrides", "a\u202eb\u202dc\u202cd", "abcd"],
    ["direction isolates", "a\u2066b\u2067c\u2068d\u2069e", "abcde"],
    ["direction marks", "a\u200eb\u200fc", "abc"],
    ["characters without width", "a\u200bb\u200dc\u2060d\ufeffe", "abcde"],
    ["nul", "a\0b", "ab"],
  ])("loses %s", (_what, text, clean) => {
    expect(shown(text, 100)).toBe(clean);
  });

  it("keeps what people write: line ends, tabs, accents, other scripts, emoji", () => {
    const text = "a\n\tb é 日本 עברית 👋";
    expect(shown(text, 100)).toBe(text);
  });

  it("is cleaned before it is cut, so that nothing hides behind what goes", () => {
    expect(shown(`${"\u200b".repeat(1000)}rm`, 10)).toBe("rm");
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
