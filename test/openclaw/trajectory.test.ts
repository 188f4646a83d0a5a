import { expect, it, vi } from "vitest";
import type { CodexHarness } from "../../src/harness/codex-harness.ts";
import type { Attempt, AttemptResult } from "../../src/harness/types.ts";
import { withTrajectory } from "../../src/openclaw/trajectory.ts";
import { fakeAttempt } from "./fake-attempt.ts";

/** A fake of the host's recorder; a real one: test/host-e2e/scenarios/trajectory.ts. */
function setUp(run: (attempt: Attempt) => Promise<Partial<AttemptResult>>) {
  const events: [string, Record<string, unknown>][] = [];
  const flush = vi.fn(async () => undefined);
  const trajectory = { recordEvent: (type: string, data = {}) => void events.push([type, data]), flush };
  const params = fakeAttempt({ hostCapabilities: { trajectory } });
  const harness = { runAttempt: run } as unknown as CodexHarness;
  return { events, flush, harness: withTrajectory(harness, params), params, plain: harness };
}

const attempt = {
  prompt: "walk",
  developerInstructions: "Be kind.",
  tools: [{ name: "message", description: "sends", inputSchema: { type: "object" } }],
} as unknown as Attempt;
const done = { ok: true, outcome: { kind: "completed" }, thread: { id: "T", resumed: false }, turnId: "U", text: "ok" };

it("has the turn from what the model was told to how it ended", async () => {
  const { events, flush, harness } = setUp(async ({ observer }) => {
    await observer?.onThread?.({ id: "T", resumed: false });
    await observer?.onThread?.({ id: "T", resumed: true });
    const tool = { id: "c", name: "exec", title: "ls", native: true } as const;
    await observer?.onTool?.({ ...tool, phase: "start", input: { command: "ls" } });
    await observer?.onTool?.({ ...tool, phase: "update", output: "a" });
    await observer?.onTool?.({ ...tool, phase: "end", output: "a b", status: "failed" });
    return done as unknown as AttemptResult;
  });
  await harness.runAttempt(attempt);
  expect(events.map(([type]) => type)).toEqual([
    "session.started",
    "trace.metadata",
    "context.compiled",
    "prompt.submitted",
    "tool.call",
    "tool.result",
    "model.completed",
    "session.ended",
  ]);
  const data = Object.fromEntries(events);
  expect(data["context.compiled"]).toMatchObject({
    systemPrompt: "Be kind.",
    prompt: "walk",
    tools: [{ name: "message" }],
  });
  expect(data["tool.result"]).toMatchObject({ toolCallId: "c", success: false, output: "a b" });
  expect(data["model.completed"]).toMatchObject({ assistantTexts: ["ok"], threadId: "T" });
  expect(data["session.ended"]).toMatchObject({ status: "success" });
  expect(flush).toHaveBeenCalledOnce();
});

it("tells of a turn that never began, and goes on failing", async () => {
  const { events, flush, harness } = setUp(() => Promise.reject(new Error("no server")));
  await expect(harness.runAttempt(attempt)).rejects.toThrow("no server");
  expect(events).toEqual([["session.ended", { status: "error", promptError: "Error: no server" }]]);
  expect(flush).toHaveBeenCalledOnce();
});

it("costs no turn when the host withdraws it", async () => {
  const { harness, events } = setUp(async () => done as unknown as AttemptResult);
  events.push = () => {
    throw new Error("the run is over");
  };
  expect(await harness.runAttempt(attempt)).toMatchObject({ ok: true });
});

it("is not there on hosts that lend none", () => {
  const { plain } = setUp(async () => ({}));
  expect(withTrajectory(plain, fakeAttempt())).toBe(plain);
});
