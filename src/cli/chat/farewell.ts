import { cleanLine } from "./clean.ts";

/** How to go on with a session, as it can be typed into a shell; where its state is not in the usual place, with that. */
export function farewell(key: string, state: string | undefined): string {
  const place = state === undefined ? "" : ` --state ${shellWord(state)}`;
  return `codex-bridge chat${place} --session ${shellWord(key)} goes on with this session.`;
}

function shellWord(text: string): string {
  const word = cleanLine(text);
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
