import type { Clocks } from "../../clocks.ts";
import type { RecordedLine } from "../format/format.ts";
import type { Bars } from "./bars.ts";
import { partOf, textOf, threadOf } from "./message-parts.ts";
import type { FiredClock } from "./trace-model.ts";

/** A timer fires late, never early; but what it measures begins a little before the line that shows it. */
const toleranceMs = 50;

/**
 * The clocks that fired: those a result names, and those that must have, as exactly their time had passed.
 */
export function firedClocks(lines: readonly RecordedLine[], { bars }: Bars): FiredClock[] {
  const fired: FiredClock[] = [];
  const attempt = lines.find(({ message }) => textOf(message, "event") === "attempt");
  const clocks = (partOf(attempt?.message, "clocks") ?? {}) as Partial<Clocks>;
  for (const { kind, startUs, endUs, last, state } of bars) {
    if ((kind !== "tool" && kind !== "approval") || state === "open") continue;
    const name = `${kind}Ms` as const;
    if (near(endUs - startUs, clocks[name])) fired.push({ name, tUs: endUs, seq: last, named: false });
  }
  return [...fired, ...namedClocks(lines), ...probes(lines, clocks)].sort((a, b) => a.seq - b.seq);
}

function near(passedUs: number, dueMs: number | undefined): boolean {
  if (dueMs === undefined) return false;
  const passedMs = passedUs / 1000;
  return passedMs >= dueMs - toleranceMs && passedMs <= dueMs * 1.1 + toleranceMs;
}

/** What ends a turn interrupts it first: that is when the clock fired. */
function namedClocks(lines: readonly RecordedLine[]): FiredClock[] {
  const fired: FiredClock[] = [];
  const interrupted = new Map<string | undefined, RecordedLine>();
  for (const line of lines) {
    const { message, dir } = line;
    if (dir === "c2s" && textOf(message, "method") === "turn/interrupt") interrupted.set(threadOf(message), line);
    if (dir !== "host" || textOf(message, "event") !== "result") continue;
    const name = textOf(message, "clock") ?? textOf(message, "outcome", "clock");
    const { tUs, seq } = interrupted.get(threadOf(message)) ?? line;
    if (name !== undefined) fired.push({ name, tUs, seq, named: true });
    interrupted.delete(threadOf(message));
  }
  return fired;
}

/** A question after a silence of just that length, while a turn was running. */
function probes(lines: readonly RecordedLine[], { quietProbeMs }: Partial<Clocks>): FiredClock[] {
  const fired: FiredClock[] = [];
  const running = new Set<string | undefined>();
  let heardUs = 0;
  for (const { message, dir, seq, tUs } of lines) {
    const method = textOf(message, "method");
    const thread = threadOf(message);
    if (dir === "c2s" && method === "thread/read" && running.has(thread)) {
      if (near(tUs - heardUs, quietProbeMs)) fired.push({ name: "quietProbeMs", tUs, seq, named: false });
    }
    if (method === "turn/started") running.add(thread);
    if (method === "turn/completed") running.delete(thread);
    if (dir === "c2s" || dir === "s2c") heardUs = tUs;
  }
  return fired;
}
