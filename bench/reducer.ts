/**
 * What the turn reducer costs: time per delta, and memory over a long turn.
 *
 *   node bench/reducer.ts [--json] [--check] [--runs N] [--events N]
 *
 * Time: 20,000 deltas of one message through `reduce`, next to a plain string that grows in place; with a consumer that
 * only takes the text's length, and with one that reads its last character on every hundredth delta (which makes the
 * engine flatten the joined string). All ways are interleaved in one warm process that has seen every kind of event;
 * the median counts.
 *
 * Memory: one turn of a million events, parsed and decoded, in a process that has run a shorter one to its end. One
 * process collects garbage before each sample, one is left alone. V8 doubles the space for new objects at a time of its
 * choosing, by 16 and 32 MB, which says nothing about the reducer: in these two its size is fixed. A third process with
 * default settings shows what the whole comes to. `--check`: exit code 1 when a target is missed.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { decodeNotification, type ServerEvent } from "../src/protocol/events.ts";
import { reduce } from "../src/turn/reduce.ts";
import { initialTurnState, type TurnEffect, type TurnState } from "../src/turn/state.ts";
import { LONG_MESSAGE, type Message, scope, threadId, turnId, wholeTurn } from "./reducer-events.ts";
import { machineFacts, median } from "./stats.ts";

const DELTAS = 20_000;
const READ_EACH = 100;
const WARM_UP_RUNS = 15;
const SAMPLES = 50;
const FIXED_NEW_SPACE = ["--min-semi-space-size=16", "--max-semi-space-size=16"];
const TARGETS = { reduceMs: 15, rssGrowthMb: 20, bytesPerChar: 2 };

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    runs: { type: "string", default: "41" },
    events: { type: "string", default: "1000000" },
    role: { type: "string" },
  },
});
const runs = wholeNumber("runs", values.runs, 21);
const events = wholeNumber("events", values.events, 2 * LONG_MESSAGE);

/** As the wire does it: every string is a new one, as long as it is somewhere kept. */
function received({ method, params }: Message): ServerEvent {
  const parsed = JSON.parse(JSON.stringify({ method, params })) as { method: string; params: unknown };
  return decodeNotification(parsed.method, parsed.params);
}

function startedTurn(): TurnState {
  return reduce(initialTurnState(threadId), { type: "start.accepted", turnId }).state;
}

/** What every consumer does with the effects of an event. */
function textChars(effects: readonly TurnEffect[]): number {
  let chars = 0;
  for (const effect of effects) if (effect.type === "delta") chars += effect.text.length;
  return chars;
}

function lastChar(effects: readonly TurnEffect[]): number {
  const effect = effects.at(-1);
  return effect?.type === "delta" ? effect.text.charCodeAt(effect.text.length - 1) : 0;
}

type Delta = Extract<ServerEvent, { type: "item.delta" }>;
interface Flood {
  params: readonly unknown[];
  deltas: readonly Delta[];
}

function throughReduce(events: Iterable<ServerEvent>, reads: boolean): number {
  const announced = { type: "agentMessage", id: "msg", text: "" } as const;
  let { state } = reduce(startedTurn(), { type: "item.started", ...scope, item: announced });
  let used = 0;
  let seen = 0;
  for (const event of events) {
    const reduction = reduce(state, event);
    state = reduction.state;
    used += textChars(reduction.effects);
    seen += 1;
    if (reads && seen % READ_EACH === 0) used += lastChar(reduction.effects);
  }
  return used;
}

function throughString(deltas: readonly Delta[], reads: boolean): number {
  let text = "";
  let used = 0;
  let seen = 0;
  for (const { delta } of deltas) {
    text += delta;
    used += text.length;
    seen += 1;
    if (reads && seen % READ_EACH === 0) used += text.charCodeAt(text.length - 1);
  }
  return used;
}

function* decoded(params: readonly unknown[]): Generator<ServerEvent> {
  for (const each of params) yield decodeNotification("item/agentMessage/delta", each);
}

