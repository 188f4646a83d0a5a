import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Answer, type GatewayEvent, list } from "../client.ts";
import { processesWith } from "../processes.ts";
import { assertNoDuplicates, type Context, reachable, type Scenario, sentText } from "../scenario.ts";
import { openGuarded } from "./tools.ts";

export const approvalAllowed: Scenario = {
  id: "approval-allowed",
  title: "A command that needs leave waits for the client, and runs when it is granted",
  async run(context) {
    const { file, turn } = await askForLeave(context, "allow-once");
    assert.equal(turn.state, "final");
    assert.equal(turn.text, "Finished.");
    assert.ok(existsSync(file), "the command was allowed and did not run");
    await rm(file, { force: true });
  },
};

export const approvalDenied: Scenario = {
  id: "approval-denied",
  title: "A command the client denies does not run; the model hears of it and the turn ends well",
  async run(context) {
    const { file, turn } = await askForLeave(context, "deny");
    assert.ok(!existsSync(file), "the command was denied and ran");
    assert.equal(turn.state, "final");
    assert.equal(turn.text, "Finished.");
    assert.match(sentText(context.requests.at(-1)), /reject|denied|declin|not approved/i, "the model was not told");
  },
};

async function askForLeave(context: Context, decision: string) {
  const session = await openGuarded(context);
  const file = path.join(context.stand.host.home, `outside-${decision}-${process.pid}.txt`);
  context.steps(
    [{ shell: `touch ${file}`, escalate: "It is outside." }],
    [{ say: "Finished.", phase: "final_answer" }],
  );
  const from = context.client.events.length;
  const sent = await context.send(session, "touch the file");
  const asked = await decideApproval(context, from, { shows: /touch/, file, decision });
  const turn = await sent.ended();
  const { sessionKey } = asked.request ?? asked;
  assert.equal(sessionKey, session, "the request does not name the session");
  return { file, turn };
}

/**
 * Waits for the next request for leave, looks that it shows what it is about and that the file it is about was not
 * written before, and answers it. Returns the request.
 */
export async function decideApproval(
  context: Context,
  from: number,
  { shows, file, decision }: { readonly shows: RegExp; readonly file: string; readonly decision: string },
): Promise<Answer> {
  const isApproval = ({ event }: GatewayEvent): boolean => /^(exec|plugin)\.approval\.requested$/.test(event);
  const { event, payload } = await context.client.waitFor(isApproval, 60_000, "an approval request", from);
  assert.ok(!existsSync(file), "it ran before anybody allowed it");
  assert.match(JSON.stringify(payload), shows, "the request does not show what is asked for");
  await context.client.call(`${event.split(".")[0]}.approval.resolve`, { id: payload.id, decision });
  return payload;
}

const colourQuestion = {
  id: "colour",
  header: "Colour",
  question: "Which colour?",
  options: [
    { label: "Teal", description: "Blue-green" },
    { label: "Rust", description: "Red-brown" },
  ],
};

export const question: Scenario = {
  id: "question",
  title: "A question of the model reaches the client, and its answer the model",
  async run(context) {
    const session = context.newSession();
    // Codex's own tool asks, where the mode of the thread has it; else the host's tool, which the model searched for.
    context.play((request) => {
      const { toolOutputs } = request;
      const last = toolOutputs.at(-1)?.text;
      if (last === undefined) return [{ call: "request_user_input", args: { questions: [colourQuestion] } }];
      if (toolOutputs.length === 1 && /unavailable|unsupported/.test(last))
        return [reachable({ call: "ask_user", args: { questions: [colourQuestion] } }, request)];
      return [{ say: `You chose: ${last}`, phase: "final_answer" }];
    });
    const from = context.client.events.length;
    const sent = await context.send(session, "ask me");
    const asked = await context.client.waitFor(
      ({ event }) => event === "question.requested",
      45_000,
      "a question",
      from,
    );
    const [first] = list(asked.payload.questions);
    assert.match(JSON.stringify(first), /Which colour\?/);
    assert.match(JSON.stringify(first), /Rust/);
    const answers = { answers: { [String(first?.id ?? first?.questionId)]: ["Rust"] } };
    await context.client.call("question.resolve", { id: asked.payload.id, answers });
    const turn = await sent.ended();
    assert.equal(turn.state, "final");
    assert.match(turn.text, /Rust/, "the answer did not reach the model");
    const { questions } = await context.client.call("question.list");
    const open = list(questions).filter(({ status }) => String(status) === "pending");
    assert.deepEqual(open, [], "the question is still open");
  },
};

