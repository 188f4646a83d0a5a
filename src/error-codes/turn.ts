/** Turns. */
export const turnCodes = {
  aborted: ["The attempt was withdrawn before its turn began.", "None needed."],
  aside_failed: ["A side question was interrupted.", "Ask again."],
  aside_used_tool: [
    "The model reached for a tool where only words were asked for; its answer was not passed on.",
    "Ask again, or ask in the conversation itself.",
  ],
  clock_invalid: [
    "A clock has an unknown name or an impossible value.",
    "Correct it as the message says; the README lists the clocks.",
  ],
  compaction_failed: ["The conversation could not be compacted.", "Try again; the conversation is as it was."],
  cwd_not_found: ["The folder to work in does not exist.", "Name one that does."],
  interrupt_unconfirmed: [
    "Codex did not confirm an interrupt (clock `interruptGraceMs`).",
    "None needed: the next turn starts a new server and resumes the thread.",
  ],
  policy_mismatch: [
    "Codex would not use the approval policy or sandbox that was asked for; the turn was not started.",
    "Look for a managed configuration or a profile that overrides it.",
  ],
  prompt_empty: ["There is nothing to send.", "Give at least one character."],
  prompt_too_long: [
    "Codex takes fewer characters than the prompt has.",
    "Put the long part into a file and name the file.",
  ],
  turn_failed: [
    "Codex ended the turn as failed; `category` and `actions` of the result say how.",
    "See the actions of the result.",
  ],
  turn_lost: ["The turn was over on the server, and nothing says how it ended.", "Send the message again."],
  turn_timeout: ["A clock ended the turn; the result names it.", "Give it more time, or ask for less at once."],
  model_substituted: [
    "Codex answered with another model than the one asked for.",
    "Choose a model that this account has.",
  ],
  internal: ["Something that no other code fits; the message is what was thrown.", "Report it."],
} as const;
