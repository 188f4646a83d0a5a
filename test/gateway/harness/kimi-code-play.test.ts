import { expect, it } from "vitest";
import { playThrough, toolTexts } from "../support/play.ts";

it("kimi-code does a whole task on a real Codex", async () => {
  const options = ["Red", "Blue"].map((label) => ({ label }));
  const { results, requests } = await playThrough({
    harness: "kimi-code",
    asks: true,
    plans: true,
    told: toolTexts,
    answers: () => [
      {
        think: "Look first.",
        say: "I look.",
        calls: [
          { name: "Read", args: { path: "a.txt" }, id: "Read:0" },
          { name: "Grep", args: { pattern: "two", output_mode: "content" }, id: "Grep:1" },
          { name: "Glob", args: { pattern: "**/*.txt" }, id: "Glob:2" },
        ],
      },
      { calls: [{ name: "Edit", args: { path: "a.txt", old_string: "two", new_string: "2" }, id: "Edit:3" }] },
      {
        calls: [
          { name: "Bash", args: { command: "cat a.txt; exit 3" }, id: "Bash:4" },
          { name: "Write", args: { path: "b.txt", content: "fresh\n" }, id: "Write:5" },
          { name: "TodoList", args: { todos: [{ title: "edit", status: "done" }] }, id: "TodoList:6" },
          { name: "AskUserQuestion", args: { questions: [{ question: "Which colour?", options }] }, id: "Ask:7" },
        ],
      },
      { say: "All done." },
    ],
  });
  expect(results).toEqual([
    "1\tone\n2\ttwo\n3\tthree\n<system>3 lines read from line 1 of 3 in the file.</system>",
    "a.txt:2:two",
    "a.txt",
    "Edited a.txt in 1 place.",
    expect.stringMatching(
      /^Wall time: \d+\.\d{3} seconds\n<system>ERROR: Tool execution failed\.<\/system>\none\n2\nthree\nCommand failed with exit code: 3\.$/,
    ),
    "Wrote b.txt; it has 6 bytes.",
    "<system>Todo list updated</system>",
    '{"answers":{"Which colour?":"Blue"}}',
  ]);
  // The reminders of the first message stay as they were, in the second turn too.
  expect(requests.at(-1)?.body.messages.slice(1, 4)).toEqual(requests[0]?.body.messages.slice(1, 4));
  expect(requests[0]?.body.messages[2]?.content).toMatch(/Today is \d{4}-\d\d-\d\d\./);
});
