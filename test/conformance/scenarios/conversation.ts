import assert from "node:assert/strict";
import { realpathSync } from "node:fs";
import type { Scenario } from "../scenario.ts";
import { playing, said } from "../scripts.ts";

const answer = "A longer answer, with ünïcode — and\nseveral lines.";

export const conversation: readonly Scenario[] = [
  {
    id: "handshake",
    title: "starts, states its version, stops",
    async run({ host, version }) {
      const server = await host.startServer();
      assert.equal(server.info.version, version);
      assert.equal(server.info.untested, false);
      assert.ok(server.info.codexHome?.startsWith(realpathSync(host.folder)));
      await server.stop();
      assert.equal((await server.closed).code, "server_exited");
    },
  },
  {
    id: "text",
    title: "text turn: streamed words equal the answer, tokens are counted",
    async run({ host, session }) {
      host.reply = () => [
        { say: answer, phase: "final_answer", chunkChars: 16, delayMs: 40 },
        { usage: { input: 1000, output: 50, cached: 200 } },
      ];
      const deltas: string[] = [];
      const seen: string[] = [];
      const result = await host.turn(session, "hello", {
        observer: {
          onPartialReply: ({ delta, text }) => {
            deltas.push(delta);
            seen.push(text);
          },
        },
      });
      assert.deepEqual(result.outcome, { kind: "completed" });
      assert.equal(result.text, answer);
      assert.equal(deltas.join(""), answer);
      assert.equal(seen.at(-1), answer);
      assert.ok(deltas.length > 1, "it came in pieces");
      const { turn } = result.usage ?? {};
      assert.deepEqual(
        [turn?.inputTokens, turn?.outputTokens, turn?.cachedInputTokens, turn?.totalTokens],
        [1000, 50, 200, 1050],
      );
      const rows = (await host.host.transcript(session)).map(({ kind, text }) => [kind, text]);
      assert.deepEqual(rows, [
        ["user", "hello"],
        ["assistant", answer],
      ]);
      const second = await host.turn(session, "again");
      assert.deepEqual([second.usage?.turn.totalTokens, second.usage?.thread.totalTokens], [1050, 2100]);
    },
  },
  {
    id: "commentary",
    title: "commentary and reasoning are told from the answer",
    async run({ host, session }) {
      const parts = [{ think: "**Plan** first" }, { say: "Looking.", phase: "commentary" as const }, ...said("Found.")];
      playing(host, parts);
      const heard = { reasoning: [] as string[], commentary: [] as string[], reply: [] as string[] };
      const result = await host.turn(session, "look", {
        observer: {
          onReasoning: ({ delta }) => void heard.reasoning.push(delta),
          onCommentary: ({ delta }) => void heard.commentary.push(delta),
          onPartialReply: ({ delta }) => void heard.reply.push(delta),
        },
      });
      const words = [heard.reasoning, heard.commentary, heard.reply].map((deltas) => deltas.join(""));
      assert.deepEqual(words, ["**Plan** first", "Looking.", "Found."]);
      assert.deepEqual(
        result.entries.map(({ kind, text }) => [kind, text]),
        [
          ["user", "look"],
          ["reasoning", "**Plan** first"],
          ["assistant", "Looking."],
          ["assistant", "Found."],
        ],
      );
      assert.equal(result.text, "Found.");
    },
  },
  {
    id: "plan",
    title: "the model's plan is shown",
    async run({ host, session }) {
      playing(host, [{ plan: [{ step: "look", status: "in_progress" }] }]);
      const steps: unknown[] = [];
      const result = await host.turn(session, "plan it", {
        config: { "tools.update_plan.enabled": true },
        observer: { onPlan: (plan) => void steps.push(...plan.steps) },
      });
      assert.equal(result.text, "done");
      assert.deepEqual(steps, [{ step: "look", status: "inProgress" }]);
    },
  },
  {
    id: "empty",
    title: "a turn without a visible answer is classified",
    async run({ host, session }) {
      host.reply = () => [];
      assert.equal((await host.turn(session, "go")).classification, "empty");
      host.reply = () => [{ think: "hm" }];
      assert.equal((await host.turn(session, "go")).classification, "reasoning-only");
    },
  },
  {
    id: "two-threads",
    title: "two sessions at once, their words not mixed",
    async run({ host, session }) {
      const [first, second] = [`${session}-a`, `${session}-b`];
      const begun = { [first]: Promise.withResolvers<void>(), [second]: Promise.withResolvers<void>() };
      // Each goes on only when the other has begun, so both are in the middle at the same time.
      host.reply = ({ lastUserText: own }) => [
        { say: `${own} begins, `, chunkChars: 2 },
        { until: begun[own === first ? second : first]!.promise },
        { say: `${own} ends.`, chunkChars: 2 },
      ];
      const run = async (name: string) => {
        let words = "";
        const result = await host.turn(name, name, {
          observer: {
            onPartialReply: ({ delta }) => {
              words += delta;
              begun[name]!.resolve();
            },
          },
        });
        assert.ok(result.ok);
        assert.equal(words, `${name} begins, ${name} ends.`);
        const rows = await host.host.transcript(name);
        assert.ok(rows.every(({ threadId, turnId }) => threadId === result.thread.id && turnId === result.turnId));
        return result.thread.id;
      };
      const [a, b] = await Promise.all([run(first), run(second)]);
      assert.notEqual(a, b);
    },
  },
];
