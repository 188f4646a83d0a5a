import type { TranscriptEntry } from "../../transcript/entry.ts";
import { projectFailure, projectItem } from "../../transcript/project.ts";
import { merge } from "../../turn/asking.ts";
import { isNumbered } from "../../turn/spoken.ts";
import type { TurnEffect } from "../../turn/state.ts";
import type { ReplayTurn } from "./replay-turn.ts";
import type { ReadEvent, ReducedRecording } from "./through-reducer.ts";

/** A row of a transcript, and the line of the recording it came from. */
export interface ReplayedEntry {
  readonly entry: TranscriptEntry;
  readonly seq: number;
}

/** What the hosts of a recording would have in their transcripts, in the order it was written. */
export function entriesOf({ turns, host, caughtUp, ephemeral }: ReducedRecording): ReplayedEntry[] {
  const rows: (ReplayedEntry & { order: number })[] = [];
  for (const turn of turns) {
    if (turn.compaction || ephemeral.has(turn.state.threadId)) continue;
    const { threadId, turnId } = turn.state;
    const abandoned = host.isAbandoned(threadId, turnId);
    const repeated = turns.some(
      (other) =>
        other !== turn &&
        !other.compaction &&
        other.startedSeq < turn.startedSeq &&
        other.state.threadId === threadId &&
        host.isAbandoned(threadId, other.state.turnId) &&
        isNext(turns, other, turn),
    );
    rows.push(...turnRows(turn, abandoned, repeated));
  }
  for (const late of caughtUp) rows.push(...lateRows(late));
  return onceEach(rows.sort((a, b) => a.order - b.order).map(({ entry, seq }) => ({ entry, seq })));
}

/** As a transcript keeps them: what is written twice stands once, and the whole takes the place of what was cut off. */
function onceEach(rows: readonly ReplayedEntry[]): ReplayedEntry[] {
  const kept = new Map<string, ReplayedEntry>();
  for (const row of rows) {
    const known = kept.get(row.entry.id);
    if (!known || (known.entry.incomplete && !row.entry.incomplete)) kept.set(row.entry.id, row);
  }
  return [...kept.values()];
}

/** Whether a turn is the one right after another in its thread: the second try of the same prompt. */
function isNext(turns: readonly ReplayTurn[], before: ReplayTurn, after: ReplayTurn): boolean {
  const own = turns.filter((turn) => !turn.compaction && turn.state.threadId === after.state.threadId);
  return own.indexOf(after) === own.indexOf(before) + 1;
}

function turnRows(turn: ReplayTurn, abandoned: boolean, repeated: boolean): (ReplayedEntry & { order: number })[] {
  const { threadId, turnId } = turn.state;
  const rows: (ReplayedEntry & { order: number })[] = [];
  if (turnId === undefined) return rows;
  const scope = { threadId, turnId };
  // A prompt that is tried again stands in the transcript already.
  let skipPrompt = repeated;
  for (const { seq, effect } of turn.shown) {
    if (effect.type === "item") {
      if (effect.item.type === "userMessage" && skipPrompt) {
        skipPrompt = false;
        continue;
      }
      const entry = projectItem(scope, effect.item, effect.incomplete);
      if (entry) rows.push({ entry, seq, order: seq });
    }
    if (effect.type !== "settled" || abandoned || !("error" in effect.outcome)) continue;
    rows.push({ entry: projectFailure(scope, effect.outcome.error.message), seq, order: seq });
  }
  return rows;
}

/** What a turn had that was never told, as the harness adds it before the next turn. */
function lateRows(late: { turn: ReplayTurn; event: ReadEvent; seq: number }): (ReplayedEntry & { order: number })[] {
  const { state } = late.turn;
  const { turn } = late.event.reading;
  if (!turn || turn.status === "inProgress" || state.turnId === undefined) return [];
  const whole = state.outcome?.kind === "completed" || state.outcome?.kind === "failed";
  if (whole && !state.unread) return [];
  const effects: TurnEffect[] = [];
  merge(state, turn, effects);
  return effects.flatMap((effect) => {
    if (effect.type !== "item" || (state.outcome === undefined && isNumbered(effect.item))) return [];
    const entry = projectItem({ threadId: state.threadId, turnId: state.turnId! }, effect.item);
    return entry ? [{ entry, seq: late.seq, order: late.seq }] : [];
  });
}
