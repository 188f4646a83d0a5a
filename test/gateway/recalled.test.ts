import { expect, it } from "vitest";
import { openDirect, output, ran, user } from "./support/direct.ts";
import { toolTexts } from "./support/play.ts";

it("a request for a summary, which offers no tools, tells every result as it was told before", async () => {
  const calls = [
    { name: "SetTodoList", args: { todos: [{ title: "a", status: "done" }] }, id: "t" },
    { name: "ReadMediaFile", args: { path: "p.png" }, id: "p" },
    { name: "StrReplaceFile", args: { path: "a.txt", edit: { old: "one", new: "1" } }, id: "e" },
    { name: "host__lookup", args: { q: "x" }, id: "h" },
  ];
  const direct = await openDirect("recalled", ({ index }) => (index === 0 ? { calls } : { say: "ok" }), {
    harness: "kimi-cli",
  });
  const tools = ["exec_command", "update_plan", "view_image"].map((name) => ({
    type: "function",
    name,
    parameters: {},
  }));
  const lookup = { type: "namespace", name: "host", tools: [{ type: "function", name: "lookup", parameters: {} }] };
  const offered = [...tools, { type: "custom", name: "apply_patch" }, lookup];
  const outputs: Record<string, unknown> = {
    update_plan: "Plan updated",
    view_image: [{ type: "input_image", image_url: "data:image/png;base64,AAAA" }],
    exec_command: ran("one\n"),
    apply_patch: "Success. Updated the following files:\nM a.txt\n",
    lookup: "found",
  };
  const history: unknown[] = [user("hi")];
  for (let asked = 0; asked < 9 && direct.upstream.requests.length < 2; asked += 1) {
    const { items } = await direct.ask(history, { tools: offered });
    history.push(...items);
    for (const { type, call_id = "", name = "" } of items) {
      if (call_id !== "") history.push({ ...output(call_id, ""), type: `${type}_output`, output: outputs[name] });
    }
  }
  const told = toolTexts(direct.upstream.requests[1]!);
  expect(told.map((text) => text.split("\n")[0])).toEqual([
    "<system>Todo list updated</system>",
    "<system>Loaded image file `p.png`.</system>",
    "<system>File successfully edited. Applied 1 edit(s) with 1 total replacement(s).</system>",
    "found",
  ]);
  await direct.ask([...history, user("sum up")], { tools: [], turn: "t2" });
  const summary = direct.upstream.requests.at(-1)!;
  expect(toolTexts(summary)).toEqual(told);
  expect(summary.body.tools).toBeUndefined();
  await direct.close();
});
