/**
 * Many sessions on one app-server at once: what the bridge adds to a turn, against the raw driver.
 *
 *   node bench/sessions.ts [--json] [--check] [--sessions 300] [--rounds 3]
 *
 * Both clients have a server of their own, and every session has had a turn before. A round is one turn in every session
 * at once, first with one client, then with the other, the order changing from round to round. The server is what limits
 * both; so the number is a ratio: p95 of a turn with the bridge to p95 with the raw driver, round by round. `--check`:
 * exit code 1 when a turn did not complete, or the ratio is above the target.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { machineFacts, median } from "./stats.ts";
import { bridgeClient, type Client, rawClient } from "./turn-clients.ts";

/** The bridge does its own work for 300 turns in one process meanwhile; what it adds must stay below a tenth. */
const TARGET_RATIO = 1.1;
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    sessions: { type: "string", default: "300" },
    rounds: { type: "string", default: "3" },
  },
});
const [count, rounds] = [Number(values.sessions), Number(values.rounds)];
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(rounds) && rounds > 0)) {
  throw new Error("--sessions and --rounds take whole numbers above 0");
}
const names = Array.from({ length: count }, (_, index) => `session-${index}`);

/** A server takes 128 requests at a time and refuses more; no client of so many sessions can leave out to ask again. */
async function patiently(client: Client, session: string): Promise<number> {
  const from = performance.now();
  for (;;) {
    try {
      await client.turn(session);
      return performance.now() - from;
    } catch (thrown) {
      if (!String(thrown).includes("-32001")) throw thrown;
      await sleep(20);
    }
  }
}

/** The first turns start the threads, which takes servers long when they come all at once. */
async function open(client: Client): Promise<void> {
  const queue = [...names];
  const lane = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await patiently(client, next);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

interface Round {
  readonly p50: number;
  readonly p95: number;
  readonly completed: number;
}

async function round(client: Client): Promise<Round> {
  const turns = await Promise.allSettled(names.map((name) => patiently(client, name)));
  const times = turns.flatMap((turn) => (turn.status === "fulfilled" ? [turn.value] : [])).sort((a, b) => a - b);
  for (const turn of turns) if (turn.status === "rejected") console.error(String(turn.reason));
  return { p50: median(times), p95: times[Math.floor(times.length * 0.95)] ?? Number.NaN, completed: times.length };
}

const folder = path.join(import.meta.dirname, `../node_modules/.cache/codex-bridge/bench-sessions-${process.pid}`);
const model = fork(path.join(import.meta.dirname, "turn-model.ts"));
const clients: Client[] = [];
try {
  const [modelUrl] = (await once(model, "message")) as [string];
  for (const [name, make] of [
    ["bridge", bridgeClient],
    ["raw", rawClient],
  ] as const) {
    const own = path.join(folder, name);
    mkdirSync(path.join(own, "work"), { recursive: true });
    clients.push(await make({ name, folder: own, cwd: path.join(own, "work"), modelUrl }));
  }
  for (const client of clients) await open(client);
  const results: Record<string, Round[]> = { bridge: [], raw: [] };
  for (let n = 0; n < rounds; n += 1) {
    for (const client of n % 2 === 0 ? clients : clients.toReversed()) results[client.name]!.push(await round(client));
  }
  const bridge = results.bridge!;
  const raw = results.raw!;
  const ratio = median(bridge.map(({ p95 }, index) => p95 / raw[index]!.p95));
  const overheadMs = median(bridge.map(({ p95 }, index) => p95 - raw[index]!.p95));
  const completed = bridge.every((each) => each.completed === count);
  const document = {
    machine: machineFacts(),
    sessions: count,
    rounds: results,
    ratio,
    overheadMs,
    completed,
    target: TARGET_RATIO,
  };
  if (values.json) console.log(JSON.stringify(document, null, 2));
  else {
    console.log(`${count} sessions at once on one app-server (${Object.values(machineFacts()).join(", ")})`);
    console.log("round          completed     p50 ms     p95 ms");
    for (const [index] of bridge.entries()) {
      for (const [name, { completed: done, p50, p95 }] of Object.entries({
        bridge: bridge[index]!,
        raw: raw[index]!,
      })) {
        const cells = [`${done}/${count}`.padStart(9), p50.toFixed(0).padStart(10), p95.toFixed(0).padStart(10)];
        console.log(`${String(index + 1).padStart(2)} ${name.padEnd(11)} ${cells.join(" ")}`);
      }
    }
    console.log(`p95 bridge / raw: ${ratio.toFixed(3)} (${overheadMs.toFixed(0)} ms); target ${TARGET_RATIO}`);
  }
  if (values.check && (!completed || ratio > TARGET_RATIO)) process.exitCode = 1;
} finally {
  for (const client of clients) await client.close();
  model.disconnect();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