const ways: Record<string, (flood: Flood) => number> = {
  reduce: ({ deltas }) => throughReduce(deltas, false),
  string: ({ deltas }) => throughString(deltas, false),
  "reduce, read": ({ deltas }) => throughReduce(deltas, true),
  "string, read": ({ deltas }) => throughString(deltas, true),
  "decode + reduce": ({ params }) => throughReduce(decoded(params), false),
};

function flood(): Flood {
  const params = Array.from({ length: DELTAS }, (_, n) =>
    JSON.parse(JSON.stringify({ ...scope, itemId: "msg", delta: ` word${n}` })),
  );
  return { params, deltas: [...decoded(params)] as Delta[] };
}

function measureTime() {
  let state = startedTurn();
  for (const each of wholeTurn(20_000, false)) state = reduce(state, received(each)).state;
  if (state.phase !== "settled") throw new Error("the warm-up turn did not end");
  const samples = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
  const expected: Record<string, number> = {};
  for (let run = -WARM_UP_RUNS; run < runs; run += 1) {
    for (const [name, way] of Object.entries(ways)) {
      // New strings for each run: joined ones of the run before must not be found flat.
      const input = flood();
      const from = performance.now();
      const used = way(input);
      const ms = performance.now() - from;
      const kind = name.includes("read") ? "read" : "length";
      expected[kind] ??= used;
      if (used !== expected[kind]) throw new Error(`${name} saw other text`);
      if (run >= 0) samples[name]!.push(ms);
    }
  }
  return Object.entries(samples).map(([way, ms]) => {
    const base = median(samples[way.endsWith("read") ? "string, read" : "string"]!);
    const medianMs = median(ms);
    return { way, medianMs, minMs: Math.min(...ms), usPerDelta: (medianMs * 1000) / DELTAS, ratio: medianMs / base };
  });
}

interface MemoryRun {
  events: number;
  wallMs: number;
  /** Before the first event, and at equal distances along the measured turn; after a collection where there is one. */
  freshMb: number;
  rssMb: number[];
  /** Of the collecting process: RSS before the collection, and the heap after it. */
  rawRssMb: number[];
  heapMb: number[];
  /** What the long message holds at its last delta, in characters and on the heap. */
  long: { chars: number; heldMb: number };
}

const mb = (bytes: number): number => Number((bytes / 1_048_576).toFixed(1));

/** Runs in its own process; with `--expose-gc` it collects before it looks. */
function measureMemory(): MemoryRun {
  const freshMb = mb(process.memoryUsage.rss());
  const run: MemoryRun = {
    events: 0,
    wallMs: 0,
    freshMb,
    rssMb: [],
    rawRssMb: [],
    heapMb: [],
    long: { chars: 0, heldMb: 0 },
  };
  const heap = (): number => {
    globalThis.gc?.();
    return mb(process.memoryUsage().heapUsed);
  };
  runTurn(2 * LONG_MESSAGE, () => {});
  const from = performance.now();
  let before = 0;
  runTurn(events, (state, { long }) => {
    if (long === "start") before = heap();
    if (long === "end") {
      const { head, tail } = state.open[0]!.text;
      run.long = { chars: head.length + tail.length, heldMb: heap() - before };
    }
    run.events += 1;
    if (run.events % Math.floor(events / SAMPLES) !== 0) return;
    run.rawRssMb.push(mb(process.memoryUsage.rss()));
    run.heapMb.push(heap());
    run.rssMb.push(mb(process.memoryUsage.rss()));
  });
  run.wallMs = Math.round(performance.now() - from);
  return run;
}

function runTurn(count: number, onEvent: (state: TurnState, sent: Message) => void): void {
  let state = startedTurn();
  let used = 0;
  for (const sent of wholeTurn(count, true)) {
    const reduction = reduce(state, received(sent));
    state = reduction.state;
    used += textChars(reduction.effects);
    onEvent(state, sent);
  }
  if (state.phase !== "settled" || state.strayDeltas > 0 || used === 0) throw new Error("the turn was not as planned");
}

