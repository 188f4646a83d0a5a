import { expect, it } from "vitest";
import { promptAndScript } from "../../src/cli/prompt.ts";

it("takes what follows --scripted for the prompt when there is no other, and for a script when it is a file", () => {
  expect(promptAndScript("hello", undefined)).toEqual({ prompt: "hello" });
  expect(promptAndScript("hello", true)).toEqual({ prompt: "hello", scripted: true });
  expect(promptAndScript("hello", "script.json")).toEqual({ prompt: "hello", scripted: "script.json" });
  expect(promptAndScript(undefined, "hello")).toEqual({ prompt: "hello", scripted: true });
  expect(promptAndScript(undefined, import.meta.filename)).toEqual({ scripted: import.meta.filename });
  expect(promptAndScript(undefined, true)).toEqual({ scripted: true });
});
