import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostTurnResult } from "../../src/host/embedded-host.ts";
import { userTexts } from "../../src/scripted-model/request.ts";
import type { Part } from "../../src/scripted-model/script.ts";
import type { TurnControl } from "../../src/turn/run.ts";
import { openTestHost } from "../harness/fixture.ts";
import { type Campaign, dice, doubledIds, expectNothingLeft, forAll, pause } from "./support.ts";

let campaign: Campaign;
/** Everything a person said, as the model got it. */
const heard = new Set<string>();

beforeAll(async () => {
  campaign = await openTestHost("steer", {
    reply: ({ body, lastUserText, step }) => {
      for (const text of userTexts(body)) heard.add(text);
      return answer(lastUserText, step);
    },
  });
});
afterAll(async () => {
  await campaign.close();
  expectNothingLeft();
});

/** A turn of about 150 ms, every other one with a command: a steer can meet the model, a tool, or the end. */
function answer(said: string, step: number): Part[] {
  const tool = /^work s\d*[02468]$/.test(said);
  if (tool && step === 0) return [{ shell: "true" }];
  if (!said.startsWith("work")) return [{ say: `heard ${said}` }];
  return [{ say: `a short answer to ${said}`, chunkChars: 8, delayMs: 12 }];
}

interface Steered {
  readonly id: string;
  readonly text: string;
  readonly answer: "accepted" | "returned";
}

describe("steering a turn while it ends", () => {
  it("has every one of 100 steers exactly once: in the turn, or handed back", { timeout: 120_000 }, async () => {
    const random = dice("steer");
    const cases = Array.from({ length: 120 }, (_, index) => ({
      name: `s${index}`,
      // Two of them may disagree about whether the turn took them.
      jittersMs: Array.from({ length: index % 3 === 0 ? 2 : 1 }, () => random(20) - 10),
      // Some meet the turn anywhere.
      anywhere: index % 4 === 0,
    }));
    // Where the end is depends on the machine: each lane aims at it by what became of its last steer.
    const aimsMs = [20, 20, 20, 20];
    const counts = { consumed: 0, returned: 0, acceptedAndReturned: 0, tooLate: 0 };
    await forAll(cases, 4, async ({ name, jittersMs, anywhere }, lane) => {
      const session = `lane-${lane}`;
      const control = Promise.withResolvers<TurnControl>();
      const lastWords = Promise.withResolvers<void>();
      let over = false;
      const running = campaign
        .turn(session, `work ${name}`, {
          onControl: (given) => control.resolve(given),
          observer: { onPartialReply: ({ text }) => (text.endsWith(name) ? lastWords.resolve() : undefined) },
        })
        .finally(() => {
          over = true;
        });
      const given = await control.promise;
      if (!anywhere) await lastWords.promise;
      const steers = jittersMs.map(async (jitterMs, index): Promise<Steered | undefined> => {
        await pause(Math.max(0, anywhere ? 10 * (jitterMs + 10) : aimsMs[lane]! + jitterMs));
        const [id, text] = [`${name}-${index}`, `steer ${name}-${index}`];
        if (over) return undefined;
        return { id, text, answer: await given.steer({ id, text }) };
      });
      const result = await running;
      const sent = (await Promise.all(steers)).filter((each) => each !== undefined);
      counts.tooLate += jittersMs.length - sent.length;
      expect(result.outcome).toEqual({ kind: "completed" });
      const next = await campaign.turn(session, `next ${name}`);
      expect(next.text).toBe(`heard next ${name}`);
      for (const each of sent) await exactlyOnce(session, each, result, counts);
      const took = result.text.startsWith("heard steer");
      if (!anywhere) aimsMs[lane]! += took ? 4 : -4;
      expect(doubledIds(await campaign.host.transcript(session))).toEqual([]);
    });
    console.log(`steer: ${JSON.stringify(counts)}`);
    expect(counts.consumed + counts.returned).toBeGreaterThanOrEqual(100);
    expect(counts.consumed).toBeGreaterThan(10);
    expect(counts.returned).toBeGreaterThan(2);
  });

  it("has each exactly once also when the turn is interrupted meanwhile", { timeout: 60_000 }, async () => {
    const random = dice("steer and interrupt");
    const cases = Array.from({ length: 40 }, (_, index) => ({
      name: `s${1000 + index}`,
      steerMs: random(120),
      abortAfterMs: random(30),
    }));
    const counts = { consumed: 0, returned: 0, acceptedAndReturned: 0 };
    await forAll(cases, 4, async ({ name, steerMs, abortAfterMs }, lane) => {
      const session = `stopped-${lane}`;
      const control = Promise.withResolvers<TurnControl>();
      const abort = new AbortController();
      const running = campaign.turn(session, `work ${name}`, {
        onControl: (given) => control.resolve(given),
        signal: abort.signal,
      });
      const given = await control.promise;
      await pause(steerMs);
      const [id, text] = [`${name}-0`, `steer ${name}-0`];
      const steered = given.steer({ id, text });
      await pause(abortAfterMs);
      abort.abort();
      const result = await running;
      expect(result.outcome.kind).toMatch(/^(interrupted|completed)$/);
      await campaign.turn(session, `next ${name}`);
      await exactlyOnce(session, { id, text, answer: await steered }, result, counts);
    });
    console.log(`steer and interrupt: ${JSON.stringify(counts)}`);
    expect(counts.returned).toBeGreaterThan(2);
  });
});

type Counts = Record<"consumed" | "returned" | "acceptedAndReturned", number>;

async function exactlyOnce(session: string, each: Steered, result: HostTurnResult, counts: Counts): Promise<void> {
  const transcript = await campaign.host.transcript(session);
  const stands = transcript.filter(({ kind, text }) => kind === "user" && text === each.text);
  const returned = result.returnedSteers.filter(({ id }) => id === each.id);
  // One that comes when the turn is over, but its result still being made, is handed back by its answer alone.
  const handedBack = Math.max(returned.length, each.answer === "returned" ? 1 : 0);
  expect({ ...each, places: stands.length + handedBack }).toEqual({ ...each, places: 1 });
  for (const { turnId } of stands) expect(turnId).toBe(result.turnId);
  for (const { text } of returned) expect(text).toBe(each.text);
  // What stands in the turn was read by the model; what was handed back never was, also not in the turn after.
  expect({ ...each, heard: heard.has(each.text) }).toEqual({ ...each, heard: stands.length === 1 });
  if (stands.length === 1) {
    counts.consumed += 1;
    expect(each.answer).toBe("accepted");
    if (result.ok) expect(result.text).toMatch(/^heard steer/);
  } else {
    counts.returned += 1;
    if (each.answer === "accepted") counts.acceptedAndReturned += 1;
  }
}
