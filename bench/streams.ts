/**
 * A hundred turns that stream at once on one app-server: how long a word takes from the model to the host.
 *
 *   node bench/streams.ts [--json] [--streams 100] [--rounds 5]
 *
 * The model says when it sent a word, in the word; the clock is the machine's own, which all processes share. Both clients
 * have a server of their own, and take turns. Most of the time a word takes is the model's and Codex's own; so the number
 * is a ratio: p95 with the bridge to p95 with the raw driver, round by round.
 */
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { ratio, report } from "./figure.ts";
import { firstTurns, onStage, patiently, type Stage } from "./stage.ts";
import { machineFacts, median } from "./stats.ts";
import { WORDS } from "./streams-model.ts";
import { bridgeClient, type Client, rawClient } from "./turn-clients.ts";

const TARGET = 1.2;
const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    streams: { type: "string", default: "100" },
    rounds: { type: "string", default: "5" },
  },
});
const streams = wholeNumber("streams", values.streams);
const rounds = wholeNumber("rounds", values.rounds);
const names = Array.from({ length: streams }, (_, index) => `stream-${index}`);

interface Round {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly cpuMs: number;
}

class Tested {
  readonly client: Client;
  readonly rounds: Round[] = [];
  #latencies: number[] = [];

  private constructor(client: Client) {
    this.client = client;
  }

  static async make(stage: Stage, make: typeof bridgeClient, name: string): Promise<Tested> {
    let self: Tested | undefined;
    self = new Tested(await stage.client(make, name, { onWords: (words) => self?.hear(words) }));
    return self;
  }

  hear(words: string): void {
    const now = Number(process.hrtime.bigint() / 1000n);
    for (const word of words.split(" ")) if (word !== "") this.#latencies.push((now - Number(word)) / 1000);
  }

  async round(): Promise<void> {
    this.#latencies = [];
    const before = process.cpuUsage();
    await Promise.all(names.map((name) => patiently(this.client, name)));
    const { user, system } = process.cpuUsage(before);
    const sorted = this.#latencies.sort((a, b) => a - b);
    if (sorted.length !== streams * WORDS) throw new Error(`${this.client.name}: ${sorted.length} words came`);
    const at = (part: number): number => sorted[Math.floor(sorted.length * part)]!;
    this.rounds.push({ p50: at(0.5), p95: at(0.95), p99: at(0.99), cpuMs: (user + system) / 1000 });
  }
}

await onStage("streams", "streams-model.ts", async (stage) => {
  const bridge = await Tested.make(stage, bridgeClient, "bridge");
  const raw = await Tested.make(stage, rawClient, "raw");
  const tested = [bridge, raw];
  for (const each of tested) await firstTurns(each.client, names);
  for (let n = 0; n < rounds; n += 1) for (const each of n % 2 === 0 ? tested : tested.toReversed()) await each.round();
  const p95 = (each: Tested): number => median(each.rounds.map((round) => round.p95));
  const figure = ratio({
    what: `${streams} turns streaming at once on one server, p95 of a word's way to the host`,
    ours: p95(bridge),
    other: p95(raw),
    against: "raw driver",
    unit: "ms",
    target: TARGET,
  });
  const detail = Object.fromEntries(tested.map((each) => [each.client.name, each.rounds]));
  const byRound = median(bridge.rounds.map((round, index) => round.p95 / raw.rounds[index]!.p95));
  report({ machine: machineFacts(), figures: [{ ...figure, value: byRound }], detail }, values);
  if (!values.json) for (const [name, all] of Object.entries(detail)) console.log(name, JSON.stringify(all));
});