async function inChild(execArgv: string[]): Promise<MemoryRun> {
  const args = ["--role", "memory", "--events", String(events)];
  const child = fork(import.meta.filename, args, { execArgv });
  const failed = once(child, "exit").then(() => Promise.reject(new Error("the memory run sent no result")));
  const [run] = (await Promise.race([once(child, "message"), failed])) as [MemoryRun];
  return run;
}

/** Against the first sample of the measured turn, in MB. */
function growth(samples: readonly number[]) {
  const base = samples[0]!;
  const of = (mbytes: number): number => Number((mbytes - base).toFixed(1));
  return { base, lowest: of(Math.min(...samples)), highest: of(Math.max(...samples)), last: of(samples.at(-1)!) };
}

async function main(): Promise<void> {
  const ways = measureTime();
  const collecting = await inChild([...FIXED_NEW_SPACE, "--expose-gc"]);
  const alone = await inChild(FIXED_NEW_SPACE);
  const unfixed = await inChild([]);
  const memory = {
    "RSS after collection": growth(collecting.rssMb),
    "RSS before collection": growth(collecting.rawRssMb),
    "RSS left alone": growth(alone.rssMb),
    "RSS left alone, default V8": growth(unfixed.rssMb),
    "heap after collection": growth(collecting.heapMb),
  };
  const { chars, heldMb } = collecting.long;
  const bytesPerChar = (heldMb * 1_048_576) / chars;
  const over = (name: keyof typeof memory): number => Math.max(memory[name].highest, -memory[name].lowest);
  const verdicts = [
    { what: "20,000 deltas, ms", value: ways[0]!.medianMs, target: TARGETS.reduceMs },
    { what: "20,000 deltas with a reader, ms", value: ways[2]!.medianMs, target: TARGETS.reduceMs },
    { what: "RSS after collection, ± MB", value: over("RSS after collection"), target: TARGETS.rssGrowthMb },
    { what: "RSS left alone, ± MB", value: over("RSS left alone"), target: TARGETS.rssGrowthMb },
    { what: "long message, bytes held per character", value: bytesPerChar, target: TARGETS.bytesPerChar },
  ].map((verdict) => ({ ...verdict, met: verdict.value <= verdict.target }));
  const machine = machineFacts();
  if (values.json)
    console.log(JSON.stringify({ machine, verdicts, time: ways, memory, collecting, alone, unfixed }, null, 2));
  else {
    const short = (n: number): number => Number(n.toFixed(2));
    console.log(Object.values(machine).join(" · "));
    console.log(`\n${DELTAS} deltas of one message, median of ${runs} runs; ratio: to the string that grows in place`);
    console.table(
      ways.map(({ way, medianMs, minMs, usPerDelta, ratio }) => ({
        way,
        ms: short(medianMs),
        "best ms": short(minMs),
        "µs each": short(usPerDelta),
        ratio: short(ratio),
      })),
    );
    console.log(`${collecting.events} events of one turn, ${SAMPLES} samples; MB, growth against the first sample`);
    console.table(memory);
    console.log(`fresh process ${alone.freshMb} MB; a message of ${chars} characters holds ${heldMb.toFixed(1)} MB`);
    const eachUs = (alone.wallMs * 1000) / alone.events;
    console.log(`making, parsing, decoding and reducing an event of the mix: ${eachUs.toFixed(2)} µs\n`);
    for (const { what, value, target, met } of verdicts) {
      console.log(`${met ? "ok    " : "MISSED"} ${what}: ${short(value)} (target <= ${target})`);
    }
  }
  if (values.check && verdicts.some(({ met }) => !met)) process.exitCode = 1;
}

if (values.role === "memory") process.send!(measureMemory());
else await main();
