import { readTurnRecord } from "../thread/history.ts";
import type { PriorMessage } from "../thread/projection.ts";
import type { TranscriptEntry, TranscriptSink } from "../transcript/entry.ts";
import { projectItem } from "../transcript/project.ts";
import { merge } from "../turn/asking.ts";
import { isNumbered } from "../turn/spoken.ts";
import type { TurnEffect, TurnState } from "../turn/state.ts";
import type { LiveServer } from "./server-slot.ts";

/**
 * Completes the transcript of a turn whose end we did not see: what the server recorded of it and never told us.
 * Entries that are there already stay as they are.
 *
 * @param history the host's record of the conversation, where ids alone do not tell what it has
 */
export async function catchUp(
  live: LiveServer,
  state: TurnState,
  transcript: TranscriptSink,
  timeoutMs: number,
  history?: () => Promise<readonly PriorMessage[] | undefined>,
): Promise<void> {
  const { threadId, turnId } = state;
  if (turnId === undefined) return;
  const { turn } = await readTurnRecord(live.server, threadId, turnId, timeoutMs);
  if (!turn || turn.status === "inProgress") return;
  const effects: TurnEffect[] = [];
  merge(state, turn, effects);
  const isOthers = state.outcome === undefined;
  const known = isOthers ? await history?.() : undefined;
  const isMissing = ({ kind, text }: TranscriptEntry): boolean =>
    kind === "assistant" && known !== undefined && !known.some((each) => each.role === kind && each.text === text);
  const missed = effects.flatMap((effect): TranscriptEntry[] => {
    if (effect.type !== "item") return [];
    const entry = projectItem({ threadId, turnId }, effect.item);
    if (!entry) return [];
    // A process that never saw the turn cannot tell what an old server's numbers stand for; by its words it can.
    if (isOthers && isNumbered(effect.item)) return isMissing(entry) ? [entry] : [];
    return [entry];
  });
  if (missed.length > 0) await transcript.append(missed);
}
