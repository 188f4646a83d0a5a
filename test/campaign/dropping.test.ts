import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AttemptObserver, PartialText } from "../../src/harness/types.ts";
import type { HostTurnResult } from "../../src/host/embedded-host.ts";
import type { Part } from "../../src/scripted-model/script.ts";
import { startAppServer } from "../../src/server/app-server.ts";
import { findCodexBinary } from "../../src/server/binary.ts";
import { openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";
import { brief, type Campaign, dice, doubledIds, expectNothingLeft, forAll, lostOf } from "./support.ts";

const quietProbeMs = 300;
/** Short where nothing will come: three of them have to pass. Elsewhere a busy machine must not cut a question off. */
const nobodyAnswers = { clocks: { settlementMs: 300 } };
const proxy = path.resolve(import.meta.dirname, "../support/dropping-proxy.mjs");

/** What the model does in a turn, step by step, and what has to stand in the transcript after the prompt. */
interface Shape {
  readonly steps: readonly (readonly Part[])[];
  readonly entries: readonly string[];
}

/** `id` is in every text, so that the words of two turns cannot be taken for each other. */
const shapes: Readonly<Record<string, (id: string) => Shape>> = {
  plain: (id) => ({
    steps: [[{ say: `Plain answer ${id}, told in pieces.`, chunkChars: 3, delayMs: 4 }]],
    entries: [`assistant: Plain answer ${id}, told in pieces.`],
  }),
  shell: (id) => ({
    steps: [
      [{ say: `Looking ${id}.`, phase: "commentary", chunkChars: 3 }, { shell: `echo out-${id}` }],
      [{ say: `The command of ${id} said it.`, phase: "final_answer", chunkChars: 3, delayMs: 4 }],
    ],
    entries: [`assistant: Looking ${id}.`, "tool: exec completed", `assistant: The command of ${id} said it.`],
  }),
  patch: (id) => ({
    steps: [
      [{ patch: `*** Begin Patch\n*** Add File: ${id}.txt\n+content\n*** End Patch` }],
      [{ say: `Patched ${id} – done.`, chunkChars: 3 }],
    ],
    entries: ["tool: apply_patch completed", `assistant: Patched ${id} – done.`],
  }),
  reasoning: (id) => ({
    steps: [[{ think: `**Weighing** ${id}` }, { say: `Thought about ${id} long enough.`, chunkChars: 3, delayMs: 4 }]],
    entries: [`reasoning: **Weighing** ${id}`, `assistant: Thought about ${id} long enough.`],
  }),
};

function shapeOf(prompt: string): Shape {
  const [, shape, id] = /shape:(\w+) id:(\w+)/.exec(prompt) ?? [];
  return shapes[shape!]!(id!);
}

const log = testFolder("campaign-ends");
const ends = path.join(log.path, "ends.jsonl");
let campaign: Campaign;
beforeAll(async () => {
  campaign = await openTestHost("dropping", {
    reply: ({ lastUserText, step }) => shapeOf(lastUserText).steps[step] ?? [],
    clocks: { quietProbeMs, requestMs: 4000 },
    command: proxy,
    env: { CODEX_REAL: findCodexBinary().file, DROP_LOG: ends },
  });
});
afterAll(async () => {
  await campaign.close();
  log.remove();
  expectNothingLeft();
});

/** When the server ended a turn, whether or not anybody was told. Who asked may know of it before the proxy does. */
async function trueEndOf(turnId: string): Promise<{ atMs: number; lost: boolean }> {
  const find = (): { atMs: number; lost: boolean } | undefined => {
    const all = existsSync(ends) ? readFileSync(ends, "utf8").trim().split("\n") : [];
    return all.map((line) => JSON.parse(line)).find((end) => end.turnId === turnId);
  };
  await expect.poll(find, { timeout: 5000 }).toBeDefined();
  return find()!;
}

/** What a host that follows the live view shows at the end, by item. */
function viewer(): { shown: Map<string, string>; observer: AttemptObserver } {
  const shown = new Map<string, string>();
  const show = ({ itemId, text, delta, replace }: PartialText): void => {
    shown.set(itemId, replace ? text : (shown.get(itemId) ?? "") + delta);
  };
  return {
    shown,
    observer: {
      onPartialReply: show,
      onCommentary: show,
      onAssistantDiscard: ({ itemId }) => void shown.delete(itemId),
    },
  };
}

describe("a server whose words get lost", () => {
  it("ends 100 turns completed, whole, and soon, whatever is lost", { timeout: 180_000 }, async () => {
    const random = dice("dropping");
    const losses = [
      () => "turn/completed",
      () => "item/completed",
      () => "item/completed,turn/completed",
      () => `delta/${1 + random(3)}`,
      () => `notifications-after=${random(24)}`,
    ];
    const cases = Array.from({ length: 100 }, (_, index) => ({
      id: `n${index}`,
      shape: Object.keys(shapes)[index % 4]!,
      loss: losses[Math.floor(index / 4) % losses.length]!(),
    }));
    const delays: number[] = [];
    let unheard = 0;
    await forAll(cases, 4, async ({ id, shape, loss }, lane) => {
      const { shown, observer } = viewer();
      const prompt = `shape:${shape} id:${id} drop:${loss}`;
      const result = await campaign.turn(`lane-${lane}`, prompt, { observer });
      const { atMs, lost } = await trueEndOf(result.turnId);
      const delayMs = Date.now() - atMs;
      delays.push(delayMs);
      if (lost) unheard += 1;
      const expected = shapes[shape]!(id).entries;
      expect(result.outcome).toEqual({ kind: "completed" });
      const found = brief(result.entries);
      expect([...found].sort()).toEqual([`user: ${prompt}`, ...expected].sort());
      // In the order in which it happened, too.
      expect(found).toEqual([`user: ${prompt}`, ...expected]);
      expect(`assistant: ${result.text}`).toBe(expected.at(-1));
      expect(delayMs).toBeLessThan(quietProbeMs + 2000);
      const assistant = result.entries.filter(({ kind }) => kind === "assistant");
      expect([...shown]).toEqual(assistant.map(({ itemId, text }) => [itemId, text]));
      const transcript = await campaign.host.transcript(`lane-${lane}`);
      expect(transcript.filter(({ turnId }) => turnId === result.turnId)).toEqual(result.entries);
      expect(doubledIds(transcript)).toEqual([]);
    });
    delays.sort((a, b) => a - b);
    console.log(`dropping: ${unheard} ends unheard; delay median ${delays[50]} ms, longest ${delays.at(-1)} ms`);
    // The proxy did its work: at least the turns of the rules that name `turn/completed`.
    expect(unheard).toBeGreaterThanOrEqual(40);
  });

  // The turn has about 22 notifications: silence before its first word, in and after the commentary, in the command.
  it.each([4, 9, 13, 15])("names the clock when nothing comes after %i words, and goes on", async (after) => {
    const session = `dead-${after}`;
    const { observer, shown } = viewer();
    const prompt = `shape:shell id:${session.replace("-", "")} drop:everything-after=${after}`;
    const first = await campaign.turn(session, prompt, { observer, ...nobodyAnswers });
    expect(first).toMatchObject({
      ok: false,
      outcome: { kind: "timeout", clock: "settlement", error: { code: "turn_timeout" } },
    });
    // What was shown before the silence stands, as far as it had come.
    const written = first.entries.filter(({ kind }) => kind === "assistant");
    expect(written.map(({ itemId, text }) => [itemId, text])).toEqual([...shown]);
    expect(await campaign.host.transcript(session)).toEqual(first.entries);
    await goesOn(session, first);
  });

  it("completes a turn later whose record could not be read at its end", async () => {
    // Quiet: the one lost answer has to be that to the last question.
    const clocks = { quietProbeMs: 10_000, settlementMs: 300 };
    const first = await campaign.turn("unread", "shape:shell id:unread drop:item/completed,unanswered=thread/read", {
      clocks,
    });
    expect(first).toMatchObject({ ok: true, text: "The command of unread said it." });
    const second = await campaign.turn("unread", "shape:plain id:later drop:none");
    expect(second.outcome).toEqual({ kind: "completed" });
    await expectNothingLost("unread", first);
  });

  it("goes on with a new server also when not even the start of a turn is answered", async () => {
    const first = await campaign.turn("mute", "shape:plain id:mute drop:everything-after=0");
    expect(first.ok).toBe(false);
    await goesOn("mute", first);
  });
});

/** The next turn has another server and the same thread; what the silent one did meanwhile is in the transcript. */
async function goesOn(session: string, first: HostTurnResult): Promise<void> {
  const second = await campaign.turn(session, "shape:plain id:alive drop:none");
  expect(second.outcome).toEqual({ kind: "completed" });
  expect(second.thread).toMatchObject({ id: first.thread.id, resumed: true });
  expect(second.phases.spawnMs).toBeGreaterThan(0);
  expect(second.text).toBe("Plain answer alive, told in pieces.");
  expect(await campaign.host.transcript(session)).toEqual(expect.arrayContaining([...second.entries]));
  await expectNothingLost(session, first);
}

/** The session's transcript holds all that the server has on file of a turn. */
async function expectNothingLost(session: string, { thread, turnId }: HostTurnResult): Promise<void> {
  const transcript = await campaign.host.transcript(session);
  expect(doubledIds(transcript)).toEqual([]);
  const { CODEX_REAL: command = "", ...env } = campaign.server.env ?? {};
  const reader = await startAppServer({ ...campaign.server, command, env });
  try {
    expect(brief(await lostOf(reader, transcript, thread.id, turnId))).toEqual([]);
  } finally {
    await reader.stop();
  }
}
