import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestHost } from "../harness/fixture.ts";
import { type Campaign, expectNothingLeft } from "./support.ts";

const silenceMs = 90_000;
let campaign: Campaign;
beforeAll(async () => {
  campaign = await openTestHost("silent", {
    clocks: { quietProbeMs: 2000 },
    // Codex reports after 30 s at the latest that a command still runs; waiting for more is one call of any length.
    reply: ({ lastUserText, toolOutputs }) => {
      if (lastUserText !== "rest") return [{ say: "awake" }];
      const last = toolOutputs.at(-1)?.text;
      if (last === undefined) return [{ shell: "sleep 90; echo rested", yieldMs: 500 }];
      const running = /session ID (\d+)/.exec(last)?.[1];
      return running === undefined || last.includes("rested")
        ? [{ say: `It said: ${last}` }]
        : [{ call: "write_stdin", args: { session_id: Number(running), chars: "", yield_time_ms: 120_000 } }];
    },
  });
});
afterAll(async () => {
  await campaign.close();
  expectNothingLeft();
});

it("lets a command sleep for 90 s, asks all the while, and kills nothing", { timeout: 150_000 }, async () => {
  const tools: string[] = [];
  const startedAt = performance.now();
  const result = await campaign.turn("silent", "rest", {
    observer: {
      onTool: ({ phase, status }) => {
        tools.push([phase, status].filter(Boolean).join(" "));
      },
    },
  });
  expect(performance.now() - startedAt).toBeGreaterThan(silenceMs);
  expect(result).toMatchObject({ ok: true, outcome: { kind: "completed" }, text: expect.stringContaining("rested") });
  expect(tools.at(0)).toBe("start");
  expect(tools.at(-1)).toBe("end completed");
  expect(result.entries.find(({ tool }) => tool)?.tool).toMatchObject({ status: "completed", output: "rested\n" });
  // The same server goes on serving.
  const next = await campaign.turn("silent", "and now?");
  expect(next).toMatchObject({ ok: true, text: "awake", thread: { id: result.thread.id } });
  expect(next.phases.spawnMs).toBeUndefined();
});
