import assert from "node:assert/strict";
import { type GatewayEvent, isEvent, list } from "../client.ts";
import { assertNoDuplicates, type Context, type Scenario, sentText, threadOf } from "../scenario.ts";

/** Answers each message with itself, so that a request tells which conversation it belongs to. */
export function playEcho(context: Context): void {
  context.play(({ lastUserText }) => [{ say: `Echo of ${lastUserText.split("\n").at(-1)}`, phase: "final_answer" }]);
}

/** Eight by eight pixels. */
const picture = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC";

export const attachedPicture = {
  type: "image",
  mimeType: "image/png",
  fileName: "square.png",
  content: picture,
};

export const image: Scenario = {
  id: "image",
  title: "A picture the client attaches reaches the model",
  async run(context) {
    const session = context.newSession();
    context.steps([{ say: "A square.", phase: "final_answer" }]);
    const turn = await context.goodTurn(session, "what is in the picture", { attachments: [attachedPicture] });
    assert.equal(turn.text, "A square.");
    assert.match(sentText(context.requests[0]), /"type":"input_image"/, "the model got no image");
    const rows = await context.history(session);
    assert.match(rows[0]?.text ?? "", /what is in the picture/);
  },
};

export const twoSessions: Scenario = {
  id: "two-sessions",
  title: "Two sessions answer at the same time and nothing of one shows in the other",
  async run(context) {
    const sessions = [context.newSession(), context.newSession()];
    context.play(({ lastUserText }) => {
      const name = /apple|pear/.exec(lastUserText)?.[0] ?? "none";
      const say = Array.from({ length: 40 }, (_, index) => `${name}${index}`).join(" ");
      return [{ say, chunkChars: 10, delayMs: 40, phase: "final_answer" }];
    });
    const [apple, pear] = await Promise.all([
      context.goodTurn(sessions[0]!, "apple please"),
      context.goodTurn(sessions[1]!, "pear please"),
    ]);
    assert.match(apple.text, /^apple0 .*apple39$/);
    assert.match(pear.text, /^pear0 .*pear39$/);
    const times = [apple, pear].map(({ events }) => events.map(({ atMs }) => atMs));
    assert.ok(times[0]![0]! < times[1]!.at(-1)! && times[1]![0]! < times[0]!.at(-1)!, "one waited for the other");
    for (const [session, foreign] of [
      [sessions[0]!, /pear/],
      [sessions[1]!, /apple/],
    ] as const) {
      assert.doesNotMatch(JSON.stringify(await context.history(session)), foreign);
    }
    const threads = new Set(context.requests.map(threadOf));
    assert.equal(threads.size, 2, "two sessions share a thread");
  },
};

export const newSession: Scenario = {
  id: "new",
  title: "/new starts afresh: empty history, a new thread, nothing of before",
  async run(context) {
    const session = context.newSession();
    playEcho(context);
    await context.goodTurn(session, "remember the zebra");
    await context.client.call("sessions.reset", { key: session, reason: "new" });
    const rows = await context.history(session);
    assert.deepEqual(
      rows.filter(({ role }) => role === "user" || role === "assistant"),
      [],
      "the history is not empty",
    );
    await context.goodTurn(session, "what now");
    const [before, after] = [context.requests[0], context.requests.at(-1)];
    assert.notEqual(threadOf(after), threadOf(before), "the same thread goes on");
    assert.doesNotMatch(sentText(after), /zebra/, "the model still knows what was before");
  },
};

export const newCommand: Scenario = {
  id: "new-command",
  title: "The message /new does the same",
  async run(context) {
    const session = context.newSession();
    playEcho(context);
    await context.goodTurn(session, "remember the heron");
    const { state } = await context.turn(session, "/new");
    assert.equal(state, "final");
    await context.goodTurn(session, "what now");
    const [before, after] = [context.requests[0], context.requests.at(-1)];
    assert.notEqual(threadOf(after), threadOf(before), "the same thread goes on");
    assert.doesNotMatch(sentText(after), /heron/);
  },
};

