import { readingMessages } from "../format/errors.ts";
import type { RecordedLine } from "../format/format.ts";
import { transcriptText } from "./replay-text.ts";
import { entriesOf, type ReplayedEntry } from "./replay-transcript.ts";
import { type ReducedRecording, throughReducer } from "./through-reducer.ts";

/** What a recording comes to. */
export interface ReplayedRecording {
  readonly reduced: ReducedRecording;
  readonly entries: readonly ReplayedEntry[];
  /** The transcript as people read it: what is kept as `transcript.txt`. */
  readonly text: string;
}

/**
 * Replays a recording straight into the reducer.
 * @throws BridgeError `recording_inconsistent` naming the line, or `recording_broken`
 */
export function replayed(lines: readonly RecordedLine[]): ReplayedRecording {
  return readingMessages(() => {
    const reduced = throughReducer(lines);
    const entries = entriesOf(reduced);
    return { reduced, entries, text: transcriptText(reduced, entries) };
  });
}
