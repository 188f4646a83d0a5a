import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostTurnResult } from "../../src/host/embedded-host.ts";
import { openTestHost } from "../harness/fixture.ts";
import { type Campaign, dice, doubledIds, expectNothingLeft, forAll, pause, toolHeavy } from "./support.ts";

let campaign: Campaign;
beforeAll(async () => {
  campaign = await openTestHost("interrupt", {
    reply: ({ lastUserText, step }) =>
      lastUserText.startsWith("next")
        ? [{ say: `answer to ${lastUserText}` }]
        : toolHeavy(step, lastUserText.split(" ")[1] ?? ""),
  });
});
afterAll(async () => {
  await campaign.close();
  expectNothingLeft();
});

describe("a turn that its host interrupts", () => {
  it("ends soon, doubles nothing and leaves the session usable, 100 times", { timeout: 120_000 }, async () => {
    const random = dice("interrupt");
    const cases = Array.from({ length: 100 }, (_, index) => ({ name: `i${index}`, afterMs: random(600) }));
    const kinds: Record<string, number> = {};
    const count = (kind: string): void => {
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    };
    let longestMs = 0;
    // The server's start belongs to nobody's turn.
    await Promise.all([0, 1, 2, 3].map((lane) => campaign.turn(`lane-${lane}`, "next before")));
    await forAll(cases, 4, async ({ name, afterMs }, lane) => {
      const session = `lane-${lane}`;
      const abort = new AbortController();
      const running = campaign
        .turn(session, `work ${name}`, { signal: abort.signal })
        .catch((thrown: unknown) => thrown as Error & { code?: string });
      await pause(afterMs);
      abort.abort();
      const abortedAt = performance.now();
      const result = await running;
      const tookMs = performance.now() - abortedAt;
      longestMs = Math.max(longestMs, tookMs);
      expect(tookMs).toBeLessThan(5000);
      if (result instanceof Error) {
        count(`thrown ${result.code}`);
        expect(result.code).toBe("aborted");
      } else {
        count(result.outcome.kind);
        await expectWhole(session, name, result);
      }
      const next = await campaign.turn(session, `next ${name}`);
      expect(next.outcome).toEqual({ kind: "completed" });
      expect(next.text).toBe(`answer to next ${name}`);
      const transcript = await campaign.host.transcript(session);
      expect(doubledIds(transcript)).toEqual([]);
      if (!(result instanceof Error)) {
        expect(next.thread).toMatchObject({ id: result.thread.id, resumed: true });
        // What the server did after the interrupt must not surface as the next turn's.
        const own = transcript.filter(({ turnId }) => turnId === next.turnId);
        expect(own).toEqual(next.entries);
        expect(own.map(({ kind }) => kind)).toEqual(["user", "assistant"]);
      }
    });
    console.log(`interrupt: outcomes ${JSON.stringify(kinds)}; longest end after an abort ${Math.round(longestMs)} ms`);
    expect(kinds.interrupted).toBeGreaterThan(50);
  });

  it.each(["server_ready", "thread_ready"])("is refused as aborted when that comes at %s", async (at) => {
    const session = `early-${at}`;
    const abort = new AbortController();
    const observer = {
      onPhase: ({ phase }: { phase: string }) => {
        if (phase === at) abort.abort();
      },
    };
    await expect(campaign.turn(session, "work early", { signal: abort.signal, observer })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(await campaign.host.transcript(session)).toEqual([]);
    expect(await campaign.turn(session, "next on")).toMatchObject({ ok: true, text: "answer to next on" });
  });
});

async function expectWhole(session: string, name: string, result: HostTurnResult): Promise<void> {
  if (result.ok) expect(result.text).toBe(`Everything about ${name} is done now.`);
  // A confirmed interrupt: the server said so, it was not given up.
  else expect(result.outcome).toEqual({ kind: "interrupted", by: "host" });
  const transcript = await campaign.host.transcript(session);
  expect(transcript.filter(({ turnId }) => turnId === result.turnId)).toEqual(result.entries);
  // The prompt was sent, so it stands there; tools are told as finished or as cut off, never as running.
  for (const { tool, incomplete } of result.entries) {
    if (tool) expect(incomplete ? "incomplete" : tool.status).toBe(tool.status);
  }
}