export const compact: Scenario = {
  id: "compact",
  title: "Compaction succeeds, the client is told, and the conversation goes on in the same session",
  async run(context) {
    const session = context.newSession();
    context.play((request) =>
      /summar|compact|handoff/i.test(request.lastUserText)
        ? [{ say: "SUMMARY: the otter was mentioned.", phase: "final_answer" }]
        : [{ say: "Noted, otter.", phase: "final_answer" }],
    );
    await context.goodTurn(session, "remember the otter");
    await context.goodTurn(session, "and the second thing");
    const answer = await context.client.call("sessions.compact", { key: session }, 90_000);
    assert.equal(answer.ok, true, JSON.stringify(answer).slice(0, 400));
    assert.equal(answer.compacted, true, JSON.stringify(answer).slice(0, 400));
    const turn = await context.goodTurn(session, "go on after it");
    assert.equal(turn.text, "Noted, otter.");
    const rows = await context.history(session);
    assert.ok(
      rows.some(({ text }) => text === "remember the otter") ||
        rows.some(({ raw }) => String(raw.__openclaw?.kind) === "compaction"),
      "the history shows neither what was before nor that it was compacted",
    );
    assertNoDuplicates(rows.filter(({ role, text }) => role === "user" && text));
  },
};

export const fork: Scenario = {
  id: "fork",
  title: "A fork knows what was before the chosen message and nothing after it; the original is untouched",
  async run(context) {
    const session = context.newSession();
    playEcho(context);
    await context.goodTurn(session, "alpha word");
    await context.goodTurn(session, "beta word");
    const before = await context.history(session);
    const entry = before.find(({ text }) => text === "beta word")?.raw.__openclaw?.id;
    const answer = await context.client.call("sessions.fork", { sessionKey: session, entryId: entry });
    const forked = String(answer.sessionKey);
    const inFork = (await context.history(forked)).map(({ text }) => text);
    assert.deepEqual(inFork, ["alpha word", "Echo of alpha word"]);
    await context.goodTurn(forked, "gamma word");
    const last = context.requests.at(-1);
    assert.match(sentText(last), /alpha word/, "the fork forgot what was before");
    assert.doesNotMatch(sentText(last), /beta word/, "the fork knows what came after");
    assert.notEqual(threadOf(last), threadOf(context.requests[0]), "the fork writes into the original's thread");
    assert.deepEqual(
      (await context.history(session)).map(({ text }) => text),
      before.map(({ text }) => text),
    );
    await context.goodTurn(session, "delta word");
    assert.match(sentText(context.requests.at(-1)), /beta word/);
    assert.doesNotMatch(sentText(context.requests.at(-1)), /gamma word/);
  },
};

export const deletion: Scenario = {
  id: "delete",
  title: "A deleted session is gone from list and history, and its key starts from nothing",
  async run(context) {
    const session = context.newSession();
    playEcho(context);
    await context.goodTurn(session, "remember the walrus");
    const answer = await context.client.call("sessions.delete", { key: session, deleteTranscript: true });
    assert.equal(answer.ok ?? answer.deleted, true, JSON.stringify(answer).slice(0, 300));
    assert.equal(await context.sessionRow(session), undefined, "still in the list");
    await context.goodTurn(session, "what now");
    const [before, after] = [context.requests[0], context.requests.at(-1)];
    assert.notEqual(threadOf(after), threadOf(before), "the deleted session's thread goes on");
    assert.doesNotMatch(sentText(after), /walrus/);
  },
};

