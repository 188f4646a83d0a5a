import { readingMessages } from "../format/errors.ts";
import type { RecordedLine } from "../format/format.ts";
import { lineName, type RecordedProcess } from "./lanes.ts";
import type { ReplayedRecording } from "./replay.ts";
import { itemFindings } from "./replay-items.ts";
import { readbackFindings } from "./replay-readback.ts";
import type { ReplayTurn } from "./replay-turn.ts";

/** Something in a recording that no session of ours can have, or that contradicts itself. */
export interface Finding {
  readonly seq: number;
  /** Begins with the line it is about. */
  readonly message: string;
  readonly facts: { readonly line: number };
}

export function finding(seq: number, message: string): Finding {
  return { seq, message: `${lineName(seq)}: ${message}`, facts: { line: seq + 1 } };
}

/**
 * Servers never answer an interrupt of a turn that is over (0.125.0 to 0.166.0), and nobody waits for a name to be set: the
 * connection may be closed before.
 */
const mayStayUnanswered = new Set(["turn/interrupt", "thread/name/set"]);

/**
 * What is true of every whole recording, and is not of this one. In the order of its lines.
 * @throws BridgeError `recording_broken`
 */
export function findingsIn(lines: readonly RecordedLine[], replayed: ReplayedRecording): Finding[] {
  return readingMessages(() => allFindings(lines, replayed));
}

function allFindings(lines: readonly RecordedLine[], replayed: ReplayedRecording): Finding[] {
  const { processes, turns, host } = replayed.reduced;
  return [
    ...turns.flatMap((turn) => endFindings(turn, processes, host.resultOf(turn.state.turnId))),
    ...processes.flatMap(answerFindings),
    ...processes.flatMap((process) => itemFindings(process, turns)),
    ...entryFindings(lines, replayed),
    ...readbackFindings(replayed),
  ].toSorted((a, b) => a.seq - b.seq);
}

/** One end, said by somebody who may say it, and nothing after it. */
function endFindings(
  turn: ReplayTurn,
  processes: readonly RecordedProcess[],
  result: { readonly outcome: unknown } | undefined,
): Finding[] {
  const { startedSeq, shown, state } = turn;
  const ends = shown.filter(({ effect }) => effect.type === "settled");
  const exit = processes.find(({ server }) => server === turn.server)?.exit;
  // It still runs where the recording of another turn ends: somebody's question on the side, or of another session.
  if (ends.length === 0 && !result && !exit) return [];
  if (ends.length !== 1) return [finding(startedSeq, `the turn that begins here has ${ends.length} ends`)];
  const found: Finding[] = [];
  const last = shown.at(-1);
  if (last?.effect.type !== "settled") found.push(finding(last!.seq, "something is shown of a turn that is over"));
  const kind = state.outcome?.kind;
  const told = (result?.outcome as { kind?: unknown } | undefined)?.kind;
  const wanted = exit?.wanted === true;
  if (told !== undefined && told !== kind) {
    found.push(finding(startedSeq, `the turn that begins here ends as ${kind}, and its host was told ${told}`));
  } else if (told === undefined && kind === "server_exit" && wanted && !isUnheard(turn, processes)) {
    found.push(finding(startedSeq, "the turn that begins here has no end"));
  }
  return found;
}

/** Its client had asked to be told nothing of the thread. */
function isUnheard({ server, startedSeq, state }: ReplayTurn, processes: readonly RecordedProcess[]): boolean {
  const { messages = [] } = processes.find((process) => process.server === server) ?? {};
  const said = messages.filter(
    ({ lane, seq, from }) => lane === state.threadId && from === "client" && seq < startedSeq,
  );
  const last = said.findLast(({ method }) => method === "thread/unsubscribe" || method === "thread/resume");
  return last?.method === "thread/unsubscribe";
}

/** Every request is answered once; twice is refused where the lines are read. */
function answerFindings({ messages, exit }: RecordedProcess): Finding[] {
  // A process that died owes nothing any more, and gets nothing.
  if (exit && !exit.wanted) return [];
  const answered = new Set(messages.flatMap(({ request }) => request ?? []));
  const open = messages.filter((each) => each.kind === "request" && !answered.has(each));
  // Where a recording ends before its process did, an answer may have come later.
  const owed = open.filter(({ from, method }) => from === "server" || (exit && !mayStayUnanswered.has(method)));
  return owed.map(({ seq, method, id }) => finding(seq, `the request ${method} (${JSON.stringify(id)}) has no answer`));
}

/** What the host wrote into its transcript is what the replay comes to, one by one. */
function entryFindings(lines: readonly RecordedLine[], { entries }: ReplayedRecording): Finding[] {
  const written = lines.filter(
    ({ dir, message }) => dir === "host" && (message as { event?: unknown }).event === "entry",
  );
  const ids = new Set(entries.map(({ entry }) => entry.id));
  const known = new Set(written.map(({ message }) => (message as { id: string }).id));
  const lost = written.filter(({ message }) => !ids.has((message as { id: string }).id));
  const found = lost.map(({ seq, message }) =>
    finding(seq, `the host wrote ${(message as { id: string }).id}, which the replay does not come to`),
  );
  if (written.length === 0) return found;
  const more = entries.filter(({ entry }) => !known.has(entry.id));
  return [
    ...found,
    ...more.map(({ seq, entry }) => finding(seq, `${entry.id} comes from here, and its host never wrote it`)),
  ];
}
