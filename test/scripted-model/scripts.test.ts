import { afterEach, expect, test } from "vitest";
import { DEMO_FILE, demoScript } from "../../src/scripted-model/scripts.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";

let model: ScriptedModel;
afterEach(() => model.close());

const question = { role: "user", content: `Did you create ${DEMO_FILE} before?` };

async function answerTo(...input: object[]): Promise<string> {
  model = await startScriptedModel({ script: demoScript });
  const response = await fetch(`${model.url}/responses`, { method: "POST", body: JSON.stringify({ input }) });
  return (await response.text()).match(/"response.output_text.done".*"text":"(.*?[^\\])"/)?.[1] ?? "";
}

test("the demo claims only what its own calls in the history show", async () => {
  expect(await answerTo({ role: "user", content: "hi" }, question)).toContain("I did not create a file");
  await model.close();
  const call = { type: "custom_tool_call", call_id: "a", name: "apply_patch", input: `*** Add File: ${DEMO_FILE}` };
  expect(await answerTo({ role: "user", content: "hi" }, call, question)).toContain(`I created ${DEMO_FILE}`);
});

test("the demo says when the earlier conversation is missing", async () => {
  const context = { role: "user", content: "<environment_context>x</environment_context>" };
  expect(await answerTo(context, question)).toContain("missing");
});
