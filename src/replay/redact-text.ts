/*
 * Texts are replaced unit by unit (UTF-16), each by one that stands for its class. Therefore
 * blankText(a) + blankText(b) === blankText(a + b) wherever a text is cut, also inside a surrogate pair: deltas still add
 * up to the text of their item. Length, UTF-8 length, lines, spaces and ASCII punctuation stay; no word does.
 */

const notAscii = /[^\0-\x7f]/;

/** A text without its words. */
export function blankText(text: string): string {
  const ascii = text.replace(/[a-z]/g, "x").replace(/[A-Z]/g, "X").replace(/[0-9]/g, "0");
  return notAscii.test(ascii) ? blankOthers(ascii) : ascii;
}

/** Each by a character with as many bytes in UTF-8. Spaces and line separators stay: what is blank remains blank. */
function blankOthers(text: string): string {
  return text
    .replace(/[\ud800-\udbff]/g, "\ud83d")
    .replace(/[\udc00-\udfff]/g, "\ude00")
    .replace(/[\x80-\u07ff]/g, (unit) => (/\s/.test(unit) ? unit : "é"))
    .replace(/[\u0800-\ud7ff\ue000-\uffff]/g, (unit) => (/\s/.test(unit) ? unit : "文"));
}

/** Words that servers refuse with: code tells refusals apart by them. They may stay in the text of an error. */
const errorWords = new Set(
  (
    "no rollout found for thread id not materialized session invalid failed to parse load read resume is archived unknown variant " +
    "expected one of missing field type request params turn active steer cannot a an the was has have with already running " +
    "does exist experimentalapi capability requires experimental supported unsupported stream disconnected before completion " +
    "context window exceeded model error server method in or and be must"
  ).split(" "),
);

/**
 * The text of an error: ids as everywhere, the protocol's own words as they are, all else blanked.
 * @param known what a word may stand as, if it may: a method's name, or the placeholder it has elsewhere
 */
export function blankError(text: string, known: (word: string) => string | undefined): string {
  return text.replace(/[A-Za-z0-9_/$-]+|[^\0-\x7f]+/g, (word) => {
    const replacement = known(word);
    if (replacement !== undefined) return replacement;
    return word.replace(/[A-Za-z0-9]+|[^\0-\x7f]+/g, (part) =>
      errorWords.has(part.toLowerCase()) ? part : blankText(part),
    );
  });
}

const shell = /^\/(?:usr\/)?bin\/(?:ba|z|da)?sh -l?c /;

/** A command; the shell that Codex puts around it stays, because it is taken off again where commands are shown. */
export function blankCommand(command: string): string {
  const wrapping = shell.exec(command)?.[0] ?? "";
  return wrapping + blankText(command.slice(wrapping.length));
}
