import { afterAll, beforeAll, expect, it } from "vitest";
import type { ModelRequest } from "../../src/scripted-model/server.ts";
import { openTestHost } from "./fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
beforeAll(async () => {
  bridge = await openTestHost("agents", { overrides: ["features.multi_agent_v2=true"] });
});
afterAll(() => bridge.close());

/** A sub-agent inherits its parent's conversation, and Codex's words about its own role. */
const isChild = ({ body }: ModelRequest): boolean => JSON.stringify(body.input).includes("newly spawned child agent");
const hasRun = ({ toolOutputs }: ModelRequest): boolean =>
  toolOutputs.some(({ text }) => text.includes("from the kid"));

const spawn = {
  call: "spawn_agent",
  namespace: "collaboration",
  args: { message: "look into it", task_name: "kid" },
};

it("shows a sub-agent's tools as its own, and its end is not the turn's", async () => {
  bridge.reply = async (request) => {
    if (isChild(request)) {
      return hasRun(request) ? [{ say: "kid is done", phase: "final_answer" }] : [{ shell: "echo from the kid" }];
    }
    if (request.step === 0) return [spawn];
    await new Promise((done) => setTimeout(done, 700));
    return [{ say: "all done", phase: "final_answer" }];
  };
  const agents: string[] = [];
  const tools: string[] = [];
  const result = await bridge.turn("delegating", "delegate this", {
    observer: {
      onAgent: ({ status }) => void agents.push(status),
      onTool: ({ phase, name, agent }) =>
        void (phase === "update" || tools.push(`${phase} ${name} ${agent ? "kid" : "own"}`)),
    },
  });
  expect(result).toMatchObject({ ok: true, text: "all done" });
  expect(agents).toEqual(["running", "completed"]);
  expect(tools).toEqual(["start exec kid", "end exec kid"]);
  expect(result.entries.map((entry) => [entry.kind, entry.text])).not.toContainEqual(["assistant", "kid is done"]);
});

it("interrupts a sub-agent before its parent, and nothing goes on running", async () => {
  bridge.reply = (request) => {
    if (isChild(request)) return [{ shell: "sleep 30", yieldMs: 30_000 }];
    return request.step === 0 ? [spawn] : [{ stall: true }];
  };
  const abort = new AbortController();
  const agents: string[] = [];
  const result = await bridge.turn("stopping", "delegate this", {
    signal: abort.signal,
    observer: {
      onAgent: ({ status }) => void agents.push(status),
      onTool: ({ agent, phase }) => void (agent && phase === "start" && setTimeout(() => abort.abort(), 300)),
    },
  });
  expect(result.outcome).toEqual({ kind: "interrupted", by: "host" });
  expect(agents[0]).toBe("running");
});

it("reads what became of a sub-agent that outlived its turn", async () => {
  const release = Promise.withResolvers<void>();
  let asked = 0;
  bridge.reply = async (request) => {
    if (isChild(request)) {
      if (!hasRun(request)) return [{ shell: "echo from the kid" }];
      await release.promise;
      return [{ say: "kid came late", phase: "final_answer" }];
    }
    asked += 1;
    return asked === 1 ? [spawn] : [{ say: "under way", phase: "final_answer" }];
  };
  const agents: { threadId: string; status: string; task?: string }[] = [];
  const observer = { onAgent: (agent: (typeof agents)[number]) => void agents.push(agent) };
  expect(await bridge.turn("outliving", "delegate this", { observer })).toMatchObject({ ok: true, text: "under way" });
  expect(agents.map(({ status }) => status)).toEqual(["running", "left_running"]);
  const { threadId } = agents[0]!;
  const end = bridge.harness.subAgentEnd(threadId);
  release.resolve();
  expect(await end).toEqual({ status: "completed", text: "kid came late" });
  const entries = await bridge.harness.subAgentEntries(threadId);
  expect(entries.filter(({ kind }) => kind === "tool" || kind === "assistant").at(-1)?.text).toBe("kid came late");
  expect(entries.some(({ tool }) => tool?.output?.includes("from the kid"))).toBe(true);
});

it("interrupts a sub-agent that outlived its turn when its authority ends", async () => {
  bridge.reply = (request) => {
    if (isChild(request)) return [{ stall: true }];
    return request.step === 0 ? [spawn] : [{ say: "under way", phase: "final_answer" }];
  };
  const agents: { threadId: string; status: string }[] = [];
  const observer = { onAgent: (agent: (typeof agents)[number]) => void agents.push(agent) };
  await bridge.turn("revoked", "delegate this", { observer });
  const revoked = new AbortController();
  const end = bridge.harness.subAgentEnd(agents[0]!.threadId, revoked.signal);
  revoked.abort();
  expect(await end).toMatchObject({ status: "interrupted" });
});