export const btw: Scenario = {
  id: "btw",
  title: "/btw is answered aside, with the conversation as background, and leaves no trace in it",
  async run(context) {
    const session = context.newSession();
    playEcho(context);
    await context.goodTurn(session, "we talk about lynxes");
    const before = (await context.history(session)).map(({ text }) => text);
    const from = context.client.events.length;
    await context.send(session, "/btw how many lives");
    const isAside = (event: GatewayEvent): boolean =>
      isEvent(event, "chat.side_result") || isEvent(event, "chat", { state: "error" });
    const aside = await context.client.waitFor(isAside, 60_000, "a side result", from);
    assert.equal(aside.event, "chat.side_result", JSON.stringify(aside.payload).slice(0, 400));
    assert.match(JSON.stringify(aside.payload), /Echo of/);
    assert.match(sentText(context.requests.at(-1)), /lynxes/, "the side question had no background");
    assert.deepEqual(
      (await context.history(session)).map(({ text }) => text),
      before,
      "the history has changed",
    );
    await context.goodTurn(session, "back to it");
    assert.doesNotMatch(sentText(context.requests.at(-1)), /how many lives/, "the side question is in the thread");
  },
};

export const modelList: Scenario = {
  id: "model-list",
  title: "The model list shows the session's model as usable",
  async run(context) {
    const { models } = await context.client.call("models.list", {});
    const found = list(models).filter(({ provider }) => String(provider) === "openai");
    context.figures.models = found.length;
    const row = found.find(({ id }) => String(id) === "gpt-5.5");
    assert.ok(row, `openai/gpt-5.5 is not among ${found.map(({ id }) => id).join(", ") || "no openai models"}`);
    assert.notEqual(row.available, false, JSON.stringify(row));
  },
};

export const usage: Scenario = {
  id: "usage",
  title: "Tokens are counted once, cached ones apart, in the history, the session and the usage report",
  async run(context) {
    const session = context.newSession();
    context.steps([{ usage: { input: 1_200, output: 34, cached: 200 } }, { say: "Counted.", phase: "final_answer" }]);
    await context.goodTurn(session, "count me");
    await context.goodTurn(session, "count me again");
    const counted = (await context.history(session))
      .filter(({ role }) => role === "assistant")
      .map(({ raw }) => [raw.usage?.input, raw.usage?.cacheRead, raw.usage?.output]);
    assert.deepEqual(counted, [
      [1_000, 200, 34],
      [1_000, 200, 34],
    ]);
    await context.eventually(async () => {
      const row = await context.sessionRow(session);
      const total = Number(row?.totalTokens);
      assert.ok(total >= 1_200 && total <= 1_234, `the session row says that its context has ${total} tokens`);
      const report = await context.client.call("sessions.usage", { key: session, range: "all" });
      const totals = report.sessions?.[0]?.usage ?? report.totals;
      assert.deepEqual(
        [totals?.input, totals?.cacheRead, totals?.output],
        [2_000, 400, 68],
        JSON.stringify(totals).slice(0, 300),
      );
    });
  },
};

export const overhead: Scenario = {
  id: "overhead",
  title: "What a turn costs (informational)",
  async run(context) {
    const session = context.newSession();
    context.steps([{ say: "Quick.", phase: "final_answer" }]);
    await context.goodTurn(session, "warm up");
    const turns = [];
    for (let index = 0; index < 12; index += 1) turns.push(await context.goodTurn(session, `turn ${index}`));
    const median = (values: number[]): number => values.sort((left, right) => left - right)[values.length >> 1] ?? 0;
    context.figures.turnMs = median(turns.map(({ tookMs }) => tookMs));
    context.figures.firstTextMs = median(turns.map(({ firstTextMs }) => firstTextMs ?? 0));
    context.figures.requestKiB = Math.round((context.requests[0]?.bytes ?? 0) / 1024);
    const processes = await context.stand.processes();
    context.figures.processes = processes.length;
    const residentBytes = processes.reduce((sum, found) => sum + found.residentBytes, 0);
    context.figures.residentMiB = Math.round(residentBytes / 1024 ** 2);
  },
};
