import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { list } from "../client.ts";
import { assertNoDuplicates, type Context, type Scenario, sentText, threadOf } from "../scenario.ts";
import type { HistoryRow } from "../turn.ts";
import { attachedPicture, playEcho } from "./sessions.ts";
import { assertCallStored, describeRows } from "./tools.ts";

export const modelDies: Scenario = {
  id: "model-error",
  title: "A model that fails in the middle of an answer fails the turn, and the next one works",
  async run(context) {
    const session = context.newSession();
    context.play(() => [
      { say: "Half an answ", phase: "final_answer" },
      { failed: { code: "invalid_prompt", message: "the scripted model gave up" } },
    ]);
    const turn = await context.turn(session, "fail please", { timeoutMs: 90_000 });
    assert.equal(turn.state, "error", JSON.stringify(turn.last).slice(0, 300));
    assert.match(JSON.stringify(turn.last), /gave up|invalid/i, "the client is not told why");
    context.steps([{ say: "Better now.", phase: "final_answer" }]);
    assert.equal((await context.goodTurn(session, "again")).text, "Better now.");
    const rows = await context.history(session);
    assert.equal(rows.filter(({ text }) => text === "Better now.").length, 1);
    assertNoDuplicates(rows);
  },
};

export const restart: Scenario = {
  id: "restart",
  title: "After a restart of the gateway the next message goes on in the same thread; nothing is left of the old one",
  async run(context) {
    const session = context.newSession();
    playEcho(context);
    await context.goodTurn(session, "before the restart");
    const left = await context.stand.stop();
    assert.deepEqual(left, [], "processes outlived the gateway");
    await context.stand.start();
    await context.goodTurn(session, "after the restart");
    const [before, after] = [context.requests[0], context.requests.at(-1)];
    assert.equal(threadOf(after), threadOf(before), "another thread");
    assert.match(sentText(after), /Echo of before the restart/);
    const rows = await context.history(session);
    assert.deepEqual(
      rows.map(({ text }) => text),
      ["before the restart", "Echo of before the restart", "after the restart", "Echo of after the restart"],
    );
  },
};

export const lostThread: Scenario = {
  id: "lost-thread",
  title: "Codex has lost its thread: the conversation goes on in a new one, which knows what was said and shown",
  async run(context) {
    const session = context.newSession();
    playEcho(context);
    await context.goodTurn(session, "look at the square", { attachments: [attachedPicture] });
    await context.stand.stop();
    const { stateDir } = context.stand.host;
    const files = (await readdir(stateDir, { recursive: true })).filter((name) => /rollout-.*\.jsonl/.test(name));
    assert.ok(files.length > 0, "there is no record of Codex to lose");
    for (const name of files) await rm(path.join(stateDir, name));
    await context.stand.start();
    await context.goodTurn(session, "what was it");
    const after = context.requests.at(-1);
    assert.notEqual(threadOf(after), threadOf(context.requests[0]), "the thread was not lost");
    assert.match(sentText(after), /look at the square/, "the model was not told what was said");
    assert.match(sentText(after), /Echo of look at the square/, "the model was not told what it answered");
    context.figures.picture = /"type":"input_image"/.test(sentText(after)) ? "shown again" : "not shown again";
    const rows = await context.history(session);
    assert.equal(rows.filter(({ role }) => role === "user").length, 2, describeRows(rows));
  },
};

export const crash: Scenario = {
  id: "crash",
  title: "kill -9 in the middle of a turn: nothing seen is lost or doubled, the thread goes on, nothing is left over",
  async run(context) {
    const session = context.newSession();
    let stuck = true;
    context.play(({ step, lastUserText }) => {
      if (!stuck || !/before the crash/.test(lastUserText)) {
        return [{ usage: { input: 300, output: 7 } }, { say: "Going on.", phase: "final_answer" }];
      }
      if (step === 0) return [{ usage: { input: 200, output: 11 } }, { shell: "echo made-it-$((6*7))" }];
      return [{ say: "This is half of ", phase: "final_answer" }, { stall: true }];
    });
    const sent = await context.send(session, "before the crash");
    await sent.speaks();
    await sleep(300);
    const old = (await context.stand.processes()).map(({ pid }) => pid);
    stuck = false;
    await context.stand.crash();
    await sleep(500);
    await context.stand.start();
    // The host may take the interrupted turn up again by itself: that has to be over first.
    await sleep(1_000);
    await context.eventually(
      async () => assert.notEqual((await context.sessionRow(session))?.hasActiveRun, true, "a run that does not end"),
      180_000,
    );
    const next = await context.goodTurn(session, "after the crash");
    assert.equal(next.text, "Going on.");
    const rows = await context.history(session);
    assert.equal(rows.filter(({ text }) => text === "before the crash").length, 1, describeRows(rows));
    assertCallStored(rows, /made-it/);
    assert.match(JSON.stringify(rows), /made-it-42/, "the output of the command is lost");
    assert.equal(rows.at(-1)?.text, "Going on.");
    const keys = rows.flatMap(({ raw }) => (raw.idempotencyKey ? [String(raw.idempotencyKey)] : []));
    assert.deepEqual(keys, [...new Set(keys)], "an idempotency key occurs twice");
    const [before, after] = [context.requests[0], context.requests.at(-1)];
    assert.equal(threadOf(after), threadOf(before), "another thread");
    assert.match(sentText(after), /made-it-42/, "the model forgot what happened before the crash");
    await assertAccounts(context, session, rows);
    await context.eventually(async () => {
      const alive = (await context.stand.processes()).filter(({ pid }) => old.includes(pid));
      assert.deepEqual(
        alive.map(({ command }) => command.slice(0, 100)),
        [],
        "processes of the dead gateway live on",
      );
    }, 30_000);
  },
};

/** The session list and the usage report tell the same as the history: one session, at rest, nothing counted twice. */
async function assertAccounts(context: Context, session: string, rows: readonly HistoryRow[]): Promise<void> {
  const { sessions } = await context.client.call("sessions.list", { limit: 200 });
  const own = list(sessions).filter(({ key }) => String(key) === session);
  assert.deepEqual(
    own.map(({ hasActiveRun }) => String(hasActiveRun) === "true"),
    [false],
    "the session list",
  );
  const output = rows.reduce((sum, { raw }) => sum + Number(raw.usage?.output ?? 0), 0);
  assert.ok(output >= 7, `the history says that ${output} tokens were written`);
  await context.eventually(async () => {
    const report = await context.client.call("sessions.usage", { key: session, range: "all" });
    const totals = report.sessions?.[0]?.usage ?? report.totals;
    assert.equal(Number(totals?.output), output, `the usage report: ${JSON.stringify(totals).slice(0, 300)}`);
  });
}
