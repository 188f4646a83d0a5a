import assert from "node:assert/strict";
import type { ModelRequest } from "../../../src/scripted-model/server.ts";
import { offeredTools } from "../../../src/scripted-model/tool-shape.ts";
import type { ConformanceHost } from "../host.ts";
import type { Scenario } from "../scenario.ts";
import { input, pause, said } from "../scripts.ts";

const prompt = "delegate this";

/** A sub-agent is told its task, not what its parent was asked. */
const isChild = (request: ModelRequest): boolean => !input(request).includes(prompt);

/** Plays a parent that spawns one agent and outlives it, and the agent, which runs one command. */
function delegating(host: ConformanceHost, hidden: string, args: object): void {
  const childDone = Promise.withResolvers<void>();
  host.reply = async (request) => {
    if (isChild(request)) {
      if (request.step === 0) return [{ shell: "echo from the kid" }];
      childDone.resolve();
      return said("kid is done");
    }
    if (request.step === 0) {
      const offered = offeredTools(request.body).find(({ name }) => name === "spawn_agent");
      // Newer releases do not list it, and have it in a namespace all the same.
      const namespace = offered ? offered.namespace : hidden;
      return [{ call: "spawn_agent", namespace, args }];
    }
    // A refused call ends the turn soon instead of hanging it.
    if (request.toolOutputs.every(({ text }) => !text.startsWith("{"))) return said("no agent");
    await childDone.promise;
    await pause(300);
    return said("all done");
  };
}

async function check(host: ConformanceHost, session: string, config: Record<string, unknown>): Promise<void> {
  const statuses: string[] = [];
  const tools: string[] = [];
  const result = await host.turn(session, prompt, {
    config,
    observer: {
      onAgent: ({ status }) => void statuses.push(status),
      onTool: ({ phase, name, agent }) => {
        if (phase !== "update" && agent) tools.push(`${phase} ${name}`);
      },
    },
  });
  assert.deepEqual([result.outcome, result.text], [{ kind: "completed" }, "all done"]);
  assert.deepEqual(statuses, ["running", "completed"]);
  assert.deepEqual(tools, ["start exec", "end exec"]);
  assert.ok(result.entries.every(({ text }) => text !== "kid is done"));
}

export const agents: readonly Scenario[] = [
  {
    id: "sub-agent",
    title: "a native sub-agent: its tools are shown as its own, its end is not the turn's",
    async run({ host, session }) {
      delegating(host, "multi_agent_v1", { message: "look into it" });
      await check(host, session, { "features.multi_agent": true });
    },
  },
  {
    id: "sub-agent-v2",
    title: "the same with Codex's newer sub-agents (`features.multi_agent_v2`)",
    async run({ host, session }) {
      delegating(host, "collaboration", { message: "look into it", task_name: "kid", fork_turns: "none" });
      await check(host, session, { "features.multi_agent_v2": true });
    },
  },
];
