import { isDeepStrictEqual } from "node:util";
import { decodeResult } from "../../protocol/decode.ts";
import type { TurnSummary } from "../../protocol/shapes.ts";
import type { TranscriptEntry } from "../../transcript/entry.ts";
import { projectTurn } from "../../transcript/project.ts";
import { withLiveIds } from "../../turn/spoken.ts";
import type { Message } from "./lanes.ts";
import type { ReplayedRecording } from "./replay.ts";
import { type Finding, finding } from "./replay-invariants.ts";
import type { ReplayTurn } from "./replay-turn.ts";

/**
 * What Codex kept of a turn that completed shows the same as what was seen of it live. Its record may have less: old
 * servers keep only what was said, none keeps a plan.
 */
export function readbackFindings({ reduced, entries }: ReplayedRecording): Finding[] {
  const { processes, turns } = reduced;
  const answers = processes
    .filter(({ readback }) => readback)
    .flatMap(({ messages }) => messages)
    .filter((each) => each.kind === "answer" && each.method === "thread/turns/list" && !each.refused);
  return answers.flatMap((answer) => {
    const listed = decodeResult("thread/turns/list", answer.body).data;
    return listed.flatMap((turn) => {
      const live = turns.find(({ state }) => state.threadId === answer.lane && state.turnId === turn.id);
      // Of a compaction nobody was shown anything.
      if (live?.state.outcome?.kind !== "completed" || live.compaction) return [];
      const rows = entries.map(({ entry }) => entry).filter(({ threadId }) => threadId === answer.lane);
      return compared(answer, turn, live, rows);
    });
  });
}

function compared(answer: Message, turn: TurnSummary, live: ReplayTurn, rows: readonly TranscriptEntry[]): Finding[] {
  const items = withLiveIds(turn.items, live.state.spoken, []);
  const recorded = projectTurn(answer.lane, { ...turn, items });
  const plain = (entry: TranscriptEntry): unknown => JSON.parse(JSON.stringify(entry));
  const isShown = (entry: TranscriptEntry): boolean =>
    rows.some((row) => isDeepStrictEqual(plain(row), plain(entry))) ||
    // A prompt that was tried again stands under its first try.
    (entry.kind === "user" && rows.some(({ kind, text }) => kind === "user" && text === entry.text));
  const other = recorded.filter((entry) => !isShown(entry));
  return other.map(({ id }) => finding(answer.seq, `Codex kept ${id} otherwise than it was shown`));
}
