import { literal, visible } from "../visible.ts";

/** Foreign text for a person: what would not be seen is shown by its code; not longer than it may be, both ends are kept. */
export function shown(text: string, maxChars: number): string {
  return bothEnds(visible(text), maxChars);
}

/** What somebody is to allow: what they read is what will be done, sign by sign. */
export function shownLiterally(text: string, maxChars: number): string {
  return bothEnds(literal(text), maxChars);
}

/** The beginning and the end of a long text, with how much was left out between them. */
export function bothEnds(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const half = Math.max(1, Math.floor(maxChars / 2));
  // Not in the middle of a character that takes two units.
  const head = text.slice(0, half).replace(/[\ud800-\udbff]$/, "");
  const tail = text.slice(-half).replace(/^[\udc00-\udfff]/, "");
  return `${head}\n… ${text.length - head.length - tail.length} characters left out …\n${tail}`;
}
