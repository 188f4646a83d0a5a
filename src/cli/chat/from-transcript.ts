import type { TranscriptEntry, TranscriptTool } from "../../transcript/entry.ts";
import { editsOf } from "./edits.ts";
import type { Item } from "./items.ts";

/** The items of a session that was held before: what they were when it was held, without what only a live view has. */
export function itemsOf(entries: readonly TranscriptEntry[]): Item[] {
  return entries.map(itemOf).filter((item) => item !== undefined);
}

function itemOf({ id, kind, text = "", phase, tool }: TranscriptEntry): Item | undefined {
  switch (kind) {
    case "user":
      return { kind, text };
    case "assistant":
      return { kind: "answer", id, text, ...(phase === "commentary" ? { commentary: true as const } : {}) };
    case "reasoning":
      return { kind: "thought", id, text };
    case "plan":
      return { kind: "told", text };
    case "notice":
      return { kind: "note", level: "info", text };
    case "error":
      return { kind: "note", level: "error", text };
    case "tool":
      return tool && toolItem(id, tool);
  }
}

function toolItem(id: string, { name, title, status, input, output }: TranscriptTool): Item {
  const edits = name === "apply_patch" ? editsOf(input) : [];
  return {
    kind: "tool",
    id,
    name,
    title,
    // Whose tool it was, a transcript does not say.
    native: name === "exec" || name === "apply_patch",
    status,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(edits.length > 0 ? { edits } : {}),
  };
}

/** The end of a long session, and how much of it is left out. */
export function lastOf(items: readonly Item[], most: number): { shown: readonly Item[]; earlier: number } {
  if (items.length <= most) return { shown: items, earlier: 0 };
  // From a prompt on, where one is near: an answer without its question is hard to read.
  const from = items.length - most;
  const prompt = items.findIndex(({ kind }, index) => index >= from && kind === "user");
  const start = prompt < 0 ? from : prompt;
  return { shown: items.slice(start), earlier: start };
}
