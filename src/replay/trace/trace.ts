import { readingMessages } from "../format/errors.ts";
import type { Manifest } from "../format/format.ts";
import type { RecordingContent } from "../format/read.ts";
import { barsOf } from "./bars.ts";
import { traceEntries } from "./entries.ts";
import { firedClocks } from "./fired-clocks.ts";
import { placeRows } from "./rows.ts";
import type { TraceModel } from "./trace-model.ts";

/**
 * Works out what the trace page of a recording shows. Pure.
 * @throws BridgeError `recording_broken`
 */
export function traceOf(recording: RecordingContent): TraceModel {
  return readingMessages(() => modelOf(recording));
}

function modelOf({ manifest, lines }: RecordingContent): TraceModel {
  const sorted = barsOf(lines);
  const endUs = lines.at(-1)?.tUs ?? 0;
  placeRows(sorted.bars, endUs);
  const threads = new Set(sorted.bars.flatMap(({ thread }) => thread ?? []));
  return {
    title: manifest.scenario ?? "recording",
    facts: factsOf(manifest),
    endUs,
    bars: sorted.bars,
    barOf: sorted.barOf,
    timesUs: lines.map(({ tUs }) => tUs),
    directions: lines.map(({ dir }) => dir[0]).join(""),
    streamed: sorted.streamed,
    clocks: firedClocks(lines, sorted),
    threads: [...threads],
    ...traceEntries(lines, sorted),
  };
}

function factsOf({ codex, platform, lines, redaction, incomplete, command }: Manifest): [string, string][] {
  const facts: [string, string][] = [
    ["Codex", codex.version],
    ["platform", platform],
    ["lines", String(lines)],
    ["texts", redaction.keepText ? "kept" : "redacted"],
  ];
  if (incomplete) facts.push(["incomplete", `${incomplete.reason}, ${incomplete.dropped} lines are missing`]);
  if (command !== undefined) facts.push(["recorded with", command]);
  return facts;
}
