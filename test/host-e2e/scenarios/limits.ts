import assert from "node:assert/strict";
import { runHostCommand } from "../gateway.ts";
import { conversationModel, fallbackModel } from "../model.ts";
import { assertNoDuplicates, type Scenario } from "../scenario.ts";
import { streamOf } from "../turn.ts";
import { describeRows } from "./tools.ts";

/** An account of the host's own, and not a key of its environment: only that can be blocked. */
const profile = "openai:work";

/** What a model service says to somebody who asks too often. */
const tooOften = {
  status: 429,
  headers: { "retry-after": "1" },
  body: { error: { type: "rate_limit_exceeded", code: "rate_limit_exceeded", message: "Rate limit reached." } },
};

export const rateLimit: Scenario = {
  id: "rate-limit",
  title: "A model that answers 429 fails the turn soon, as a rate limit, and without another runtime",
  async run(context) {
    const session = context.newSession();
    context.play(() => tooOften);
    const turn = await context.turn(session, "too much", { timeoutMs: 240_000 });
    context.figures.requests = context.requests.length;
    assert.equal(turn.state, "error", JSON.stringify(turn.last).slice(0, 300));
    const repeats = streamOf(turn, "run_status").filter(({ phase }) => String(phase) === "retrying").length;
    context.figures.repeats = repeats;
    assert.ok(repeats <= 3, `the person had to wait for ${repeats} repeats`);
    assert.equal(turn.last.errorKind, "rate_limit", JSON.stringify(turn.last).slice(0, 500));
    assert.match(String(turn.last.errorMessage), /rate|limit|429/i);
    const rows = await context.history(session);
    assert.equal(rows.filter(({ role, text }) => role === "user" && text === "too much").length, 1, describeRows(rows));
  },
};

export const modelFallback: Scenario = {
  id: "model-fallback",
  title: "With a second model configured, it answers when the first is rate-limited; the message is stored once",
  ownGateway: true,
  async run(context) {
    const model = { primary: `openai/${conversationModel}`, fallbacks: [`openai/${fallbackModel}`] };
    await context.stand.restart({ config: { agents: { defaults: { model } } } });
    const session = context.newSession();
    context.play(({ body }) =>
      body.model === conversationModel ? tooOften : [{ say: "The second model answers.", phase: "final_answer" }],
    );
    const turn = await context.turn(session, "anybody", { timeoutMs: 240_000 });
    context.figures.requests = context.requests.length;
    assert.equal(turn.state, "final", JSON.stringify(turn.last).slice(0, 500));
    assert.equal(turn.text, "The second model answers.");
    const rows = await context.history(session);
    assert.equal(rows.filter(({ role, text }) => role === "user" && text === "anybody").length, 1, describeRows(rows));
    assert.equal(rows.at(-1)?.text, "The second model answers.", describeRows(rows));
    assertNoDuplicates(rows);
    const row = await context.sessionRow(session);
    assert.equal(row?.agentRuntime?.id, "codex", "another runtime answered");
  },
};

export const usageLimit: Scenario = {
  id: "usage-limit",
  title:
    "An allowance that is used up fails the turn at once, with its reason, and blocks the account until it is back",
  ownGateway: true,
  async run(context) {
    await context.stand.stop();
    const login = ["models", "auth", "paste-api-key", "--provider", "openai", "--profile-id", profile];
    const { exitCode, output } = await runHostCommand(context.stand.host, login, "sk-test-0123456789abcdef\n");
    assert.equal(exitCode, 0, output);
    await context.stand.restart();
    const session = context.newSession();
    const resetsAt = Math.floor(Date.now() / 1000) + 7_200;
    context.play(() => ({
      status: 429,
      headers: {
        "x-codex-primary-used-percent": "100",
        "x-codex-primary-window-minutes": "300",
        "x-codex-primary-reset-at": String(resetsAt),
      },
      body: {
        error: {
          type: "usage_limit_reached",
          message: "The usage limit has been reached",
          plan_type: "plus",
          resets_at: resetsAt,
        },
      },
    }));
    const turn = await context.turn(session, "too much", { timeoutMs: 240_000 });
    context.figures.requests = context.requests.length;
    assert.equal(turn.state, "error", JSON.stringify(turn.last).slice(0, 300));
    assert.match(String(turn.last.errorMessage), /usage limit/i, JSON.stringify(turn.last).slice(0, 500));
    assert.equal(context.requests.length, 1, "a used-up allowance was asked for again");
    const told = JSON.stringify(await context.client.call("models.authStatus", {}));
    context.figures.account = told.includes(String(resetsAt)) ? "blocked until it is back" : "not blocked by it";
  },
};
