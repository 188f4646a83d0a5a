import type { PriorMessage } from "../thread/projection.ts";
import type { TranscriptEntry } from "./entry.ts";

/** A transcript as what a new thread may be told of it: words and which tools ran, not what they were called with. */
export function priorMessages(entries: readonly TranscriptEntry[]): PriorMessage[] {
  return entries.flatMap((entry): PriorMessage[] => {
    if (entry.kind === "tool" && entry.tool) return [{ role: "tool", text: `${entry.tool.name} ${entry.tool.status}` }];
    if ((entry.kind === "user" || entry.kind === "assistant") && entry.text)
      return [{ role: entry.kind, text: entry.text }];
    return [];
  });
}
