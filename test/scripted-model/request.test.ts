import { describe, expect, test } from "vitest";
import { positionOf, type ResponsesItem, userTexts } from "../../src/scripted-model/request.ts";

const user = (text: string): ResponsesItem => ({
  type: "message",
  role: "user",
  content: [{ type: "input_text", text }],
});
const call = (id: string): ResponsesItem => ({ type: "function_call", call_id: id, name: "t", arguments: "{}" });
const output = (id: string, text: unknown): ResponsesItem => ({
  type: "function_call_output",
  call_id: id,
  output: text,
});

describe("position", () => {
  test("a first request is step 0 and injected context is not the user's text", () => {
    const input = [user("<environment_context>x</environment_context>"), user("hi"), user("<turn_aborted>")];
    expect(positionOf({ input })).toEqual({ lastUserText: "hi", step: 0, toolOutputs: [] });
  });

  test("outputs of parallel calls are one step", () => {
    const input = [
      user("hi"),
      call("a"),
      call("b"),
      output("a", "1"),
      output("b", [{ type: "input_text", text: "2" }]),
    ];
    expect(positionOf({ input })).toMatchObject({
      step: 1,
      toolOutputs: [
        { callId: "a", text: "1" },
        { callId: "b", text: "2" },
      ],
    });
  });

  test("each further block is a step, and a new user message begins again", () => {
    const turn = [user("one"), call("a"), output("a", "1"), call("b"), output("b", "2")];
    expect(positionOf({ input: turn }).step).toBe(2);
    expect(positionOf({ input: [...turn, user("two")] })).toEqual({ lastUserText: "two", step: 0, toolOutputs: [] });
  });

  test("an output nobody called for is no step", () => {
    expect(positionOf({ input: [user("hi"), output("context", "x")] }).step).toBe(0);
  });

  test("AGENTS.md is not the user's text", () => {
    expect(userTexts({ input: [user("# AGENTS.md instructions for /x"), user("hi")] })).toEqual(["hi"]);
  });
});