export const steering: Scenario = {
  id: "steering",
  title: "A message sent while a turn runs joins that turn, once",
  async run(context) {
    const session = context.newSession();
    const gate = path.join(context.stand.workspace, `gate-${process.pid}`);
    context.play(({ lastUserText, step }) =>
      step === 0 && !/blue/.test(lastUserText)
        ? [{ shell: `while [ ! -e ${gate} ]; do sleep 0.1; done`, yieldMs: 30_000 }]
        : [{ say: "I have heard it.", phase: "final_answer" }],
    );
    const from = context.client.events.length;
    const sent = await context.send(session, "start the slow thing");
    await waitForTool(context, from);
    await context.send(session, "use the blue one", { queueMode: "steer" });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await writeFile(gate, "");
    const turn = await sent.ended();
    await rm(gate, { force: true });
    assert.equal(turn.state, "final");
    await context.eventually(async () => assert.notEqual((await context.sessionRow(session))?.hasActiveRun, true));
    assert.match(sentText(context.requests.at(-1)), /use the blue one/, "the model never saw the second message");
    assert.equal(context.requests.length, 2, "the second message became a turn of its own");
    const rows = await context.history(session);
    assert.deepEqual(
      rows.filter(({ role }) => role === "user").map(({ text }) => text),
      ["start the slow thing", "use the blue one"],
    );
    assertNoDuplicates(rows);
  },
};

export const followup: Scenario = {
  id: "followup",
  title: "A message queued behind a running turn becomes the next turn, once",
  async run(context) {
    const session = context.newSession();
    context.play(({ lastUserText }) => [
      { say: `About ${lastUserText.split("\n").at(-1)}.`, chunkChars: 4, delayMs: 120, phase: "final_answer" },
    ]);
    const first = await context.send(session, "the first thing");
    await first.speaks();
    await context.send(session, "the second thing", { queueMode: "followup" });
    assert.equal((await first.ended()).text, "About the first thing.");
    await context.eventually(async () => {
      const rows = await context.history(session);
      assert.deepEqual(
        rows.map(({ text }) => text),
        ["the first thing", "About the first thing.", "the second thing", "About the second thing."],
      );
    }, 45_000);
    assert.equal(context.requests.length, 2);
  },
};

export const abort: Scenario = {
  id: "abort",
  title: "Stop ends the turn and its command at once, and the session goes on afterwards",
  async run(context) {
    const session = context.newSession();
    const marker = `${300 + (process.pid % 100)}.714`;
    context.steps([{ shell: `sleep ${marker}`, yieldMs: 60_000 }], [{ say: "Too late.", phase: "final_answer" }]);
    const from = context.client.events.length;
    const sent = await context.send(session, "sleep long");
    await waitForTool(context, from);
    await context.eventually(async () => assert.notDeepEqual(await sleepers(marker), []));
    const startedAt = performance.now();
    await context.client.call("chat.abort", { sessionKey: session, runId: sent.runId });
    const turn = await sent.ended(45_000);
    context.figures.abortMs = Math.round(performance.now() - startedAt);
    assert.equal(turn.state, "aborted");
    await context.eventually(
      async () => assert.deepEqual(await sleepers(marker), [], "the command still runs"),
      20_000,
    );
    await context.eventually(async () => assert.notEqual((await context.sessionRow(session))?.hasActiveRun, true));
    context.steps([{ say: "Here again.", phase: "final_answer" }]);
    assert.equal((await context.goodTurn(session, "are you there")).text, "Here again.");
    assertNoDuplicates(await context.history(session));
  },
};

async function sleepers(marker: string): Promise<string[]> {
  return (await processesWith(`sleep ${marker}`.replace(" ", "\0"))).map(({ command }) => command);
}

async function waitForTool(context: Context, from: number): Promise<void> {
  await context.client.waitFor(
    ({ event, payload }) =>
      event === "agent" &&
      ["tool", "item"].includes(String(payload.stream)) &&
      /sleep/.test(JSON.stringify(payload.data)),
    45_000,
    "a running command",
    from,
  );
}
