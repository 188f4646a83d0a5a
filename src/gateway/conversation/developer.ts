import type { Entry, Part, UserEntry } from "./types.ts";

/**
 * Developer texts from before the first message belong to the prompt. What comes later (new instructions, a host's
 * context of this turn) is told with the message it comes before: in the prompt it would change the beginning of every
 * request, and the provider would have nothing of the conversation in its cache.
 *
 * @param strict later texts are left out, as the first ones are
 */
export function developerInPlace(
  entries: readonly Entry[],
  strict: boolean,
): { readonly entries: readonly Entry[]; readonly developer: readonly string[] } {
  const begun = entries.findIndex(({ kind }) => kind !== "developer");
  const before = begun < 0 ? entries : entries.slice(0, begun);
  const developer = before.flatMap((entry) => (entry.kind === "developer" ? [entry.text] : []));
  const told: Entry[] = [...before];
  let waiting: string[] = [];
  for (const entry of begun < 0 ? [] : entries.slice(begun)) {
    if (entry.kind === "developer") {
      if (!strict) waiting.push(tagged(entry.text));
      continue;
    }
    if (waiting.length > 0 && entry.kind !== "user") told.push({ kind: "user", parts: [text(waiting)] });
    told.push(entry.kind === "user" && waiting.length > 0 ? after(waiting, entry) : entry);
    waiting = [];
  }
  if (waiting.length > 0) told.push({ kind: "user", parts: [text(waiting)] });
  return { entries: told, developer };
}

/** One text stays one text: not every server takes a list of parts. */
function after(notes: readonly string[], entry: UserEntry): UserEntry {
  const [first, ...rest] = entry.parts;
  const parts = first?.type === "text" ? [text([...notes, first.text]), ...rest] : [text(notes), ...entry.parts];
  return { ...entry, parts };
}

function text(pieces: readonly string[]): Part {
  return { type: "text", text: pieces.join("\n\n") };
}

/** A host's context comes in tags of its own. */
function tagged(words: string): string {
  return /^<([a-z][\w-]*)>[\s\S]*<\/\1>\s*$/.test(words.trimStart())
    ? words
    : `<developer_instructions>\n${words}\n</developer_instructions>`;
}
