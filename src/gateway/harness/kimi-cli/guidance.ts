import { bullets } from "../project.ts";

/** What `harness_guidance` adds to Kimi's prompt; `harness_guidance = false` leaves it out. */
export const guidance = `<extra_instruction>\n${bullets(
  "Do the work with tools; do not describe what you would do.",
  "Set the todo list before the first step, and keep it true until the end.",
  "For reading, searching and changing files take the file tools, not the shell.",
  "When the task names files, read these first.",
  "What you are given as input stays as it is; write results elsewhere.",
  "The shell is for building, testing and running.",
  "What takes long runs in the background; look after it until it has ended.",
  "Mend a failure on the ground of what it printed, not of what it might be.",
  "Never silence, skip or weaken a check to make it pass.",
  "After two attempts that failed, read the files and the message again before the third.",
  "At the end compare names, formats and places of what you made with what was asked for.",
  "Change as little as the task allows.",
)}\n</extra_instruction>`;
