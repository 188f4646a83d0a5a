import assert from "node:assert/strict";
import { commonPrefix } from "../prompt.ts";
import { assertNoDuplicates, type Scenario, sentText, threadOf } from "../scenario.ts";
import { streamOf, textSnapshots } from "../turn.ts";

export const textTurn: Scenario = {
  id: "text-turn",
  title: "A message is answered, stored once, and the session says which runtime did it",
  async run(context) {
    const session = context.newSession();
    context.steps([{ say: "Plain answer one.", phase: "final_answer" }]);
    const turn = await context.goodTurn(session, "plain question one");
    assert.equal(turn.text, "Plain answer one.");
    const rows = await context.history(session);
    assert.deepEqual(
      rows.map(({ role, text }) => [role, text]),
      [
        ["user", "plain question one"],
        ["assistant", "Plain answer one."],
      ],
    );
    assertNoDuplicates(rows);
    assert.equal(context.requests.length, 1, "model requests of one plain turn");
    const row = await context.sessionRow(session);
    assert.equal(row?.agentRuntime?.id, "codex", `the session row says ${JSON.stringify(row?.agentRuntime)}`);
    assert.equal(row?.model, "gpt-5.5");
    assert.notEqual(row?.hasActiveRun, true);
  },
};

export const conversation: Scenario = {
  id: "conversation",
  title: "The second message goes on in the same Codex thread, which knows the first",
  async run(context) {
    const session = context.newSession();
    context.play(({ lastUserText }) => [{ say: `Noted: ${lastUserText.split("\n").at(-1)}`, phase: "final_answer" }]);
    await context.goodTurn(session, "my colour is teal");
    const second = await context.goodTurn(session, "what is my colour");
    assert.equal(second.text, "Noted: what is my colour");
    const [one, two] = context.requests;
    assert.equal(threadOf(two), threadOf(one), "another thread");
    assert.notEqual(threadOf(two), "");
    assert.match(sentText(two), /my colour is teal/);
    assert.match(sentText(two), /Noted: my colour is teal/);
    // What the service has in its cache has to be paid for once: nothing that stood in a request may change in the next.
    const prefix = commonPrefix(one!.body, two!.body);
    context.figures.prefixPercent = Math.round(prefix * 10_000) / 100;
    if (context.stand.plugin === "ours")
      assert.ok(prefix >= 0.99, `only ${prefix} of the first request is in the second`);
    const rows = await context.history(session);
    assert.deepEqual(
      rows.map(({ role }) => role),
      ["user", "assistant", "user", "assistant"],
    );
    assertNoDuplicates(rows);
  },
};

export const streaming: Scenario = {
  id: "streaming",
  title: "A long answer grows in front of the client and ends as what was stored",
  async run(context) {
    const session = context.newSession();
    const answer = Array.from({ length: 60 }, (_, index) => `word${index}`).join(" ");
    context.steps([{ say: answer, chunkChars: 12, delayMs: 30, phase: "final_answer" }]);
    const turn = await context.goodTurn(session, "stream please");
    assert.equal(turn.text, answer);
    const snapshots = textSnapshots(turn);
    assert.ok(snapshots.length >= 5, `only ${snapshots.length} snapshots reached the client`);
    for (const [index, text] of snapshots.entries()) {
      assert.ok(answer.startsWith(text), `snapshot ${index} is not a beginning of the answer: ${text.slice(-80)}`);
      assert.ok(text.length >= (snapshots[index - 1]?.length ?? 0), "a snapshot got shorter");
    }
    assert.ok((snapshots[0]?.length ?? 0) < answer.length / 2, "the first snapshot is already most of the answer");
    context.figures.firstTextMs = turn.firstTextMs ?? -1;
    const stored = (await context.history(session)).filter(({ role }) => role === "assistant");
    assert.deepEqual(
      stored.map(({ text }) => text),
      [answer],
    );
  },
};

export const reasoning: Scenario = {
  id: "reasoning",
  title: "Reasoning is shown while it happens and kept with the answer",
  async run(context) {
    const session = context.newSession();
    context.steps([{ think: "**Weighing**\n\nTeal is nearer to green." }, { say: "Green.", phase: "final_answer" }]);
    await context.client.call("sessions.create", { key: session });
    await context.client.call("sessions.patch", { key: session, reasoningLevel: "stream" });
    const turn = await context.goodTurn(session, "think about teal", { thinking: "medium" });
    assert.equal(turn.text, "Green.");
    const rows = await context.history(session);
    const live = /nearer to green/.test(JSON.stringify(streamOf(turn, "thinking")));
    const stored = /nearer to green/.test(rows.map(({ thinking }) => thinking).join());
    context.figures.live = String(live);
    context.figures.stored = String(stored);
    assert.ok(live || stored, "the reasoning neither reached the client nor is it in the history");
    assert.equal(rows.filter(({ text }) => text === "Green.").length, 1);
  },
};

export const commentary: Scenario = {
  id: "commentary",
  title: "What the model says before it acts is not mistaken for the answer",
  async run(context) {
    const session = context.newSession();
    context.steps(
      [{ say: "I will look first.", phase: "commentary" }, { shell: "echo looked" }],
      [{ say: "All fine.", phase: "final_answer" }],
    );
    const turn = await context.goodTurn(session, "look and tell");
    assert.equal(turn.text, "All fine.");
    const rows = await context.history(session);
    assert.equal(rows.filter(({ text }) => text === "All fine.").length, 1);
    assert.equal(rows.at(-1)?.text, "All fine.");
    assertNoDuplicates(rows);
  },
};
