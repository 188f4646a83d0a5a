import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAppServer } from "../../src/server/app-server.ts";
import { openTestHost } from "../harness/fixture.ts";
import { runningBelow } from "../support/processes.ts";
import {
  brief,
  type Campaign,
  dice,
  doubledIds,
  expectNothingLeft,
  forAll,
  lostOf,
  pause,
  toolHeavy,
} from "./support.ts";

/** Each lane has a server of its own: killing one must not meet the turns of another. */
const lanes = 3;
const campaigns: Campaign[] = [];

beforeAll(async () => {
  for (let lane = 0; lane < lanes; lane += 1) {
    const script = ({ lastUserText, step }: { lastUserText: string; step: number }) =>
      lastUserText.startsWith("next")
        ? [{ say: `answer to ${lastUserText}` }]
        : toolHeavy(step, lastUserText.split(" ")[1] ?? "");
    campaigns.push(await openTestHost(`kill-${lane}`, { reply: script }));
  }
});
afterAll(async () => {
  for (const campaign of campaigns) await campaign.close();
  expectNothingLeft();
});

/** Signals a campaign's app-server, found by its home among the processes that this one started. */
function signalServer(campaign: Campaign, signal: "SIGKILL" | "SIGSTOP"): boolean {
  const mark = `CODEX_HOME=${campaign.server.codexHome}\0`;
  let killed = false;
  for (const pid of runningBelow(process.pid)) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (!command.includes("app-server") || !readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark)) continue;
      process.kill(pid, signal);
      killed = true;
    } catch (thrown) {
      // It may have ended while we looked.
      expect((thrown as NodeJS.ErrnoException).code).toMatch(/^(ENOENT|ESRCH)$/);
    }
  }
  return killed;
}

describe.skipIf(process.platform !== "linux")("a server that is killed in mid-turn", () => {
  it("loses nothing and doubles nothing at 50 points of a turn", { timeout: 180_000 }, async () => {
    const random = dice("kill");
    const cases = Array.from({ length: 50 }, (_, index) => ({ name: `k${index}`, afterMs: random(850) }));
    const killed: { session: string; lane: number; threadId: string; turnId: string }[] = [];
    const kinds: Record<string, number> = {};
    await forAll(cases, lanes, async ({ name, afterMs }, lane) => {
      const campaign = campaigns[lane]!;
      // A fresh server and an earlier turn, so that what is killed is a turn and never a start.
      const before = await campaign.turn(name, "next before");
      let replayed = false;
      const running = campaign.turn(name, `work ${name}`, {
        observer: {
          onNotice: () => {
            replayed = true;
          },
        },
      });
      await pause(afterMs);
      const hit = signalServer(campaign, "SIGKILL");
      const result = await running;
      const kind = `${result.outcome.kind}${replayed ? " (second try)" : ""}`;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      expect(hit).toBe(true);
      expect(result.outcome.kind).toMatch(/^(server_exit|completed)$/);
      if (result.ok) expect(result.text).toBe(`Everything about ${name} is done now.`);
      expect(doubledIds(result.entries)).toEqual([]);
      const atKill = await campaign.host.transcript(name);
      expect(atKill).toEqual([...before.entries, ...result.entries]);
      const next = await campaign.turn(name, "next after");
      expect(next).toMatchObject({ ok: true, text: "answer to next after" });
      expect(next.thread).toMatchObject({ id: before.thread.id, resumed: true });
      expect(result.thread.id).toBe(before.thread.id);
      const after = await campaign.host.transcript(name);
      expect(doubledIds(after)).toEqual([]);
      // What was whole stays as it was; what was cut off may have been completed from the server's record.
      const whole = atKill.filter(({ incomplete }) => !incomplete);
      expect(after).toEqual(expect.arrayContaining(whole));
      expect(after.map(({ id }) => id)).toEqual(expect.arrayContaining(atKill.map(({ id }) => id)));
      killed.push({ session: name, lane, threadId: result.thread.id, turnId: result.turnId });
    });
    console.log(`kill: outcomes ${JSON.stringify(kinds)}`);
    // Most of the kills must have met a turn, or nothing was tested.
    expect(kinds.server_exit).toBeGreaterThan(20);

    const records = await Promise.all(campaigns.map(({ server }) => startAppServer(server)));
    try {
      await forAll(killed, 1, async ({ session, lane, threadId, turnId }) => {
        const transcript = await campaigns[lane]!.host.transcript(session);
        const prompts = transcript.filter(({ text }) => text === `work ${session}`);
        expect(brief(prompts)).toEqual([`user: work ${session}`]);
        const lost = await lostOf(records[lane]!, transcript, threadId, turnId);
        // The prompt of a turn that was begun again stands under the turn that came to nothing.
        expect(brief(lost.filter(({ kind }) => kind !== "user"))).toEqual([]);
      });
    } finally {
      for (const record of records) await record.stop();
    }
  });
});

describe.skipIf(process.platform !== "linux")("a server that hangs", () => {
  it.each(["known", "new"])("is replaced after one failed attempt of a %s session", async (session) => {
    const script = ({ lastUserText }: { lastUserText: string }) => [{ say: `answer to ${lastUserText}` }];
    const hung = await openTestHost("hang", { reply: script, clocks: { requestMs: 1500, threadOpenMs: 1500 } });
    try {
      await hung.turn("known", "one");
      expect(signalServer(hung, "SIGSTOP")).toBe(true);
      // Failing is right, in whatever form: nobody can know yet that the server is gone for good.
      const failed = await hung.turn(session, "two").catch((thrown: Error & { code?: string }) => thrown);
      expect(failed instanceof Error ? failed.code : failed.outcome.kind).toMatch(
        /^(wire_request_timeout|failed|timeout)$/,
      );
      const after = await hung.turn(session, "three");
      expect(after).toMatchObject({ ok: true, text: "answer to three" });
    } finally {
      await hung.close();
    }
  });
});
