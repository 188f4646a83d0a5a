import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import type { TurnControl } from "../../../src/turn/run.ts";
import type { Scenario } from "../scenario.ts";
import { pause, playing, said } from "../scripts.ts";

export const control: readonly Scenario[] = [
  {
    id: "steer",
    title: "a turn is told more while it runs",
    async run({ host, session }) {
      host.reply = ({ lastUserText, step }) => {
        if (lastUserText.startsWith("also")) return said(`heard: ${lastUserText}`);
        return step === 0 ? [{ shell: "sleep 0.5" }] : said("heard nothing");
      };
      const given = Promise.withResolvers<TurnControl>();
      const answers: Promise<string>[] = [];
      const steers: unknown[] = [];
      const result = await host.turn(session, "work", {
        onControl: (handle) => given.resolve(handle),
        observer: {
          onSteer: (steer) => void steers.push(steer),
          onTool: async ({ phase }) => {
            if (phase !== "start") return;
            answers.push((await given.promise).steer({ id: "s1", text: "also this" }));
          },
        },
      });
      assert.deepEqual(await Promise.all(answers), ["accepted"]);
      assert.deepEqual([result.outcome, result.text], [{ kind: "completed" }, "heard: also this"]);
      assert.deepEqual(steers, [{ id: "s1", status: "consumed" }]);
      assert.deepEqual(result.returnedSteers, []);
      const rows = result.entries.filter(({ kind }) => kind === "user").map(({ text, turnId }) => [text, turnId]);
      assert.deepEqual(rows, [
        ["work", result.turnId],
        ["also this", result.turnId],
      ]);
    },
  },
  {
    id: "interrupt-text",
    title: "interrupted while it speaks: ended at once, its words kept",
    async run({ host, session }) {
      host.reply = () => [{ say: "a long story", chunkChars: 2, delayMs: 20 }, { stall: true }];
      const abort = new AbortController();
      const result = await host.turn(session, "tell", {
        signal: abort.signal,
        observer: { onPartialReply: ({ text }) => (text.length > 4 ? abort.abort() : undefined) },
      });
      assert.deepEqual(result.outcome, { kind: "interrupted", by: "host" });
      const last = result.entries.at(-1);
      assert.deepEqual([last?.kind, last?.incomplete], ["assistant", true]);
      assert.match(last?.text ?? "", /^a lon/);
      playing(host);
      assert.equal((await host.turn(session, "go on")).text, "done");
    },
  },
  {
    id: "interrupt-command",
    title: "interrupted in a command: the command is stopped, too",
    async run({ host, session }) {
      const file = path.join(host.folder, `${session}.txt`);
      playing(host, [{ shell: `sleep 1; touch ${file}` }]);
      const abort = new AbortController();
      const startedAt = Date.now();
      const result = await host.turn(session, "run", {
        signal: abort.signal,
        observer: { onTool: ({ phase }) => void (phase === "start" && setTimeout(() => abort.abort(), 100)) },
      });
      assert.deepEqual(result.outcome, { kind: "interrupted", by: "host" });
      assert.ok(Date.now() - startedAt < 5000, "it ended soon");
      playing(host);
      assert.equal((await host.turn(session, "go on")).text, "done");
      await pause(Math.max(0, startedAt + 1600 - Date.now()));
      assert.equal(existsSync(file), false);
    },
  },
  {
    id: "budget",
    title: "a turn over its budget ends and names the clock; the next one works",
    async run({ host, session }) {
      host.reply = () => [{ stall: true }];
      const { outcome } = await host.turn(session, "wait", { timeoutMs: 700 });
      assert.equal(outcome.kind, "timeout");
      assert.equal(outcome.kind === "timeout" && outcome.clock, "run_budget");
      playing(host);
      assert.equal((await host.turn(session, "go on")).text, "done");
    },
  },
];
