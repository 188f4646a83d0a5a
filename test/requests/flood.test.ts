import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ApprovalDecision } from "../../src/requests/types.ts";
import { made, openAskingHost, probe, type TestHost, watchAnswers } from "./support.ts";

let bridge: TestHost;
beforeAll(async () => {
  bridge = await openAskingHost("flood");
});
afterAll(() => bridge.close());

it("a pending approval holds up no other session", async () => {
  const file = path.join(bridge.folder, "waited.txt");
  bridge.reply = ({ step, lastUserText, toolOutputs }) => {
    if (lastUserText === "wait") return step === 0 ? [{ shell: `touch ${file}` }] : [{ say: "waited" }];
    if (step === 0) return [{ call: "probe", args: {} }];
    return [{ say: `told: ${toolOutputs[0]?.text}` }, { deltas: 1000, text: "word " }];
  };
  const asked = Promise.withResolvers<void>();
  const decision = Promise.withResolvers<ApprovalDecision>();
  let over = false;
  const waiting = bridge.turn("waits", "wait", {
    approvalPolicy: "untrusted",
    approve: () => {
      asked.resolve();
      return decision.promise;
    },
  });
  void waiting.finally(() => {
    over = true;
  });
  await asked.promise;
  let words = 0;
  const other = await bridge.turn("goes on", "talk", {
    tools: [probe(() => "all free")],
    observer: {
      onPartialReply: ({ delta }) => {
        words += delta.split("word ").length - 1;
      },
    },
  });
  expect(other).toMatchObject({ ok: true, text: "word ".repeat(1000) });
  expect(other.entries.find(({ kind }) => kind === "tool")?.tool).toMatchObject({ output: "all free" });
  expect(words).toBe(1000);
  expect([over, made(file)]).toEqual([false, false]);
  decision.resolve("accept");
  expect(await waiting).toMatchObject({ ok: true, text: "waited" });
  expect(made(file)).toBe(true);
});

const turns = Number(process.env.FLOOD_TURNS ?? 4);
const steps = 5;
const atOnce = 100;

/** Said to be small: Codex would compact a session of so many calls, and the scripted model would lose count. */
const smallUsage = { usage: { input: 1000, output: 10 } };

/** Megabytes of this process, without what is only waiting to be collected. */
function memory(): { resident: number; heap: number } {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss / 1_048_576, heap: heapUsed / 1_048_576 };
}

it(
  `${turns * steps * atOnce} tool calls are each executed once, answered once, and leave nothing behind`,
  async () => {
    const wire = watchAnswers();
    const executed = new Map<number, number>();
    const wrong: string[] = [];
    let told = 0;
    const number = (turn: number, step: number, index: number) => (turn * steps + step) * atOnce + index;
    bridge.reply = (request) => {
      const { step, lastUserText, toolOutputs } = request;
      // The scripted model keeps what it was sent, in this process: its memory is not what is measured.
      Object.assign(request, { body: {}, toolOutputs: [] });
      if (step < steps) {
        const calls = Array.from({ length: atOnce }, (_, index) => {
          const n = number(Number(lastUserText), step, index);
          return { call: "probe", args: { n }, id: `call-${n}` };
        });
        return [...calls, smallUsage];
      }
      told += toolOutputs.length;
      wrong.push(...toolOutputs.filter(({ callId, text }) => `call-${text}` !== callId).map(({ callId }) => callId));
      return [{ say: "done" }, smallUsage];
    };
    const tool = probe(async (args) => {
      const { n } = args as { n: number };
      executed.set(n, (executed.get(n) ?? 0) + 1);
      // Some take longer than others: answers overtake each other.
      if (n % 3 === 0) await new Promise((resolve) => setTimeout(resolve, n % 7));
      return String(n);
    });
    const used: ReturnType<typeof memory>[] = [];
    const startedAt = Date.now();
    for (let turn = 0; turn < turns; turn += 1) {
      const result = await bridge.turn("flood", String(turn), { tools: [tool] });
      expect(result).toMatchObject({ ok: true, text: "done" });
      expect(result.entries.filter(({ tool }) => tool?.status === "completed")).toHaveLength(steps * atOnce);
      used.push(memory());
    }
    wire.stop();
    const all = turns * steps * atOnce;
    expect(executed.size).toBe(all);
    expect([...executed.values()].every((times) => times === 1)).toBe(true);
    expect([told, wrong]).toEqual([all, []]);
    expect(wire.ids).toHaveLength(all);
    expect(new Set(wire.ids).size).toBe(all);
    if (process.env.FLOOD_TURNS) console.log(used, Date.now() - startedAt, process.cpuUsage());
    const grown = (what: "resident" | "heap") => used.at(-1)![what] - used[0]![what];
    // The heap is exact, and holds what is meant to grow: the transcript's ids, and what this test counts (some 400
    // bytes a call). The resident size is also that of the scripted model, which runs in this process.
    expect(grown("heap")).toBeLessThan(1 + all * 0.0005);
    expect(grown("resident")).toBeLessThan(Math.max(30, all * 0.008));
  },
  turns * 30_000,
);
