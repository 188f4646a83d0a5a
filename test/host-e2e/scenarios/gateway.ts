import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { stepOf, toolResults } from "../../gateway/support/script.ts";
import { startUpstream, type UpstreamRequest } from "../../gateway/support/upstream.ts";
import { list } from "../client.ts";
import { assertNoDuplicates, type Scenario } from "../scenario.ts";

const key = "upstream-key-of-the-gateway-scenario";

/** As every person's message reaches it; what the host asks for itself goes elsewhere. */
const toolNames = ({ body }: UpstreamRequest): string[] =>
  list(body.tools ?? []).map((tool) => String((tool.function as { name?: unknown } | undefined)?.name));

export const gatewayModel: Scenario = {
  id: "gateway",
  title:
    "A Chat model behind Codex: in the shape of its own CLI by default, as its entry says, by codex/… and its own ref",
  ownGateway: true,
  oursAlone: "it presents no Chat model to Codex",
  async run(context) {
    const { stand } = context;
    const upstream = await startUpstream("chat", () => ({ say: "not scripted" }));
    const models = { "kimi-e2e": { contextWindow: 120_000 }, "plain-e2e": { harness: "minimal" } };
    const listed = [{ id: "plain-e2e", name: "plain-e2e" }];
    const known = { baseUrl: "http://127.0.0.1:9/v1", api: "openai-completions", models: listed };
    const source = path.join(stand.workspace, `source-${process.pid}.txt`);
    const target = path.join(stand.workspace, `target-${process.pid}.txt`);
    try {
      await stand.restart({
        config: {
          env: { vars: { GATEWAY_E2E_KEY: key } },
          agents: { defaults: { model: "codex/kimi-e2e" } },
          models: {
            providers: { up: { ...known, apiKey: "sk-of-the-hosts-own-route", agentRuntime: { id: "codex" } } },
          },
        },
        plugin: {
          model_providers: { up: { base_url: upstream.url, env_key: "GATEWAY_E2E_KEY", wire_api: "chat", models } },
        },
      });
      await writeFile(source, "the word is plum\n");
      upstream.script = (request) => {
        const word = /the word is (\w+)/.exec(toolResults(request).join())?.[1];
        const calls = [
          { name: "ReadFile", args: { path: source } },
          { name: "WriteFile", args: { path: target, content: `${word}\n` } },
        ];
        const next = calls[stepOf(request)];
        return next ? { calls: [next] } : { say: `It was ${word}.` };
      };
      const session = context.newSession();
      assert.equal((await context.goodTurn(session, "copy the word")).text, "It was plum.");
      assert.equal(await readFile(target, "utf8"), "plum\n");
      // 2026.8 says "auto" where no route is pinned; that it was us is seen by the shape.
      assert.notEqual((await context.sessionRow(session))?.agentRuntime?.id, "openclaw", "another runtime answered");
      assert.ok(
        upstream.requests.every((request) => toolNames(request).includes("StrReplaceFile")),
        "another shape",
      );
      upstream.script = () => ({ say: "Yes, plum." });
      assert.equal((await context.goodTurn(session, "sure?")).text, "Yes, plum.");
      assert.match(JSON.stringify(upstream.requests.at(-1)?.body.messages), /the word is plum/);
      assertNoDuplicates(await context.history(session));
      const before = upstream.requests.length;
      const own = context.newSession();
      upstream.script = () => ({ say: "Plainly." });
      const command = await context.goodTurn(own, "/model up/plain-e2e");
      assert.doesNotMatch(command.text, /unknown|not allowed|fail/i, command.text);
      assert.equal((await context.goodTurn(own, "hello")).text, "Plainly.");
      const [plain] = upstream.requests.slice(before);
      assert.equal(plain?.body.model, "plain-e2e");
      assert.ok(!toolNames(plain!).includes("ReadFile"), "the shape of another model");
      const { models: shown } = await context.client.call("models.list", {});
      const ids = list(shown).map(({ provider, id }) => `${provider}/${id}`);
      assert.ok(ids.includes("codex/kimi-e2e"), ids.join(", "));
      const paid = [...new Set(upstream.requests.map(({ headers }) => headers.authorization))];
      assert.deepEqual(paid, [`Bearer ${key}`]);
      assert.equal(context.requests.length, 0, "Codex asked its own provider");
      assert.ok(!(await stand.gateway.log()).includes(key), "the key is shown");
      context.figures.upstreamRequests = upstream.requests.length;
    } finally {
      await stand.stop();
      await upstream.close();
      await Promise.all([source, target].map((file) => rm(file, { force: true })));
    }
  },
};
