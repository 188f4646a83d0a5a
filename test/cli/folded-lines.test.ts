import { expect, it } from "vitest";
import { foldedLines } from "../../src/cli/folded-lines.ts";

it.each([
  ["short", 10, ["short"]],
  ["one two three", 7, ["one two", "three"]],
  ["exactly ten", 11, ["exactly ten"]],
  ["/a/very/long/path has no room", 6, ["/a/ver", "y/long", "/path", "has no", "room"]],
  ["two\nlines of it", 8, ["two", "lines of", "it"]],
  ["", 5, [""]],
])("%j in %i columns", (text, width, lines) => {
  expect(foldedLines(text, width)).toEqual(lines);
});
