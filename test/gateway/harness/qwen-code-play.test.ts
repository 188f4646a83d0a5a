import { expect, it } from "vitest";
import { playThrough, toolTexts } from "../support/play.ts";

it("qwen-code does a whole task on a real Codex", async () => {
  const { results, entries } = await playThrough({
    harness: "qwen-code",
    asks: true,
    plans: true,
    told: toolTexts,
    answers: (work) => [
      {
        think: "Look first.\n",
        say: "I look.",
        calls: [
          { name: "read_file", args: { file_path: `${work}/a.txt` }, id: "r1" },
          { name: "grep_search", args: { pattern: "two" }, id: "r2" },
          { name: "glob", args: { pattern: "*.txt" }, id: "r3" },
          { name: "list_directory", args: { path: work }, id: "r4" },
        ],
      },
      { calls: [{ name: "edit", args: { file_path: `${work}/a.txt`, old_string: "two", new_string: "2" }, id: "e1" }] },
      {
        calls: [
          { name: "run_shell_command", args: { command: "cat a.txt | wc -l; exit 3" }, id: "s1" },
          { name: "write_file", args: { file_path: `${work}/b.txt`, content: "fresh\n" }, id: "w1" },
          { name: "todo_write", args: { todos: [{ content: "edit", status: "completed", id: "1" }] }, id: "t1" },
          {
            name: "ask_user_question",
            args: {
              questions: [
                {
                  question: "Which colour?",
                  header: "Colour",
                  options: ["Red", "Blue", "Green", "Grey"].map((label) => ({ label, description: label })),
                },
              ],
            },
            id: "q1",
          },
        ],
      },
      { say: "All done." },
    ],
  });
  expect(results[0]).toBe("one\ntwo\nthree\n");
  expect(results[1]).toContain("a.txt:2:two");
  expect(results[2]).toMatch(/^Found 1 file\(s\) matching "\*\.txt"[\s\S]*\/a\.txt$/);
  expect(results[3]).toContain("\na.txt");
  expect(results[4]).toContain("has been updated. Showing lines 1-3 of 3");
  expect(results[5]).toMatch(/Output: +3\nError: \(none\)\nExit Code: 3/);
  expect(results[6]).toContain("Successfully wrote file:");
  expect(results[7]).toContain('"content":"edit"');
  expect(results[8]).toBe("The user answered:\n\n**Colour**: Blue");
  expect(entries.slice(0, 3).map(({ kind, text }) => [kind, text?.trim()])).toEqual([
    ["user", "please work"],
    ["reasoning", "Look first."],
    ["assistant", "I look."],
  ]);
});
