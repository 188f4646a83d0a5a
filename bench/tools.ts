/**
 * What a host tool costs on our side: from the line of the server's request to the line of its answer, for a tool that
 * does nothing, through the wire and a turn's desk.
 *
 *   node bench/tools.ts [--json] [--check] [--calls N]
 *
 * Round trips are taken one at a time, as a model makes them. Memory: what the process holds before and after 100,000
 * calls of one desk on one connection; what is kept of a call is bounded, so the two must not differ. `--check`: exit
 * code 1 when a target is missed.
 */
import { execFileSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { AnswerLog } from "../src/requests/answer-log.ts";
import { ApprovalMemory } from "../src/requests/approvals.ts";
import { RequestDesk } from "../src/requests/desk.ts";
import { toolSet } from "../src/requests/tool-set.ts";
import { connectWire } from "../src/wire/connection.ts";
import { machineFacts, median } from "./stats.ts";

const TARGETS = { p50Ms: 0.3, rssGrowthMiB: 8 };
const memoryCalls = 100_000;
const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    calls: { type: "string", default: "10000" },
    // The memory part alone, in a process of its own.
    memory: { type: "boolean", default: false },
  },
});
const calls = wholeNumber("calls", values.calls, 100);

/** A turn's desk behind a wire of its own; `call` does one round trip and says how long it took, in milliseconds. */
function connect() {
  const handlers = {
    tools: [{ name: "nothing", description: "", inputSchema: { type: "object" }, execute: () => "" }],
  };
  const desk = new RequestDesk({
    handlers,
    tools: toolSet(handlers.tools),
    clocks: { toolMs: 90_000, approvalMs: 120_000 },
    memory: new ApprovalMemory(),
    answers: new AnswerLog(),
    warn: (message, facts) => {
      throw new Error(`${message}: ${JSON.stringify(facts)}`);
    },
  });
  const readable = new PassThrough();
  const writable = new PassThrough();
  let seenAt = 0;
  let answered: (ms: number) => void = () => undefined;
  // Not when the answer is made but when it is out: a pipe that never drains would look quick, and fill up.
  writable.on("data", (line: Buffer) => {
    const ms = performance.now() - seenAt;
    // A refusal would be quick, too.
    if (!line.includes('"success":true')) throw new Error(`not an answer of the tool: ${line}`);
    answered(ms);
  });
  connectWire({
    readable,
    writable,
    onNotification: () => undefined,
    onRequest: (request) => desk.take(request),
    tap: (direction) => {
      if (direction === "in") seenAt = performance.now();
    },
  });
  let id = 0;
  return (): Promise<number> => {
    id += 1;
    const params = { threadId: "t", turnId: "u", callId: `call-${id}`, tool: "nothing", arguments: {} };
    return new Promise((done) => {
      answered = done;
      readable.write(`${JSON.stringify({ id, method: "item/tool/call", params })}\n`);
    });
  };
}

async function times(count: number): Promise<number[]> {
  const call = connect();
  for (let n = 0; n < count / 4; n += 1) await call();
  const taken: number[] = [];
  for (let n = 0; n < count; n += 1) taken.push(await call());
  return taken.sort((a, b) => a - b);
}

async function rssGrowthMiB(): Promise<number> {
  const call = connect();
  const rss = async (count: number): Promise<number> => {
    for (let n = 1; n <= count; n += 1) {
      await call();
      // What only waits to be collected is no leak, and V8 keeps the pages it needed for it.
      if (n % 5000 === 0) globalThis.gc?.();
    }
    return process.memoryUsage().rss / 2 ** 20;
  };
  const before = await rss(memoryCalls / 5);
  return (await rss(memoryCalls)) - before;
}

/** With young generations of a fixed size: V8 would make them as large as this rate of garbage likes them. */
function inOwnProcess(): number {
  const args = ["--expose-gc", "--max-semi-space-size=4", import.meta.filename, "--memory"];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

if (values.memory) {
  console.log(await rssGrowthMiB());
  process.exit();
}
const sorted = await times(calls);
const p50Ms = median(sorted);
const p99Ms = sorted[Math.floor(sorted.length * 0.99)]!;
const growth = inOwnProcess();
if (values.json) {
  const result = {
    p50Ms,
    p99Ms,
    maxMs: sorted.at(-1),
    rssGrowthMiB: growth,
    targets: TARGETS,
    machine: machineFacts(),
  };
  console.log(JSON.stringify(result, null, 2));
} else {
  console.log(Object.values(machineFacts()).join(" · "));
  console.log(
    `tool round trip  p50 ${p50Ms.toFixed(3)} · p99 ${p99Ms.toFixed(3)} · max ${sorted.at(-1)!.toFixed(2)} ms`,
  );
  console.log(`memory           ${growth.toFixed(1)} MiB more after ${memoryCalls} calls`);
  console.log(`targets          p50 ${TARGETS.p50Ms} ms · ${TARGETS.rssGrowthMiB} MiB`);
}
if (values.check && (p50Ms > TARGETS.p50Ms || growth > TARGETS.rssGrowthMiB)) process.exitCode = 1;
