import { expect, it } from "vitest";
import type { Attempt, AttemptResult, Harness } from "../../src/harness/types.ts";
import { runProfile } from "../../src/openclaw/profile.ts";
import { wantsDebug } from "../../src/openclaw/wants-debug.ts";
import { metered } from "../../src/server/meter.ts";

/* What is measured of an attempt, with a FAKE harness that takes its steps at once; a real one: test/cli/run.test.ts. */

const phases = ["server_ready", "thread_ready", "turn_accepted", "first_token", "settled"] as const;

async function steps(attempt: Attempt): Promise<AttemptResult> {
  for (const phase of phases) await attempt.observer?.onPhase?.({ phase, atMs: 0 });
  await metered("turn/start", async () => undefined);
  await metered("thread/read", () => Promise.reject(new Error("refused"))).catch(() => undefined);
  await attempt.observer?.onPartialReply?.({ itemId: "i", text: "t", delta: "t" });
  await attempt.transcript.append([]);
  return { ok: true, phases: {} } as AttemptResult;
}

it("tells once where the time of a run went, and leaves observer and transcript as they are", async () => {
  const told: string[] = [];
  const seen: string[] = [];
  const profile = runProfile(Date.now() - 1000, (text) => told.push(text));
  profile.tell();
  expect(told).toEqual([]);
  const harness = profile.around({ id: "codex", runAttempt: steps } as unknown as Harness);
  const result = await harness.runAttempt({
    observer: {
      onPhase: ({ phase }: { phase: string }) => void seen.push(phase),
      onPartialReply: async ({ text }: { text: string }) => void seen.push(text),
    },
    transcript: { append: async () => void seen.push("written") },
  } as unknown as Attempt);
  expect(result.ok).toBe(true);
  expect(seen).toEqual([...phases, "t", "written"]);
  profile.tell();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^codex-bridge profile: warm turn/);
  expect(Number(/host preparation +([\d.]+) ms/.exec(told[0]!)?.[1])).toBeGreaterThanOrEqual(1000);
  for (const word of ["our preparation", "session", "first word", "afterwards"]) expect(told[0]).toContain(word);
  expect(told[0]).toMatch(/requests: turn\/start [\d.]+ ms, thread\/read/);
  expect(told[0]).toMatch(/6 calls of the host/);
  expect(told[0]).toMatch(/1 writes/);
});

it("is wanted where the host writes what is told at debug level", () => {
  expect(wantsDebug({ logging: { level: "debug" } }, {})).toBe(true);
  expect(wantsDebug({ logging: { consoleLevel: "trace" } }, {})).toBe(true);
  expect(wantsDebug({}, { OPENCLAW_LOG_LEVEL: "debug" })).toBe(true);
  expect(wantsDebug({ logging: { level: "info" } }, {})).toBe(false);
  expect(wantsDebug(undefined, {})).toBe(false);
});
