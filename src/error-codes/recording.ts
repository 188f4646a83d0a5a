/** Recordings, replay and evidence. */
export const recordingCodes = {
  drift_nothing: [
    "There is no recording in a folder that is to be compared.",
    "Name the folder of a recording, or one with recordings of one release.",
  ],
  drift_versions: ["The recordings of one side are of several releases.", "Compare one release with another."],
  evidence_run: ["The file is not what `run --json` printed.", "Give the file that it was redirected to."],
  evidence_transcript: ["The transcript is not that of the recording.", "Give the transcript of the recorded session."],
  evidence_without_recording: [
    "Without a recording there is nothing to prove.",
    "Record the run with `run --record DIR`, and give DIR.",
  ],
  recording_broken: ["A recording was changed or cut.", "Take an unchanged copy, or record again."],
  recording_exists: [
    "There is already something where the recording should go.",
    "Choose a folder that does not exist yet.",
  ],
  recording_from_the_future: ["A newer version has written the recording.", "Update codex-bridge."],
  recording_has_secrets: [
    "What was recorded may hold secrets; it was not saved.",
    "Record without keeping texts, or take them out of what is recorded.",
  ],
  recording_inconsistent: ["The lines of a recording contradict each other.", "Record again."],
  recording_missing: ["What was given is no recording.", "Give the folder that `run --record DIR` wrote."],
  recording_unwritable: [
    "The recording could not be written; the turn was not affected.",
    "Check permissions and free space, or record to another disk.",
  ],
  replay_answer: [
    "The server refused what was granted in the recording, or the other way round.",
    "Compare the two with `codex-bridge drift`.",
  ],
  replay_gone: [
    "A recorded message has nobody to go to: the server ended earlier than the recorded one.",
    "Compare the two with `codex-bridge drift`.",
  ],
  replay_missing: [
    "The server did not say something that it said in the recording.",
    "Compare the two with `codex-bridge drift`.",
  ],
  replay_unexpected: [
    "The server asked for something that is not in the recording.",
    "Compare the two with `codex-bridge drift`.",
  ],
  replay_exhausted: [
    "Something was asked for once more than it is in the recording.",
    "See which call the message names; the client does more than the recorded one.",
  ],
  replay_framing_unknown: ["There is no framing of this name.", "Use one that the message lists."],
  replay_mismatch: [
    "What happened is not what was recorded; the message names the line.",
    "Compare the two with `codex-bridge drift`.",
  ],
  trace_page_missing: [
    "The trace page is not built.",
    "Use a published package, or install the development dependencies.",
  ],
} as const;
