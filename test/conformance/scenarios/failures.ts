import assert from "node:assert/strict";
import type { HttpFault, Part } from "../../../src/scripted-model/script.ts";
import type { Scenario } from "../scenario.ts";
import { input, playing, said } from "../scripts.ts";

/** Few and quick tries, so that a scenario takes no longer than it has to. */
const impatient = {
  "model_providers.scripted.request_max_retries": 0,
  "model_providers.scripted.stream_max_retries": 1,
};

const fault = (status: number, message: string, code?: string): HttpFault => ({
  status,
  body: { error: { message, type: "test", ...(code === undefined ? {} : { code }) } },
});

const kinds: readonly {
  readonly id: string;
  readonly title: string;
  readonly reply: readonly Part[] | HttpFault;
  readonly category: string;
  readonly action: string;
}[] = [
  { id: "401", title: "HTTP 401", reply: fault(401, "who are you"), category: "auth", action: "login" },
  { id: "429", title: "HTTP 429", reply: fault(429, "slow down"), category: "rate_limit", action: "wait" },
  { id: "500", title: "HTTP 500", reply: fault(500, "out of order"), category: "model_server", action: "retry" },
  {
    id: "overloaded",
    title: "overloaded",
    reply: [{ failed: { code: "server_is_overloaded", message: "busy" } }],
    category: "overloaded",
    action: "retry",
  },
  {
    id: "quota",
    title: "out of quota",
    reply: [{ failed: { code: "insufficient_quota", message: "no more" } }],
    category: "usage_limit",
    action: "wait",
  },
  {
    id: "cut",
    title: "stream cut off",
    reply: [{ say: "half a sen" }, { cut: true }],
    category: "network",
    action: "retry",
  },
];

export const failures: readonly Scenario[] = [
  ...kinds.map(
    ({ id, title, reply, category, action }): Scenario => ({
      id: `model-${id}`,
      title: `model server, ${title}: a failed turn that says "${category}" and "${action}"; the next one works`,
      async run({ host, session }) {
        host.reply = () => reply;
        const result = await host.turn(session, "go", { config: impatient });
        const { outcome } = result;
        assert.equal(outcome.kind, "failed");
        if (outcome.kind !== "failed") return;
        assert.equal(outcome.category, category, outcome.error.message);
        assert.ok(outcome.actions.some((each) => each === action));
        assert.equal(outcome.error.code, "turn_failed");
        assert.deepEqual(result.entries.at(-1)?.kind, "error");
        playing(host);
        assert.equal((await host.turn(session, "go on", { config: impatient })).text, "done");
      },
    }),
  ),
  {
    id: "overflow",
    title: "a full context is compacted, and the turn is run again",
    async run({ host, session }) {
      let overflowed = false;
      host.reply = ({ lastUserText }) => {
        if (lastUserText !== "one too many" || overflowed) return said("fine");
        overflowed = true;
        return [{ failed: { code: "context_length_exceeded", message: "too long" } }];
      };
      await host.turn(session, "hello");
      const notices: string[] = [];
      const result = await host.turn(session, "one too many", {
        observer: { onNotice: ({ text }) => void notices.push(text) },
      });
      assert.deepEqual([result.outcome, result.text], [{ kind: "completed" }, "fine"]);
      assert.ok(notices.some((text) => text.includes("compacting")));
    },
  },
  {
    id: "overflow-http",
    title: "the same, when the model server says it with HTTP 400",
    async run({ host, session, lacks }) {
      let overflowed = false;
      host.reply = ({ lastUserText }) => {
        if (lastUserText !== "one too many" || overflowed) return said("fine");
        overflowed = true;
        return fault(400, "too long", "context_length_exceeded");
      };
      await host.turn(session, "hello");
      const { outcome, text } = await host.turn(session, "one too many");
      if (lacks("contextOverflowOverHttp")) {
        assert.equal(outcome.kind === "failed" && outcome.category, "other");
      } else {
        assert.deepEqual([outcome, text], [{ kind: "completed" }, "fine"]);
      }
    },
  },
  {
    id: "quota-http",
    title: "out of quota, when the model server says it with HTTP 429",
    async run({ host, session, lacks }) {
      host.reply = () => fault(429, "no more", "insufficient_quota");
      const { outcome } = await host.turn(session, "go", { config: impatient });
      const category = lacks("usageLimitOverHttp") ? "rate_limit" : "usage_limit";
      assert.equal(outcome.kind === "failed" && outcome.category, category);
    },
  },
  {
    id: "crash",
    title: "the server is killed in a turn: said so, words kept, the next turn resumes",
    async run({ openHost, session }) {
      const host = await openHost();
      host.reply = () => [{ say: "half of it and more", chunkChars: 5, delayMs: 50 }];
      let words = "";
      const first = await host.turn(session, "the secret word is hazelnut", {
        observer: {
          onPartialReply: ({ text }) => {
            words = text;
            host.kill();
          },
        },
      });
      assert.equal(first.outcome.kind, "server_exit");
      assert.match(words, /^half/);
      const spoken = first.entries.find(({ kind }) => kind === "assistant");
      assert.deepEqual([spoken?.text, spoken?.incomplete], [words, true]);
      const played = playing(host);
      const second = await host.turn(session, "go on");
      assert.deepEqual([second.text, second.thread], ["done", { id: first.thread.id, resumed: true }]);
      assert.match(input(played.requests[0]), /hazelnut/);
    },
  },
];
