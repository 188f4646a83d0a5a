import { toBridgeError } from "../../errors.ts";
import type { TranscriptEntry } from "../../transcript/entry.ts";
import type { RecordedLine } from "../format/format.ts";
import { replayed } from "../play/replay.ts";
import { findingsIn } from "../play/replay-invariants.ts";
import type { Bars } from "./bars.ts";
import { partOf, textOf } from "./message-parts.ts";
import type { TraceEntry, TraceProblem } from "./trace-model.ts";

/** Longer texts are cut: the whole is in the message itself. */
const maxTextChars = 2_000;

/**
 * The transcript a recording comes to, each row with its line and bar, and what is wrong with the recording. One that
 * cannot be replayed has the rows its host was told of, without their text.
 */
export function traceEntries(
  lines: readonly RecordedLine[],
  bars: Bars,
): { entries: TraceEntry[]; problems: TraceProblem[] } {
  const items = itemBars(lines, bars);
  try {
    const again = replayed(lines);
    const problems = findingsIn(lines, again).map(problemOf);
    return { entries: again.entries.map(({ entry, seq }) => shown(entry, seq, items)), problems };
  } catch (thrown) {
    const problem = problemOf(toBridgeError(thrown));
    return { entries: toldEntries(lines, items), problems: [problem] };
  }
}

function problemOf({ message, facts }: { message: string; facts: Readonly<Record<string, unknown>> }): TraceProblem {
  return typeof facts.line === "number" ? { message, seq: facts.line - 1 } : { message };
}

function shown(entry: TranscriptEntry, seq: number, items: ReadonlyMap<string, number>): TraceEntry {
  const { id, kind, tool, text, incomplete } = entry;
  const body = text ?? tool?.output;
  return {
    id,
    kind,
    seq,
    ...placed(items.get(itemPart(id))),
    ...(tool ? { title: `${tool.title} (${tool.status})` } : {}),
    ...(body === undefined ? {} : { text: body.length > maxTextChars ? `${body.slice(0, maxTextChars)}…` : body }),
    ...(incomplete ? { incomplete } : {}),
  };
}

function toldEntries(lines: readonly RecordedLine[], items: ReadonlyMap<string, number>): TraceEntry[] {
  return lines.flatMap(({ dir, message, seq }) => {
    const [id, kind] = [textOf(message, "id"), textOf(message, "kind")];
    if (dir !== "host" || textOf(message, "event") !== "entry" || id === undefined || kind === undefined) return [];
    return [{ id, kind, seq, ...placed(items.get(itemPart(id))) }];
  });
}

/** `<threadId>/<turnId>/<itemId>`: an entry's id without its kind. */
function itemPart(entryId: string): string {
  return entryId.slice(0, entryId.lastIndexOf("/"));
}

function itemBars(lines: readonly RecordedLine[], { barOf }: Bars): Map<string, number> {
  const found = new Map<string, number>();
  for (const { dir, message, seq } of lines) {
    if (dir !== "s2c") continue;
    const params = partOf(message, "params");
    const turnId = textOf(params, "turnId") ?? textOf(params, "turn", "id");
    const itemId = textOf(params, "item", "id") ?? (textOf(params, "turn", "id") === undefined ? undefined : "turn");
    const bar = barOf[seq];
    if (itemId !== undefined && bar !== undefined) found.set(`${textOf(params, "threadId")}/${turnId}/${itemId}`, bar);
  }
  return found;
}

function placed(bar: number | undefined): { bar?: number } {
  return bar === undefined ? {} : { bar };
}
