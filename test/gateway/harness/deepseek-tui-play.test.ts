import { expect, it } from "vitest";
import { playThrough, toolTexts } from "../support/play.ts";

it("deepseek-tui does a whole task on a real Codex", async () => {
  const options = ["Red", "Blue"].map((label) => ({ label, description: label }));
  const questions = [{ header: "Colour", id: "colour", question: "Which colour?", options }];
  const { results, requests } = await playThrough({
    harness: "deepseek-tui",
    asks: true,
    plans: true,
    told: toolTexts,
    answers: () => [
      {
        think: "Look first.",
        say: "I look.",
        calls: [
          { name: "read_file", args: { path: "a.txt" }, id: "c0" },
          { name: "grep_files", args: { pattern: "two", context_lines: 1 }, id: "c1" },
          { name: "file_search", args: { query: "A" }, id: "c2" },
          { name: "list_dir", args: {}, id: "c3" },
        ],
      },
      {
        think: "Now.",
        calls: [
          {
            name: "apply_patch",
            args: { patch: "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n" },
            id: "c4",
          },
        ],
      },
      {
        think: "And the rest.",
        calls: [
          { name: "exec_shell", args: { command: "cat a.txt; exit 3" }, id: "c5" },
          { name: "write_file", args: { path: "b.txt", content: "fresh\n" }, id: "c6" },
          { name: "checklist_write", args: { todos: [{ content: "edit", status: "in_progress" }] }, id: "c7" },
          { name: "checklist_update", args: { id: 1, status: "completed" }, id: "c8" },
          { name: "request_user_input", args: { questions }, id: "c9" },
        ],
      },
      { think: "Fine.", say: "All done." },
    ],
  });
  expect(results[0]).toBe("one\ntwo\nthree\n");
  expect(JSON.parse(results[1]!)).toMatchObject({
    matches: [{ file: "a.txt", line_number: 2, context_before: ["one"], context_after: ["three"] }],
  });
  expect(JSON.parse(results[2]!)).toEqual([{ path: "a.txt", name: "a.txt", score: 100 }]);
  expect(JSON.parse(results[3]!)).toContainEqual({ name: "a.txt", is_dir: false });
  expect(JSON.parse(results[4]!)).toMatchObject({ success: true, touched_files: ["a.txt"] });
  expect(results[5]).toMatch(/^Command failed \(exit code: Some\(3\)\)\n\nSTDOUT:\none\n2\nthree\n/);
  expect(results[6]).toMatch(/\+fresh\nCreated b\.txt \(6 bytes\)$/);
  expect(results[8]).toMatch(/^Todo list updated \(1 items, 100% complete\)/);
  expect(JSON.parse(results[9]!)).toEqual({ answers: { colour: { answers: ["Blue"] } } });
  expect(requests[0]?.body.messages[1]?.content).toMatch(/^<turn_meta>\n[\s\S]*<\/turn_meta>\nplease work$/);
  expect(requests.at(-1)?.body.messages.at(-1)?.content).toMatch(/- b\.txt \(file\)[\s\S]*<\/turn_meta>\nand more$/);
});
