import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { lastTurnCalled } from "../../src/harness/rollout-calls.ts";
import { testFolder } from "../support/home.ts";

/* Kinds and order of the lines are those of 0.125.0 and 0.169.0; the real thing is in server/containment.test.ts. */

const folder = testFolder("rollout-calls");
afterAll(() => folder.remove());

const begun = { type: "event_msg", payload: { type: "task_started" } };
const said = { type: "response_item", payload: { type: "message", role: "user" } };
const called = (type: string) => ({ type: "response_item", payload: { type } });

it.each([
  ["a prompt alone", [begun, said], false],
  ["a call of a function", [begun, said, called("function_call")], true],
  ["a call of a tool of free form", [begun, said, called("custom_tool_call")], true],
  ["a call of the turn before", [begun, said, called("function_call"), begun, said], false],
  ["thinking", [begun, said, called("reasoning")], false],
])("%s", async (name, lines, expected) => {
  const file = path.join(folder.path, `${name}.jsonl`);
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"type":"response_item","payl`);
  expect(await lastTurnCalled(file)).toBe(expected);
});

it("knows no turn in a record that does not exist, and takes one that cannot be read for the worst", async () => {
  expect(await lastTurnCalled(path.join(folder.path, "none.jsonl"))).toBe(false);
  expect(await lastTurnCalled(folder.path)).toBe(true);
});
