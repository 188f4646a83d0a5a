import assert from "node:assert/strict";
import type { ModelRequest } from "../../../src/scripted-model/server.ts";
import { offeredTools } from "../../../src/scripted-model/tool-shape.ts";
import { type Answer, list } from "../client.ts";
import { assertNoDuplicates, type Context, type Scenario, sentText } from "../scenario.ts";
import { describeRows } from "./tools.ts";

const prompt = "delegate this";
const task = "look into the walrus";
const finding = "the walrus has two tusks";

/** A sub-agent is told its task, not what its parent was asked. */
const isChild = ({ body }: ModelRequest): boolean => {
  const told = JSON.stringify(body.input);
  return told.includes(task) && !told.includes(prompt);
};

/** Codex does not list its sub-agent tools with every model, and has them in a namespace all the same. */
function agentTool({ body }: ModelRequest, call: string, args: object) {
  const offered = offeredTools(body).find(({ name }) => name === call);
  return { call, args, namespace: offered ? offered.namespace : "multi_agent_v1" };
}

const agentId = ({ toolOutputs }: ModelRequest): string =>
  toolOutputs.map(({ text }) => /"agent_id":\s*"([^"]+)"/.exec(text)?.[1]).find(Boolean) ?? "";

export const subAgent: Scenario = {
  id: "sub-agent",
  title: "A sub-agent of Codex works for the turn: its result is used, shown once, and its work is a task of the host",
  async run(context) {
    const session = context.newSession();
    context.play((request) => {
      if (isChild(request)) {
        if (request.step === 0) return [{ shell: "echo tusks-$((1+1))" }];
        return [{ say: finding, phase: "final_answer" }];
      }
      if (request.step === 0) return [agentTool(request, "spawn_agent", { message: task })];
      if (request.step === 1)
        return [agentTool(request, "wait_agent", { targets: [agentId(request)], timeout_ms: 30_000 })];
      const told = request.toolOutputs.some(({ text }) => text.includes(finding));
      return [{ say: told ? `My helper says: ${finding}.` : "My helper said nothing.", phase: "final_answer" }];
    });
    const turn = await context.goodTurn(session, prompt);
    assert.equal(turn.text, `My helper says: ${finding}.`);
    context.figures.live = String(/echo tusks/.test(JSON.stringify(turn.events)));
    const rows = await context.history(session);
    assert.equal(rows.filter(({ text }) => text.startsWith("My helper says")).length, 1, describeRows(rows));
    assert.equal(rows.filter(({ role, text }) => role === "assistant" && text === finding).length, 0);
    assertNoDuplicates(rows.filter(({ role }) => role !== "toolResult"));
    const done = await context.eventually(() => oneTask(context, session, "completed"));
    assert.match(JSON.stringify(done), /walrus/, "the task does not say what it is about");
    await assertTaskHistory(context, done);
    await quiet(context);
    assert.equal((await context.history(session)).length, rows.length, "the end of the sub-agent added something");
  },
};

export const lateSubAgent: Scenario = {
  id: "sub-agent-late",
  title: "A sub-agent that outlives its turn is not lost: the conversation goes on with its result, once",
  async run(context) {
    const session = context.newSession();
    const release = Promise.withResolvers<void>();
    context.play(async (request) => {
      if (isChild(request)) {
        await release.promise;
        return [{ say: finding, phase: "final_answer" }];
      }
      if (sentText(request).includes(finding)) return [{ say: `Now I know: ${finding}.`, phase: "final_answer" }];
      if (request.step === 0) return [agentTool(request, "spawn_agent", { message: task })];
      return [{ say: "It is under way.", phase: "final_answer" }];
    });
    const turn = await context.goodTurn(session, prompt);
    assert.equal(turn.text, "It is under way.");
    await oneTask(context, session, "running");
    release.resolve();
    await context.eventually(() => oneTask(context, session, "completed"), 30_000);
    await context.eventually(async () => {
      const rows = await context.history(session);
      assert.equal(rows.at(-1)?.text, `Now I know: ${finding}.`, describeRows(rows));
    }, 45_000);
    await quiet(context);
    const rows = await context.history(session);
    assert.equal(rows.filter(({ text }) => text.startsWith("Now I know")).length, 1, describeRows(rows));
  },
};

/** The host's record of the one sub-agent of a session. */
async function oneTask(context: Context, session: string, status: string): Promise<Answer> {
  const { tasks } = await context.client.call("tasks.list", { sessionKey: session });
  const found = list(tasks);
  assert.deepEqual(
    found.map((each) => [String(each.runtime), String(each.status)]),
    [["subagent", status]],
    JSON.stringify(found).slice(0, 500),
  );
  return found[0]!;
}

/** What the sub-agent did can be read in the host, where the host can ask for it. */
async function assertTaskHistory(context: Context, done: Answer): Promise<void> {
  const features = JSON.stringify(context.client.hello.features?.methods ?? []);
  if (!features.includes('"tasks.history"')) {
    context.figures.history = "the host has none";
    return;
  }
  const { messages } = await context.client.call("tasks.history", { taskId: done.taskId });
  const said = JSON.stringify(messages);
  assert.match(said, /echo tusks/, said.slice(0, 500));
  assert.match(said, /tusks-2/);
  assert.match(said, new RegExp(finding));
  const ids = list(messages).map(({ messageId }) => String(messageId));
  assert.ok(ids.length >= 2 && !ids.includes("undefined"), "a message has no id");
}

/** Nothing runs any more, and what a host does a moment later has been given its moment. */
async function quiet(context: Context): Promise<void> {
  let before = -1;
  await context.eventually(async () => {
    const now = context.client.events.length;
    const still = now === before;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.ok(still && context.client.events.length === now, "the client still gets events");
  }, 30_000);
}
