/**
 * A whole warm turn through the bridge (harness, session binding, transcript file) against the raw driver, which does
 * only what no client could leave out.
 *
 *   node bench/turn.ts [--json] [--turns N] [--control]
 *
 * Both use the same scripted model in a third process and their own app-server of the same binary, started with the
 * same arguments, environment and config.toml. Each scenario has one thread per client; after three warm-up turns the
 * clients alternate (A B, B A, ...), so their threads are always equally long. `--control` compares the raw driver with
 * itself: how far its ratio is from 1 is the noise of the machine.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { onStage } from "./stage.ts";
import { machineFacts, median, ratioInterval } from "./stats.ts";
import { bridgeClient, type Client, rawClient, type Sample } from "./turn-clients.ts";
import { ANSWERS, DELTAS } from "./turn-model.ts";

const WARM_UP = 3;
const TARGET = 1.05;
/** What a server still does after a turn must not fall into the next one. */
const PAUSE_MS = 25;

const expected: Record<string, string> = { short: "hello", deltas: "word ".repeat(DELTAS) };

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    turns: { type: "string", default: "31" },
    control: { type: "boolean", default: false },
  },
});
const turns = wholeNumber("turns", values.turns);

let interrupted = false;
process.once("SIGINT", () => {
  interrupted = true;
});

async function oneTurn(client: Client, scenario: string): Promise<Sample> {
  if (interrupted) throw new Error("interrupted");
  const sample = await client.turn(scenario);
  if (sample.text !== expected[scenario]) throw new Error(`${client.name}: a wrong answer to ${scenario}`);
  await sleep(PAUSE_MS);
  return sample;
}

async function compare(scenario: string, tested: Client, raw: Client) {
  const samples: Record<"tested" | "raw", Sample[]> = { tested: [], raw: [] };
  for (let turn = -WARM_UP; turn < turns; turn += 1) {
    const pair = { tested: undefined, raw: undefined } as Record<"tested" | "raw", Sample | undefined>;
    for (const who of turn % 2 === 0 ? (["tested", "raw"] as const) : (["raw", "tested"] as const)) {
      pair[who] = await oneTurn(who === "tested" ? tested : raw, scenario);
    }
    if (turn < 0) continue;
    samples.tested.push(pair.tested!);
    samples.raw.push(pair.raw!);
  }
  const ratioOf = (key: "totalMs" | "firstTokenMs" | "cpuMs") => {
    const [a, b] = [samples.tested.map((sample) => sample[key]), samples.raw.map((sample) => sample[key])];
    const [testedMs, rawMs] = [median(a), median(b)];
    return { tested: testedMs, raw: rawMs, ratio: testedMs / rawMs, interval: ratioInterval(a, b) };
  };
  const parts = samples.tested.flatMap((sample) => sample.parts ?? []);
  const part = (key: "thread" | "turn" | "after"): number => median(parts.map((each) => each[key]));
  return {
    scenario,
    total: ratioOf("totalMs"),
    firstToken: ratioOf("firstTokenMs"),
    cpu: ratioOf("cpuMs"),
    ...(parts.length === 0
      ? {}
      : { bridgeParts: { thread: part("thread"), turn: part("turn"), after: part("after") } }),
  };
}

type Comparison = Awaited<ReturnType<typeof compare>>;

function print(results: readonly Comparison[], machine: object, testedName: string): void {
  console.log(Object.values(machine).join(" · "));
  console.log(`median of ${turns} warm turns; target for the total: ratio <= ${TARGET.toFixed(2)}\n`);
  const rows = results.flatMap(({ scenario, total, firstToken, cpu }) =>
    Object.entries({ "total ms": total, "first token ms": firstToken, "CPU ms": cpu }).map(([what, row]) => ({
      scenario,
      what,
      [testedName]: Number(row.tested.toFixed(2)),
      raw: Number(row.raw.toFixed(2)),
      ratio: Number(row.ratio.toFixed(3)),
      "95 %": row.interval.map((bound) => bound.toFixed(2)).join("–"),
    })),
  );
  console.table(rows);
  for (const { scenario, bridgeParts } of results) {
    if (!bridgeParts) continue;
    const words = Object.entries(bridgeParts).map(([name, ms]) => `${name} ${ms.toFixed(2)} ms`);
    console.log(`bridge, ${scenario}: ${words.join(", ")}`);
  }
}

await onStage("turn", "turn-model.ts", async (stage) => {
  const raw = await stage.client(rawClient, "raw");
  const tested = await (values.control ? stage.client(rawClient, "raw-2") : stage.client(bridgeClient, "bridge"));
  const results: Comparison[] = [];
  for (const scenario of Object.keys(ANSWERS)) results.push(await compare(scenario, tested, raw));
  const machine = machineFacts();
  if (values.json)
    console.log(JSON.stringify({ turns, target: TARGET, tested: tested.name, machine, results }, null, 2));
  else print(results, machine, tested.name);
});
