/**
 * Text that grows by deltas, at a cost that depends on the delta alone. Joined strings are trees until somebody reads
 * them; every few kilobytes the newest part is made flat, so that a million deltas do not keep a million pieces.
 */
export interface StreamedText {
  readonly head: string;
  readonly tail: string;
}

const flattenAtChars = 8192;

export const noText: StreamedText = { head: "", tail: "" };

export function appendText(text: StreamedText, delta: string): StreamedText {
  const tail = text.tail + delta;
  if (tail.length < flattenAtChars) return { head: text.head, tail };
  // Reading a character makes an engine flatten a joined string; it has to be used, or the reading is optimised away.
  return { head: text.head + (tail.charAt(0) + tail.slice(1)), tail: "" };
}

export function fullText(text: StreamedText): string {
  return text.head + text.tail;
}

export function isBlank(text: StreamedText): boolean {
  return text.head === "" && text.tail === "";
}
