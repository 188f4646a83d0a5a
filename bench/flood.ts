/**
 * Our side of a Codex that streams as fast as it can.
 *
 *   node bench/flood.ts [--json] [--runs N]
 *
 * A turn of 150,000 deltas from the real executable, with the bridge in the embedded host, with the raw driver, and with one
 * that looks at no delta, in turns. CPU is that of this process during the turn, so neither Codex nor the model is in it. What 30,000 deltas a second
 * cost is the CPU of one delta, 30,000 times: how fast Codex is on this machine is told beside it, and does not change it.
 */
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { absolute, report } from "./figure.ts";
import { onStage } from "./stage.ts";
import { machineFacts, median } from "./stats.ts";
import { bridgeClient, type Client, deafClient, rawClient, type Sample } from "./turn-clients.ts";
import { FLOOD_DELTAS } from "./turn-model.ts";

const RATE = 30_000;
const TARGET_SHARE = 8;
const { values } = scriptArguments(headOf(import.meta.filename), {
  options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "7" } },
});
const runs = wholeNumber("runs", values.runs);

await onStage("flood", "turn-model.ts", async (stage) => {
  const bridge = await stage.client(bridgeClient, "bridge");
  const raw = await stage.client(rawClient, "raw");
  const deaf = await stage.client(deafClient, "deaf");
  const clients = [bridge, raw, deaf];
  const samples = new Map<Client, Sample[]>(clients.map((client) => [client, []]));
  for (let run = -1; run < runs; run += 1) {
    for (const client of run % 2 === 0 ? clients : clients.toReversed()) {
      const sample = await client.turn("flood");
      if (sample.text.length !== FLOOD_DELTAS * "word ".length) throw new Error(`${client.name}: a wrong answer`);
      if (run >= 0) samples.get(client)!.push(sample);
    }
  }
  const of = (client: Client, key: "cpuMs" | "totalMs"): number =>
    median(samples.get(client)!.map((each) => each[key]));
  const share = (client: Client): number => ((of(client, "cpuMs") * 1000) / FLOOD_DELTAS) * (RATE / 10_000);
  const detail = Object.fromEntries(
    clients.map((client) => [
      client.name,
      {
        "CPU µs per delta": (of(client, "cpuMs") * 1000) / FLOOD_DELTAS,
        "deltas per second": FLOOD_DELTAS / (of(client, "totalMs") / 1000),
      },
    ]),
  );
  const figure = absolute({
    what: "30,000 deltas a second from the real executable, of one core",
    ours: share(bridge),
    unit: "%",
    target: TARGET_SHARE,
    note:
      `the raw driver, which reads lines and parses them, takes ${share(raw).toFixed(1)} %; reading the blocks and looking at ` +
      `none of the deltas ${share(deaf).toFixed(1)} %: Codex writes each by itself`,
  });
  report({ machine: machineFacts(), figures: [figure], detail }, values);
  if (!values.json) console.table(detail);
});
