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
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { firstTurns, onStage, patiently } from "./stage.ts";
import { machineFacts, median } from "./stats.ts";
import { bridgeClient, type Client, rawClient } from "./turn-clients.ts";

/** The bridge does its own work for 300 turns in one process meanwhile; what it adds must stay below a tenth. */
const TARGET_RATIO = 1.1;
const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    sessions: { type: "string", default: "300" },
    rounds: { type: "string", default: "3" },
  },
});
const count = wholeNumber("sessions", values.sessions);
const rounds = wholeNumber("rounds", values.rounds);
const names = Array.from({ length: count }, (_, index) => `session-${index}`);

interface Round {
  readonly p50: number;
  readonly p95: number;
  readonly completed: number;
}

async function round(client: Client): Promise<Round> {
  const timed = async (name: string): Promise<number> => {
    const from = performance.now();
    await patiently(client, name);
    return performance.now() - from;
  };
  const turns = await Promise.allSettled(names.map(timed));
  const times = turns.flatMap((turn) => (turn.status === "fulfilled" ? [turn.value] : [])).sort((a, b) => a - b);
  for (const turn of turns) if (turn.status === "rejected") console.error(String(turn.reason));
  return { p50: median(times), p95: times[Math.floor(times.length * 0.95)] ?? Number.NaN, completed: times.length };
}

await onStage("sessions", "turn-model.ts", async (stage) => {
  const clients = [await stage.client(bridgeClient, "bridge"), await stage.client(rawClient, "raw")];
  for (const client of clients) await firstTurns(client, names);
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
});
