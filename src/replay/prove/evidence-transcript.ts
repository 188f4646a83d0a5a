import { hash } from "node:crypto";
import { BridgeError } from "../../errors.ts";
import type { TranscriptEntry } from "../../transcript/entry.ts";
import type { HostEvent, RecordedLine } from "../format/format.ts";
import type { ReplayedEntry } from "../play/replay-transcript.ts";
import { blankText } from "../redact/redact-text.ts";
import type { Told, TranscriptEvidence } from "./evidence.ts";

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly text: string | undefined;
  /** Its line, and a later one that made it whole. */
  readonly lines: string[];
}

/** An entry id in its parts: thread, turn, item, kind. */
type Parts = readonly [string, string, string, string];

interface Place {
  readonly wanted: readonly string[];
  readonly rows: readonly Row[];
}

/**
 * Finds the rows that a recorded run wrote into a transcript file of the embedded host. The recording has placeholders
 * where the file has ids: rows belong to entries when both have the same structure, each id standing for one other.
 * @throws BridgeError `evidence_transcript` when no rows fit, or more than one run of rows does
 */
export function transcriptEvidence(
  bytes: Buffer,
  recording: { readonly lines: readonly RecordedLine[]; readonly entries: readonly ReplayedEntry[]; keepText: boolean },
  told: Told | null,
): TranscriptEvidence {
  const rows = rowsOf(bytes.toString("utf8"));
  const replayed = new Map(recording.entries.map(({ entry }) => [entry.id, entry]));
  const places = writtenBySession(recording.lines).flatMap((wanted) => placesOf(wanted, rows));
  const named = places.filter((place) => !told || isTold(place, told));
  const alike = named.filter((place) => differing(place, replayed, recording.keepText).length === 0);
  const [place, another] = alike.length > 0 ? alike : named;
  if (!place) throw noPlace("No rows of it have the structure of the recorded run.");
  if (another) throw noPlace("More than one run of its rows has the structure of the recorded one.");
  const gaps = differing(place, replayed, recording.keepText).map((id) => `the text of ${id} is not as recorded`);
  return {
    bytes: bytes.length,
    sha256: hash("sha256", bytes),
    rows: place.wanted.map((entry, at) => {
      const { id, lines } = place.rows[at]!;
      return { entry, id, sha256: hash("sha256", lines.join("\n")) };
    }),
    others: rows.length - place.rows.length,
    gaps,
  };
}

/** The ids of the entries each session was told to write, in that order. */
function writtenBySession(lines: readonly RecordedLine[]): string[][] {
  const events = lines.flatMap(({ dir, message }) => (dir === "host" ? [message as HostEvent] : []));
  const sessions = new Map<string, string>();
  for (const event of events) if (event.event === "result") sessions.set(event.threadId, event.session);
  const written = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.event !== "entry") continue;
    const session = sessions.get(event.threadId) ?? event.threadId;
    written.set(session, (written.get(session) ?? new Set()).add(event.id));
  }
  return [...written.values()].map((ids) => [...ids]);
}

function rowsOf(text: string): Row[] {
  const rows = new Map<string, Row>();
  for (const line of text.split("\n")) {
    const entry = entryIn(line);
    if (!entry) continue;
    const known = rows.get(entry.id);
    const { id, kind, text: words } = entry;
    rows.set(id, { id, kind, text: words, lines: [...(known?.lines ?? []), line] });
  }
  return [...rows.values()];
}

function entryIn(line: string): TranscriptEntry | undefined {
  if (line === "") return undefined;
  try {
    const value = JSON.parse(line) as TranscriptEntry | null;
    return typeof value?.id === "string" && typeof value.kind === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function placesOf(wanted: readonly string[], rows: readonly Row[]): Place[] {
  const found: Place[] = [];
  for (let start = 0; start + wanted.length <= rows.length; start += 1) {
    const part = rows.slice(start, start + wanted.length);
    if (correspond(wanted, part)) found.push({ wanted, rows: part });
  }
  return found;
}

/** Whether every id on one side stands for exactly one on the other. */
function correspond(wanted: readonly string[], rows: readonly Row[]): boolean {
  const forth = new Map<string, string>();
  const back = new Map<string, string>();
  return wanted.every((id, index) => {
    const [a, b] = [partsOf(id), partsOf(rows[index]!.id)];
    if (a[3] !== b[3] || b[3] !== rows[index]!.kind) return false;
    return ([0, 1, 2] as const).every((at) => {
      const [from, to] = [`${at} ${a[at]}`, `${at} ${b[at]}`];
      const fits = (forth.get(from) ?? to) === to && (back.get(to) ?? from) === from;
      forth.set(from, to);
      back.set(to, from);
      return fits;
    });
  });
}

function partsOf(id: string): Parts {
  const parts = id.split("/");
  return [parts[0] ?? "", parts[1] ?? "", parts.slice(2, -1).join("/"), parts.at(-1) ?? ""];
}

function isTold({ rows }: Place, { threadId, turnId }: Told): boolean {
  return rows.some(({ id }) => id.startsWith(`${threadId}/${turnId}/`));
}

const spoken = new Set(["user", "assistant", "reasoning", "plan"]);

/** Rows whose words are not those of the recording, as far as it kept them. */
function differing({ wanted, rows }: Place, replayed: ReadonlyMap<string, TranscriptEntry>, kept: boolean): string[] {
  return wanted.filter((id, index) => {
    const { kind, text = "" } = rows[index]!;
    const recorded = replayed.get(id)?.text ?? "";
    return spoken.has(kind) && (kept ? text !== recorded : blankText(text) !== recorded);
  });
}

function noPlace(found: string): BridgeError {
  return new BridgeError("evidence_transcript", `The transcript is not that of the recording. ${found}`, {
    remedy: "Give the transcript of the recorded session, and with --run what `run --json` printed for it.",
  });
}
