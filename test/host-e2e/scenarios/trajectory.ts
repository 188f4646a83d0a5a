import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { runHostCommand } from "../gateway.ts";
import type { Scenario } from "../scenario.ts";

export const trajectory: Scenario = {
  id: "trajectory",
  title: "The host's trajectory export has the turn: what the model was told and offered, its tools, how it ended",
  async run(context) {
    const session = context.newSession();
    context.steps([{ shell: "echo along-$((2+3))" }], [{ say: "That was the way.", phase: "final_answer" }]);
    await context.goodTurn(session, "walk the way");
    const { host, workspace } = context.stand;
    const args = ["sessions", "export-trajectory", "--session-key", session, "--workspace", workspace];
    const { exitCode, output } = await runHostCommand(host, [...args, "--output", `e2e-${process.pid}`, "--json"]);
    assert.equal(exitCode, 0, output.slice(-500));
    const folder = path.join(workspace, ".openclaw", "trajectory-exports", `e2e-${process.pid}`);
    const read = (name: string): Promise<string> => readFile(path.join(folder, name), "utf8");
    const events = (await read("events.jsonl"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; source?: string; data?: unknown });
    const ofRun = events.filter(({ source }) => source !== "transcript").map(({ type }) => type);
    context.figures.events = [...new Set(ofRun)].join(" ");
    for (const type of [
      "session.started",
      "context.compiled",
      "prompt.submitted",
      "model.completed",
      "session.ended",
    ]) {
      assert.equal(ofRun.filter((each) => each === type).length, 1, `${type}: ${ofRun.join(", ")}`);
    }
    assert.match(await read("prompts.json"), /walk the way/);
    assert.match(await read("tools.json"), /agents_list/);
    const artifacts = JSON.parse(await read("artifacts.json")) as { finalStatus?: string; assistantTexts?: string[] };
    assert.equal(artifacts.finalStatus, "success");
    assert.deepEqual(artifacts.assistantTexts, ["That was the way."]);
    const call = events.find(({ type, source }) => type === "tool.call" && source !== "transcript");
    context.figures.nativeTools = String(call !== undefined);
    if (context.stand.plugin === "ours") assert.match(JSON.stringify(call), /echo along/);
  },
};
