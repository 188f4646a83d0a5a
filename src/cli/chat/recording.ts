import path from "node:path";
import type { HarnessRecorder } from "../../harness/recorder.ts";
import { recordTurns } from "../../replay/record/record-turns.ts";
import type { Recording } from "../../replay/record/recorder.ts";
import { several } from "../../replay/record/several.ts";
import type { RecordingOutcome } from "../../replay/record/writer.ts";
import type { RecordOptions } from "../record.ts";

/** So many turns are kept for `/trace`, of all chats together. */
const keep = 5;

/** Records each turn, so that its page can be had afterwards, and the whole session where that was asked for. */
export interface ChatRecorder extends HarnessRecorder {
  /** What became of the recording of the turn that ended last; undefined before the first. */
  lastTurn(): Promise<RecordingOutcome | undefined>;
}

export function chatRecorder(stateDir: string, { keepText = false }: RecordOptions, whole?: Recording): ChatRecorder {
  const { OPENAI_API_KEY: key } = process.env;
  let last: RecordingOutcome | undefined;
  const turns = recordTurns({
    dir: path.join(stateDir, "chat-recordings"),
    keep,
    mode: keepText ? "keep" : "blank",
    secrets: key ? [key] : [],
    onSaved: (outcome) => {
      last = outcome;
    },
  });
  return {
    ...several(turns, ...(whole ? [whole] : [])),
    async lastTurn() {
      // It waits for what is being saved, and takes more afterwards.
      await turns.close();
      return last;
    },
  };
}
