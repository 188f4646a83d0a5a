/**
 * A hundred turns that stream at once on one app-server: how long a word takes from the model to the host.
 *
 *   node bench/streams.ts [--json] [--streams 100] [--rounds 5]
 *
 * The model says when it sent a word, in the word; the clock is the machine's own, which all processes share. Both clients
 * have a server of their own, and take turns. Most of the time a word takes is the model's and Codex's own; so the number
 * is a ratio: p95 with the bridge to p95 with the raw driver, round by round.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ratio, report } from "./figure.ts";
import { machineFacts, median } from "./stats.ts";
import { WORDS } from "./streams-model.ts";
import { bridgeClient, type Client, type ClientOptions, rawClient } from "./turn-clients.ts";

const TARGET = 1.2;
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    streams: { type: "string", default: "100" },
    rounds: { type: "string", default: "5" },
  },
});
const [streams, rounds] = [Number(values.streams), Number(values.rounds)];
if (!(Number.isInteger(streams) && streams > 0 && Number.isInteger(rounds) && rounds > 0)) {
  throw new Error("--streams and --rounds take whole numbers above 0");
}
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

  static async make(make: (options: ClientOptions) => Promise<Client>, options: ClientOptions): Promise<Tested> {
    let self: Tested | undefined;
    const onWords = (words: string): void => self?.hear(words);
    self = new Tested(await make({ ...options, onWords }));
    return self;
  }

  hear(words: string): void {
    const now = Number(process.hrtime.bigint() / 1000n);
    for (const word of words.split(" ")) if (word !== "") this.#latencies.push((now - Number(word)) / 1000);
  }

  /** The first turns start the threads, which takes servers long when they come all at once. */
  async open(): Promise<void> {
    const queue = [...names];
    const lane = async (): Promise<void> => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) await this.#turn(next);
    };
    await Promise.all(Array.from({ length: 16 }, lane));
  }

  async round(): Promise<void> {
    this.#latencies = [];
    const before = process.cpuUsage();
    await Promise.all(names.map((name) => this.#turn(name)));
    const { user, system } = process.cpuUsage(before);
    const sorted = this.#latencies.sort((a, b) => a - b);
    if (sorted.length !== streams * WORDS) throw new Error(`${this.client.name}: ${sorted.length} words came`);
    const at = (part: number): number => sorted[Math.floor(sorted.length * part)]!;
    this.rounds.push({ p50: at(0.5), p95: at(0.95), p99: at(0.99), cpuMs: (user + system) / 1000 });
  }

  /** A server takes 128 requests at a time and refuses more. */
  async #turn(session: string): Promise<void> {
    for (;;) {
      try {
        await this.client.turn(session);
        return;
      } catch (thrown) {
        if (!String(thrown).includes("-32001")) throw thrown;
        await sleep(20);
      }
    }
  }
}

const folder = path.join(import.meta.dirname, `../node_modules/.cache/codex-bridge/bench-streams-${process.pid}`);
const model = fork(path.join(import.meta.dirname, "streams-model.ts"));
const tested: Tested[] = [];
try {
  const [modelUrl] = (await once(model, "message")) as [string];
  for (const [name, make] of [
    ["bridge", bridgeClient],
    ["raw", rawClient],
  ] as const) {
    const own = path.join(folder, name);
    mkdirSync(path.join(own, "work"), { recursive: true });
    tested.push(await Tested.make(make, { name, folder: own, cwd: path.join(own, "work"), modelUrl }));
  }
  for (const each of tested) await each.open();
  for (let n = 0; n < rounds; n += 1) for (const each of n % 2 === 0 ? tested : tested.toReversed()) await each.round();
  const [bridge, raw] = tested as [Tested, Tested];
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
} finally {
  for (const { client } of tested) await client.close();
  model.disconnect();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
