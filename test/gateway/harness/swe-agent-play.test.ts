import { expect, it } from "vitest";
import { playThrough } from "../support/play.ts";

const step = (discussion: string, command: string) => ({ say: `${discussion}\n\`\`\`\n${command}\n\`\`\`` });

it("swe-agent does a whole task on a real Codex", async () => {
  const { results, entries, requests } = await playThrough({
    harness: "swe-agent",
    asks: false,
    plans: false,
    told: ({ body }) =>
      body.messages.flatMap(({ role, content }) => (role === "user" ? [String(content)] : [])).slice(1),
    answers: () => [
      step("I look.", "str_replace_editor view a.txt"),
      step("Where is it?", "grep -rn two ."),
      step("Now the edit.", "str_replace_editor str_replace a.txt --old_str two --new_str 2"),
      step("See it.", "cat a.txt; exit 3"),
      step("A new one.", "str_replace_editor create b.txt --file_text 'fresh\n'"),
      step("Nothing to see.", "true"),
      step("Done.", "submit"),
      step("Sure.", "submit"),
    ],
    second: [step("Again.", "submit"), step("Sure.", "submit")],
    ends: ["The change is submitted.", "The change is submitted."],
  });
  expect(results.slice(1, 6)).toEqual([
    "OBSERVATION:\n./a.txt:2:two\n",
    expect.stringMatching(/^OBSERVATION:\nThe file .*a\.txt has been edited\.\n/),
    "OBSERVATION:\none\n2\nthree\n",
    expect.stringMatching(/^OBSERVATION:\nFile created successfully at: /),
    "Your command ran successfully and did not print anything.",
  ]);
  expect(results[6]).toMatch(/^OBSERVATION:\nBefore the change is final/);
  // What stands outside of the fence is what a person reads.
  expect(entries.flatMap(({ kind, text }) => (kind === "assistant" ? [text] : []))).toEqual([
    "I look.",
    "Where is it?",
    "Now the edit.",
    "See it.",
    "A new one.",
    "Nothing to see.",
    "Done.",
    "Sure.",
    "The change is submitted.",
  ]);
  expect(requests[0]?.body).not.toHaveProperty("tools");
});
