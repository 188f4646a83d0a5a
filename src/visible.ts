/*
 * Foreign text for people: what a model, a tool, a server or a page has said. It may hold characters that move the
 * cursor, turn the reading direction around, or are not seen at all. Line ends and tabs stay: they are meant.
 */

/**
 * Controls, formats (direction, zero width, tags, soft hyphen), line and paragraph separators, letters without a shape,
 * and variation selectors, except where they make a picture of a sign.
 */
const hidden =
  /(?![\n\t])(?:\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\u034f|[\u115f\u1160\u3164\uffa0]|[\u17b4\u17b5]|[\u{e0100}-\u{e01ef}])|(?<!\p{Extended_Pictographic}|[0-9#*])[\ufe00-\ufe0f]/gu;
/** Joiners are a part of pictures of several people, and of words in some scripts. */
const joiner =
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|(?!\p{Script=Latin})\p{L}|\p{M})(?:\u200c|\u200d)/gu;
/** A pair may be cut in two between two deltas; by itself a half is nothing anybody meant. */
const halves = /\p{Cs}/gu;
/** Spaces that are no space to a shell, and a sign that looks like one. */
const oddSpaces = /(?! )\p{Zs}|\u2800/gu;

/** Without them: for text that streams by, where nothing is decided on. */
export function plain(text: string): string {
  if (text.search(hidden) < 0) return text;
  const joiners = new Set([...text.matchAll(joiner)].map(({ index }) => index));
  return text.replace(hidden, (char: string, at: number) => (joiners.has(at) ? char : ""));
}

/** Each of them by its code: nothing is lost, nothing can hide. */
export function visible(text: string): string {
  return text.replace(hidden, code).replace(halves, code);
}

/** As `visible`, and a space that is not the usual one is told from it: for what somebody is to allow. */
export function literal(text: string): string {
  return visible(text).replace(oddSpaces, code);
}

function code(char: string): string {
  const point = char.codePointAt(0)!;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, "0")}`;
}
