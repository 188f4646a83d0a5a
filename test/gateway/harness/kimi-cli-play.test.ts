import { expect, it } from "vitest";
import { playThrough, toolTexts } from "../support/play.ts";

it("kimi-cli does a whole task on a real Codex", async () => {
  const options = ["Red", "Blue"].map((label) => ({ label }));
  const { results, requests } = await playThrough({
    harness: "kimi-cli",
    asks: true,
    plans: true,
    told: toolTexts,
    answers: () => [
      {
        think: "Look first.",
        say: "I look.",
        calls: [
          { name: "ReadFile", args: { path: "a.txt" }, id: "functions.ReadFile:0" },
          { name: "Grep", args: { pattern: "two", output_mode: "content" }, id: "functions.Grep:1" },
          { name: "Glob", args: { pattern: "*.txt" }, id: "functions.Glob:2" },
        ],
      },
      {
        calls: [
          {
            name: "StrReplaceFile",
            args: { path: "a.txt", edit: { old: "two", new: "2" } },
            id: "functions.StrReplaceFile:3",
          },
        ],
      },
      {
        calls: [
          { name: "Shell", args: { command: "cat a.txt; exit 3" }, id: "functions.Shell:4" },
          { name: "WriteFile", args: { path: "b.txt", content: "fresh\n" }, id: "functions.WriteFile:5" },
          { name: "SetTodoList", args: { todos: [{ title: "edit", status: "done" }] }, id: "functions.SetTodoList:6" },
          {
            name: "AskUserQuestion",
            args: { questions: [{ question: "Which colour?", options }] },
            id: "functions.AskUserQuestion:7",
          },
        ],
      },
      { say: "All done." },
    ],
  });
  expect(results[0]).toMatch(
    /Total lines in file: 3\. End of file reached\.<\/system>\n {5}1\tone\n {5}2\ttwo\n {5}3\tthree$/,
  );
  expect(results.slice(1)).toEqual([
    "a.txt:2:two",
    "<system>Found 1 matches for pattern `*.txt`.</system>\na.txt",
    "<system>File successfully edited. Applied 1 edit(s) with 1 total replacement(s).</system>",
    "<system>ERROR: Command failed with exit code: 3.</system>\none\n2\nthree\n",
    "<system>File successfully overwritten. Current size: 6 bytes.</system>",
    "<system>Todo list updated</system>",
    '{"answers":{"Which colour?":"Blue"}}',
  ]);
  expect(JSON.stringify(requests[1]?.body.messages)).toContain('"reasoning_content":"Look first."');
  expect(String(requests[0]?.body.messages[0]?.content).split("<extra_instruction>")).toHaveLength(2);
});
