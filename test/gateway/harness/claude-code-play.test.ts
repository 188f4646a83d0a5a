import { expect, it } from "vitest";
import { playThrough, resultTexts } from "../support/play.ts";

it("claude-code does a whole task on a real Codex", async () => {
  const { results, entries, requests, work } = await playThrough({
    harness: "claude-code",
    wire: "messages",
    asks: true,
    plans: true,
    told: resultTexts,
    answers: (folder) => [
      {
        think: "Look first.",
        signature: "signed-1",
        say: "I look.",
        calls: [
          { name: "Read", args: { file_path: `${folder}/a.txt` }, id: "toolu_r1" },
          { name: "Grep", args: { pattern: "two", output_mode: "content" }, id: "toolu_r2" },
          { name: "Glob", args: { pattern: "*.txt" }, id: "toolu_r3" },
        ],
      },
      {
        calls: [
          { name: "TaskCreate", args: { subject: "edit", description: "two is 2" }, id: "toolu_t1" },
          {
            name: "Edit",
            args: { file_path: `${folder}/a.txt`, old_string: "two", new_string: "2" },
            id: "toolu_e1",
          },
        ],
      },
      {
        calls: [
          { name: "Bash", args: { command: "cat a.txt; exit 3" }, id: "toolu_b1" },
          { name: "Write", args: { file_path: `${folder}/b.txt`, content: "fresh\n" }, id: "toolu_w1" },
          { name: "TaskUpdate", args: { taskId: "1", status: "completed" }, id: "toolu_t2" },
          { name: "TaskList", args: {}, id: "toolu_t3" },
          {
            name: "AskUserQuestion",
            args: {
              questions: [
                {
                  question: "Which colour?",
                  header: "Colour",
                  multiSelect: false,
                  options: ["Red", "Blue"].map((label) => ({ label, description: label })),
                },
              ],
            },
            id: "toolu_q1",
          },
        ],
      },
      { say: "All done." },
    ],
  });
  const file = `${work}/a.txt`;
  expect(results).toEqual([
    "1\tone\n2\ttwo\n3\tthree\n4\t",
    "a.txt:2:two",
    file,
    "Task #1 created successfully: edit",
    `The file ${file} has been updated. The edit was made; it need not be read again.`,
    "Exit code 3\none\n2\nthree",
    `File created successfully at: ${work}/b.txt`,
    "Updated task #1 status",
    "#1 [completed] edit",
    'The user answered your questions: "Which colour?"="Blue". Go on accordingly.',
  ]);
  expect(entries.slice(0, 3).map(({ kind, text }) => [kind, text?.trim()])).toEqual([
    ["user", "please work"],
    ["reasoning", "Look first."],
    ["assistant", "I look."],
  ]);
  expect(entries.find(({ kind }) => kind === "plan")?.text).toBe("[x] edit");
  // Thoughts go back signed, also from another process; one mark and no more, at the end.
  const last = requests.at(-1)!;
  expect(last.raw).toContain('{"type":"thinking","thinking":"Look first.","signature":"signed-1"}');
  expect(last.raw.split("cache_control")).toHaveLength(4);
  expect(last.body.messages.at(-1)).toMatchObject({
    content: [{ text: "and more", cache_control: expect.anything() }],
  });
  expect(last.path).toBe("/v1/messages");
  expect(last.headers).toMatchObject({ "user-agent": "codex-bridge", "anthropic-version": "2023-06-01" });
  expect(last.headers.authorization ?? last.headers["x-app"] ?? last.body.metadata).toBeUndefined();
});

it("claude-code-bare does a whole task on a real Codex", async () => {
  const { results } = await playThrough({
    harness: "claude-code-bare",
    wire: "messages",
    asks: false,
    plans: false,
    told: resultTexts,
    answers: (folder) => [
      {
        calls: [
          { name: "Read", args: { file_path: `${folder}/a.txt`, offset: 2, limit: 1 }, id: "toolu_r1" },
          { name: "Bash", args: { command: "grep -n two a.txt" }, id: "toolu_b1" },
          { name: "Write", args: { file_path: `${folder}/b.txt`, content: "x" }, id: "toolu_w1" },
        ],
      },
      {
        calls: [
          { name: "Edit", args: { file_path: `${folder}/a.txt`, old_string: "two", new_string: "2" }, id: "toolu_e1" },
          {
            name: "Edit",
            args: { file_path: `${folder}/b.txt`, old_string: "", new_string: "fresh\n" },
            id: "toolu_e2",
          },
          { name: "Bash", args: { command: "true" }, id: "toolu_b2" },
        ],
      },
      { say: "All done." },
    ],
  });
  expect(results).toEqual([
    "2\ttwo",
    "2:two",
    "<tool_use_error>No such tool available: Write</tool_use_error>",
    expect.stringMatching(/^The file \S+\/a\.txt has been updated\./),
    expect.stringMatching(/^File created successfully at: \S+\/b\.txt$/),
    "(The command completed with no output)",
  ]);
});
