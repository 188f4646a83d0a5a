import type { Conversation, ModelCall } from "../../conversation/types.ts";
import type { Scene } from "./observe.ts";
import { reminder } from "./results.ts";
import { listTools } from "./task-list.ts";

/* What the program says within messages of the user. Each stays where it was said first, in the same words. */

/** The texts in front of the first message. */
export function openingReminders({ documents, skills }: Conversation, { date }: Scene, withSkills: boolean): string[] {
  const files = documents.map(({ place, text }) => `# AGENTS.md${place === "" ? "" : ` (${place})`}\n${text.trim()}`);
  const context = [
    "Context for what the user asks. Where it is instructions of the project, follow them; leave aside what does not matter.",
    ...files,
    `# currentDate\nToday's date is ${date}.`,
  ];
  return [...(withSkills && skills !== "" ? [reminder(skills)] : []), reminder(context.join("\n"))];
}

const resultsWithoutList = 10;

export const listReminder =
  "The list of tasks was not touched for a while. If the work has several steps, keep it with TaskCreate and TaskUpdate, and remove what no longer holds. If it has not, leave this aside; the user need not hear of it.";

/** Calls whose results end with the reminder: the tenth since the list was last touched, once each time. */
export function listReminders({ entries }: Conversation): ReadonlySet<ModelCall> {
  const found = new Set<ModelCall>();
  let since = 0;
  for (const entry of entries) {
    if (entry.kind !== "assistant") continue;
    for (const { call } of entry.calls) {
      since = listTools.has(call.name) ? 0 : since + 1;
      if (since === resultsWithoutList) found.add(call);
    }
  }
  return found;
}
