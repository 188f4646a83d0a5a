import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { HostTurn } from "../../../src/host/embedded-host.ts";
import { scriptedOverrides } from "../../../src/library/scripted.ts";
import type { HostTool } from "../../../src/requests/types.ts";
import { type ModelRequest, startScriptedModel } from "../../../src/scripted-model/server.ts";
import type { Scenario } from "../scenario.ts";
import { input, playing, said } from "../scripts.ts";

const tool = (name: string): HostTool => ({
  name,
  description: `the tool ${name}`,
  inputSchema: { type: "object", properties: {} },
  execute: () => `${name} done`,
});
const toolNames = (request: ModelRequest | undefined): string => JSON.stringify(request?.body.tools ?? []);

/** Settings a turn may change, and how the model sees that they did. */
const base: Partial<HostTurn> = { developerInstructions: "FIRST instructions", tools: [tool("alpha"), tool("beta")] };

export const settings: readonly Scenario[] = [
  {
    id: "settings-turn",
    title: "model, effort, folder, policy, sandbox and instructions change from turn to turn, the thread stays",
    async run({ host, session }) {
      const played = playing(host);
      const first = await host.turn(session, "remember the walnut", base);
      const elsewhere = path.join(host.folder, "elsewhere");
      mkdirSync(elsewhere, { recursive: true });
      const changed: Partial<HostTurn> = {
        ...base,
        model: "gpt-5.4",
        effort: "low",
        cwd: elsewhere,
        approvalPolicy: "on-request",
        approvalsReviewer: "auto_review",
        sandbox: "read-only",
        developerInstructions: "SECOND instructions",
      };
      for (const prompt of ["go on", "and on"]) {
        const next = await host.turn(session, prompt, changed);
        assert.deepEqual([next.outcome, next.thread], [{ kind: "completed" }, { id: first.thread.id, resumed: true }]);
      }
      const [before, ...after] = played.requests;
      assert.equal(before?.body.model, "gpt-5.5");
      assert.match(input(before), /FIRST instructions/);
      assert.equal(after.length, 2);
      for (const request of after) {
        assert.equal(request.body.model, "gpt-5.4");
        assert.match(JSON.stringify(request.body.reasoning), /low/);
        for (const words of [
          "walnut",
          `<cwd>${elsewhere}</cwd>`,
          "`read-only`",
          "sandbox_permissions",
          "SECOND instr",
        ]) {
          assert.ok(input(request).includes(words), `the model reads ${words}`);
        }
      }
    },
  },
  {
    id: "settings-process",
    title: "settings changed in a new process are in force, the thread stays",
    async run({ openHost, session }) {
      const host = await openHost();
      const played = playing(host);
      const first = await host.turn(session, "remember the walnut", base);
      await host.restart();
      const next = await host.turn(session, "go on", {
        ...base,
        model: "gpt-5.4",
        approvalPolicy: "on-request",
        sandbox: "read-only",
        developerInstructions: "SECOND instructions",
      });
      assert.deepEqual([next.outcome, next.thread], [{ kind: "completed" }, { id: first.thread.id, resumed: true }]);
      const last = played.requests.at(-1);
      assert.equal(last?.body.model, "gpt-5.4");
      for (const words of ["walnut", "`read-only`", "sandbox_permissions", "SECOND instructions"]) {
        assert.ok(input(last).includes(words), `the model reads ${words}`);
      }
      // The thread still has its tools.
      for (const name of ["alpha", "beta"]) assert.match(toolNames(last), new RegExp(`"${name}"`));
    },
  },
  {
    id: "settings-config",
    title: "changed configuration reloads the thread",
    async run({ host, session }) {
      const played = playing(host);
      const config = (web: string) => ({ web_search: web });
      const first = await host.turn(session, "remember the walnut", { config: config("cached") });
      const next = await host.turn(session, "go on", { config: config("disabled") });
      assert.deepEqual(next.thread, { id: first.thread.id, resumed: true });
      const [before, after] = played.requests.map(toolNames);
      assert.match(before ?? "", /web_search/);
      assert.doesNotMatch(after ?? "", /web_search/);
      assert.match(input(played.requests[1]), /walnut/);
    },
  },
  {
    id: "settings-tools",
    title: "a new tool replaces the thread: the reason is stated, the history is told",
    async run({ host, session }) {
      const played = playing(host, [{ call: "gamma", args: {} }]);
      await host.turn(session, "remember the walnut", { ...base, tools: [tool("alpha"), tool("gamma")] });
      const before = played.requests.length;
      const next = await host.turn(session, "go on", { ...base, tools: [tool("gamma"), tool("delta")] });
      assert.match(next.thread.rotation?.reason ?? "", /delta/);
      assert.equal(next.entries.find((entry) => entry.tool)?.tool?.output, "gamma done");
      assert.match(input(played.requests[before]), /walnut/);
    },
  },
  {
    id: "settings-provider",
    title: "another model provider forks the thread with its whole history",
    async run({ openHost, session, lacks }) {
      const heard: ModelRequest[] = [];
      const other = await startScriptedModel({
        script: (request) => {
          heard.push(request);
          return said("from the other");
        },
      });
      try {
        const provider = scriptedOverrides(other.url)[0]!.replace("model_providers.scripted", "model_providers.other");
        const host = await openHost({ overrides: [provider] });
        playing(host, [{ shell: "echo a hazelnut" }]);
        const kept = { developerInstructions: "FIRST instructions", config: { web_search: "disabled" } };
        const first = await host.turn(session, "remember the walnut", kept);
        const forked = host.turn(session, "go on", { ...kept, modelProvider: "other" });
        if (lacks("modelProviderPerThread")) {
          await assert.rejects(forked, { code: "model_provider_unavailable" });
          playing(host);
          const stayed = await host.turn(session, "go on", kept);
          assert.deepEqual([stayed.text, stayed.thread], ["done", { id: first.thread.id, resumed: true }]);
          return;
        }
        const next = await forked;
        assert.equal(next.text, "from the other");
        assert.deepEqual([next.thread.rotation?.from, next.thread.rotation?.history], [first.thread.id, "native"]);
        for (const words of ["walnut", "hazelnut", "FIRST instructions"]) assert.ok(input(heard[0]).includes(words));
        assert.doesNotMatch(toolNames(heard[0]), /web_search/);
      } finally {
        await other.close();
      }
    },
  },
];
