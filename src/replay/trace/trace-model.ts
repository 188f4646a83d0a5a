/*
 * What the trace page shows, as data. It is made here and drawn in the page (page/), so nothing in this file or in what
 * the page imports from this folder may need Node.
 */

/** Who did it, from the person down to the model. The order is that on the page. */
export const traceLanes = ["host", "bridge", "app-server", "model", "tools", "approvals"] as const;
export type TraceLane = (typeof traceLanes)[number];

/** `mark` is a moment, everything else has a beginning and an end. */
export type BarKind = "attempt" | "request" | "process" | "turn" | "item" | "model" | "tool" | "approval" | "mark";

/** `open`: the recording has no end of it. `warned`: nothing failed, but somebody should look. */
export type BarState = "done" | "failed" | "warned" | "open";

/** Something that took time, or a moment. Times are microseconds since the recording began. */
export interface Bar {
  readonly lane: TraceLane;
  readonly kind: BarKind;
  readonly label: string;
  readonly startUs: number;
  readonly endUs: number;
  /** `seq` of the first and the last of its lines. Those between that are also its own are told by `TraceModel.barOf`. */
  readonly first: number;
  readonly last: number;
  readonly state: BarState;
  /** Where in its lane it is drawn, counted from 0: bars at the same time do not cover each other. */
  readonly row: number;
  readonly thread?: string;
  /** No line says so; it follows from others. */
  readonly inferred?: true;
}

/** A clock that ended something, or had Codex asked. `named`: the result says so; otherwise the time that passed does. */
export interface FiredClock {
  readonly name: string;
  readonly tUs: number;
  readonly seq: number;
  readonly named: boolean;
}

/** A row of the transcript, and where it came from. */
export interface TraceEntry {
  readonly id: string;
  readonly kind: string;
  /** The line that made it. */
  readonly seq: number;
  /** Index of the bar of its item. */
  readonly bar?: number;
  readonly title?: string;
  readonly text?: string;
  readonly incomplete?: true;
}

/** Something that is wrong with what was recorded. */
export interface TraceProblem {
  readonly message: string;
  readonly seq?: number;
}

export interface TraceModel {
  /** Name and value pairs about the recording, for the head of the page. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly title: string;
  readonly endUs: number;
  readonly bars: readonly Bar[];
  /** For each line, by `seq`: index of the bar it belongs to. */
  readonly barOf: readonly number[];
  /** For each line: microseconds since the recording began. */
  readonly timesUs: readonly number[];
  /** For each line a character: `c` to the server, `s` from it, `p` the process, `h` the host. */
  readonly directions: string;
  /** `seq` of the lines that are pieces of a stream. */
  readonly streamed: readonly number[];
  readonly clocks: readonly FiredClock[];
  readonly entries: readonly TraceEntry[];
  readonly problems: readonly TraceProblem[];
  readonly threads: readonly string[];
}
