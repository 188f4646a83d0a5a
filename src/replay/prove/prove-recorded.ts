import type { HostEvent, Manifest, RecordedLine } from "../format/format.ts";
import type { ReplayTurn } from "../play/replay-turn.ts";
import { cleanUserAgent } from "../redact/redact-text.ts";
import { type Told, toldShape } from "./evidence.ts";
import { fallbackOf } from "./prove-told.ts";

export interface RecordedTold {
  /** Of the first attempt that says it; null: none does, as in older recordings. */
  readonly told: Told | null;
  /** Every attempt that ended is there from its beginning: what a window left out was before all of them. */
  readonly whole: boolean;
  /** Why it does not hold for everything that was recorded. */
  readonly gaps: readonly string[];
}

/** One attempt, as its host lines have it. */
interface Ran {
  /** Line of its beginning in wire.jsonl, from 1. */
  readonly line: number;
  readonly selection: string | null;
  /** Its beginning is not in the recording. */
  readonly cut?: true;
  readonly told?: Told;
  /** A turn ended, and nothing is said of what ran it. */
  readonly silent: boolean;
}

type Result = Extract<HostEvent, { event: "result" }>;

const compared = ["harness", "selection", "binary", "sha256", "version", "userAgent"] as const;

/** What the host lines of a recording, which are in its hash chain, say of how the runtime was chosen and what it was. */
export function toldInRecording(lines: readonly RecordedLine[], turns: readonly ReplayTurn[]): RecordedTold {
  const attempts = attemptsIn(lines);
  const told = attempts.find((attempt) => attempt.told)?.told ?? null;
  if (!told) return { told, whole: false, gaps: [] };
  const threads = new Set(attempts.flatMap((attempt) => attempt.told?.threadId ?? []));
  const known = new Set(turns.flatMap(({ state, server }) => (threads.has(state.threadId) ? [server] : [])));
  const unknown = new Set(turns.map(({ server }) => server).filter((server) => !known.has(server)));
  return {
    told,
    whole: attempts.every(({ cut }) => !cut),
    gaps: [
      ...attempts.flatMap((attempt) => attemptGaps(attempt, told)),
      ...[...unknown].map((server) => `nothing is known of the executable of server ${server}`),
    ],
  };
}

/** Where what was told besides a recording is not what the recording tells; a host that gave no reason contradicts none. */
export function disagreements(given: Told, recorded: Told, { codex: { origin } }: Manifest): string[] {
  // Where the executable came from is compared with the manifest where that has it.
  const left = [...(recorded.selection === null ? ["selection"] : []), ...(origin === undefined ? [] : ["binary"])];
  const fields = compared.filter((field) => given[field] !== recorded[field] && !left.includes(field));
  return fields.length > 0 ? [`the run and its recording do not tell the same: ${fields.join(", ")}`] : [];
}

function attemptsIn(lines: readonly RecordedLine[]): Ran[] {
  const running = new Map<string, Ran>();
  const ran: Ran[] = [];
  for (const { dir, seq, message } of lines) {
    if (dir !== "host") continue;
    const event = message as HostEvent;
    if (event.event === "attempt") {
      running.set(event.session, { line: seq + 1, selection: event.selection ?? null, silent: false });
    } else if (event.event === "result") {
      const begun = running.get(event.session) ?? { line: seq + 1, selection: null, cut: true, silent: false };
      running.delete(event.session);
      ran.push(ended(begun, event));
    }
  }
  return [...ran, ...running.values()].sort((a, b) => a.line - b.line);
}

function ended(begun: Ran, { runtime, outcome, threadId, turnId }: Result): Ran {
  const { harness, binary, sha256, version, userAgent = "" } = runtime ?? {};
  const { selection } = begun;
  const parsed = toldShape.safeParse({
    source: "recording",
    harness,
    selection,
    fallback: fallbackOf(harness ?? "", selection),
    binary,
    sha256,
    version,
    userAgent: cleanUserAgent(userAgent),
    threadId,
    turnId,
  });
  if (parsed.success) return { ...begun, told: parsed.data };
  return { ...begun, silent: (outcome as { kind?: unknown } | null)?.kind !== "thrown" };
}

function attemptGaps({ line, told: own, selection, silent }: Ran, told: Told): string[] {
  if (silent) return [`nothing is known of what ran the attempt of line ${line}`];
  // One that threw, or still ran when the recording was saved, says only why it was chosen.
  const fields = own ? compared.filter((field) => own[field] !== told[field]) : [];
  const differing = own || selection === told.selection ? fields : ["selection"];
  return differing.length > 0 ? [`the attempt of line ${line} ran otherwise: ${differing.join(", ")}`] : [];
}
