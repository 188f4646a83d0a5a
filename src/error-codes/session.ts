/** Sessions, threads and what is kept of them. */
export const sessionCodes = {
  session_busy: [
    "Another turn runs in this session, here or in the process that the message names.",
    "Wait for it, interrupt it, or use another session.",
  ],
  session_has_no_thread: ["There is no conversation in this session yet.", "Send a message first."],
  session_unknown: ["No session has this name.", "`codex-bridge sessions list` shows those there are."],
  session_store_closed: ["The store was used after its harness was disposed.", "Make a new harness."],
  session_store_locked: [
    "Another program holds the session store locked.",
    "Close it (a database browser, a backup) and try again.",
  ],
  session_store_newer: [
    "A newer version has written the session store.",
    "Update codex-bridge, or use another state folder.",
  ],
  session_store_unusable: [
    "The session store cannot be read or written.",
    "Check permissions and free space; nothing was half-written.",
  ],
  state_unwritable: [
    "The state folder cannot be written.",
    "Give the user that runs this write access, or name another folder.",
  ],
  thread_bound_elsewhere: [
    "The thread belongs to another session.",
    "Unbind that one first (`codex-bridge sessions unbind`).",
  ],
  thread_busy: [
    "Codex still runs another turn on the thread (clock `sessionWaitMs`).",
    "Wait for it, or interrupt it in the client that started it.",
  ],
  thread_id_invalid: ["This is not the id of a Codex thread.", "`codex-bridge sessions list` shows the ids."],
  fork_point_unsupported: [
    "This Codex cannot fork the conversation at that turn.",
    "Fork without a turn, or use Codex 0.143 or newer.",
  ],
  transcript_unwritable: [
    "The turn ran, but its transcript could not be written.",
    "Check permissions and free space; the Codex thread has the whole turn.",
  ],
} as const;
