/**
 * CPU and memory of src/wire for a flood of small deltas, against a bare block splitter with JSON.parse (the floor) and
 * plain vscode-jsonrpc with an NDJSON reader (the off-the-shelf choice).
 *
 *   node bench/wire-deltas.ts [--json] [--runs N] [--messages N]
 *
 * Each consumer runs in its own fresh process and reads from a pipe that a third process fills, so neither the
 * producer's CPU nor a warm heap of another consumer is counted. Runs are interleaved, the median counts.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { median } from "./stats.ts";

interface Measurement {
  cpuMs: number;
  rssMb: number;
  wallMs: number;
}

const CONSUMERS = ["floor", "wire", "vscode"] as const;
type Consumer = (typeof CONSUMERS)[number];

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string", default: "5" },
    messages: { type: "string", default: "1000000" },
    role: { type: "string" },
  },
});
const messages = wholeNumber("messages", values.messages);

function start(role: string, stdin: "ignore" | ChildProcess): ChildProcess {
  const args = [import.meta.filename, "--role", role, "--messages", String(messages)];
  return spawn(process.execPath, args, {
    stdio: [stdin === "ignore" ? "ignore" : stdin.stdout, "pipe", "inherit"],
  });
}

async function measure(consumer: Consumer): Promise<Measurement> {
  const producer = start("producer", "ignore");
  const child = start(consumer, producer);
  // Ours is a second handle of the producer's pipe: reading from it would steal.
  producer.stdout!.destroy();
  let output = "";
  child.stdout!.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${consumer} exited with ${code}`);
  return JSON.parse(output);
}

async function main(): Promise<void> {
  const runs = wholeNumber("runs", values.runs);
  const results: Record<Consumer, Measurement[]> = { floor: [], wire: [], vscode: [] };
  for (let run = 0; run < runs; run += 1) {
    for (const consumer of CONSUMERS) results[consumer].push(await measure(consumer));
  }
  const summary = CONSUMERS.map((consumer) => {
    const pick = (key: keyof Measurement): number => median(results[consumer].map((m) => m[key]));
    return { consumer, cpuMs: pick("cpuMs"), rssMb: pick("rssMb"), wallMs: pick("wallMs") };
  });
  const floor = summary[0]!;
  const rows = summary.map((row) => ({
    ...row,
    cpuRatio: Number((row.cpuMs / floor.cpuMs).toFixed(2)),
    rssRatio: Number((row.rssMb / floor.rssMb).toFixed(2)),
  }));
  if (values.json) console.log(JSON.stringify({ messages, runs, rows }, null, 2));
  else {
    console.log(`${messages} deltas, median of ${runs} runs; targets for wire: CPU <= 1.5x floor, RSS <= 150 MB`);
    console.table(rows);
  }
}

if (values.role === undefined) await main();
else {
  const { runRole } = await import("./wire-roles.ts");
  await runRole(values.role, messages);
}
