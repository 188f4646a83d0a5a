/** Where two transcripts differ. */
export interface TextDifference {
  /** Line of the first one, from 1. */
  readonly line: number;
  readonly expected: string;
  readonly found: string;
}

/** The first line in which a transcript is another; undefined when there is none. */
export function textDifference(expected: string, found: string): TextDifference | undefined {
  if (expected === found) return undefined;
  const [a, b] = [expected.split("\n"), found.split("\n")];
  const at = [...a, ...b].findIndex((_, index) => a[index] !== b[index]);
  return { line: at + 1, expected: a[at] ?? "(it ends)", found: b[at] ?? "(it ends)" };
}

/** Ids, and the placeholders that redaction has for the parts of a path. */
const ids =
  /(?<=\/)p\d+\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?:msg|call|rs|exec|fc|ctc)[_-][\w-]+|\bitem-\d+\b/g;

/** A transcript with its ids counted through: two runs of the same thing have other ids in the same places. */
export function renumbered(text: string): string {
  const known = new Map<string, string>();
  return text.replaceAll(ids, (id) => {
    const number = known.get(id) ?? `#${known.size + 1}`;
    known.set(id, number);
    return number;
  });
}
