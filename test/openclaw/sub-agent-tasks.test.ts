import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it, vi } from "vitest";
import type { CodexHarness } from "../../src/harness/codex-harness.ts";
import type { SubAgentEnd } from "../../src/harness/sub-agents.ts";
import type { AgentProgress, Attempt, AttemptResult } from "../../src/harness/types.ts";
import type { HostTasks } from "../../src/openclaw/sdk-tasks.ts";
import { SubAgentWatch, withSubAgentTasks } from "../../src/openclaw/sub-agent-tasks.ts";
import { fakeAttempt } from "./fake-attempt.ts";

/** A host binds what is done in a run to it, and refuses it once the run is over. */
const run = new AsyncLocalStorage<string>();

/** A fake of the host's ledger that keeps what it is told; a real one: test/host-e2e/scenarios/sub-agents.ts. */
function fakeLedger() {
  const told: string[] = [];
  const details: unknown[] = [];
  const tasks: HostTasks = {
    createAgentHarnessTaskRuntime: () => ({
      createRunningTaskRun: ({ runId, label, detail }) => {
        details.push(detail);
        told.push(`run ${runId} ${label}`);
      },
      finalizeTaskRunByRunId: ({ runId, status, progressSummary }) =>
        told.push(`${status} ${runId} ${progressSummary ?? ""}`.trim()),
      setDetachedTaskDeliveryStatusByRunId: ({ deliveryStatus }) => told.push(deliveryStatus),
    }),
    async deliverAgentHarnessTaskCompletion({ result, status }) {
      if (run.getStore()) throw new Error("the authority of the run is no longer active");
      told.push(`deliver ${status}: ${result}`);
      return { delivered: true };
    },
  };
  return { told, details, load: async () => tasks };
}

const id = "codex-bridge-agent:C";
const source = () => ({ assertCurrent: vi.fn(), release: vi.fn(), signal: new AbortController().signal });

function setUp(fields: Record<string, unknown> = {}) {
  const ledger = fakeLedger();
  const watch = new SubAgentWatch();
  const end = Promise.withResolvers<SubAgentEnd>();
  const warnings: string[] = [];
  const retained = source();
  const params = fakeAttempt({
    agentHarnessTaskRuntimeScope: {},
    hostCapabilities: { retainSourceAuthority: () => retained },
    ...fields,
  });
  const run = (...said: AgentProgress[]) => {
    const harness = {
      subAgentEnd: () => end.promise,
      runAttempt: async ({ observer }: Attempt) => {
        for (const agent of said) await observer?.onAgent?.(agent);
        return { ok: true } as AttemptResult;
      },
    } as unknown as CodexHarness;
    const wrapped = withSubAgentTasks(harness, params, watch, (message) => warnings.push(message), ledger.load);
    return wrapped.runAttempt({} as Attempt);
  };
  return { ...ledger, watch, end, warnings, retained, run };
}

const began: AgentProgress = { threadId: "C", status: "running", task: "look into it\nin depth" };
const left: AgentProgress = { threadId: "C", status: "left_running" };
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("a sub-agent that ends within its turn", () => {
  it("is a task from its beginning to its end, and nobody is told twice", async () => {
    const { told, details, run } = setUp();
    await run(began, { threadId: "C", status: "completed", text: "found" });
    await settled();
    expect(told).toEqual([`run ${id} look into it`, `succeeded ${id} found`]);
    expect(details).toEqual([{ nativeHistory: { sessionId: "s1" } }]);
  });

  it.each([
    ["failed", "failed"],
    ["interrupted", "cancelled"],
  ])("%s is %s in the host's words", async (status, word) => {
    const { told, run } = setUp();
    await run(began, { threadId: "C", status });
    expect(told.at(-1)).toBe(`${word} ${id}`);
  });
});

describe("a sub-agent that outlives its turn", () => {
  it("wakes the conversation with what it came to, once, under the authority it was begun with", async () => {
    const { told, end, retained, run: turn } = setUp();
    await run.run("r1", () => turn(began, left));
    expect(retained.release).not.toHaveBeenCalled();
    end.resolve({ status: "completed", text: "found" });
    await vi.waitFor(() => expect(retained.release).toHaveBeenCalledOnce());
    expect(retained.assertCurrent).toHaveBeenCalled();
    expect(told.slice(1)).toEqual([`succeeded ${id} found`, "pending", "deliver succeeded: found", "delivered"]);
  });

  it("belongs to the later turn that follows it again", async () => {
    const { told, end, retained, run } = setUp();
    await run(began, left);
    await run({ threadId: "C", status: "running" }, { threadId: "C", status: "completed", text: "found" });
    const before = told.length;
    end.resolve({ status: "completed", text: "found" });
    await vi.waitFor(() => expect(retained.release).toHaveBeenCalled());
    expect(told.slice(before)).toEqual([]);
  });

  it("is closed without a word when its authority is gone, or its server", async () => {
    const gone = setUp();
    gone.retained.assertCurrent.mockImplementation(() => {
      throw new Error("revoked");
    });
    await gone.run(began, left);
    gone.end.resolve({ status: "completed", text: "found" });
    await vi.waitFor(() => expect(gone.warnings).toHaveLength(1));
    expect(gone.told.join()).not.toContain("deliver");
    const lost = setUp();
    await lost.run(began, left);
    lost.end.resolve({ status: "lost", text: "" });
    await vi.waitFor(() => expect(lost.retained.release).toHaveBeenCalled());
    expect(lost.told.slice(1)).toEqual([`failed ${id}`]);
  });
});

it("costs no turn when the host keeps no tasks", async () => {
  const { run, warnings, told } = setUp({ agentHarnessTaskRuntimeScope: undefined });
  expect(await run(began)).toMatchObject({ ok: true });
  expect([...warnings, ...told]).toEqual([]);
});
