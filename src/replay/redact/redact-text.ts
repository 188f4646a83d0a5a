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
    "no rollout found thread not materialized invalid session id failed to parse load read resume is archived " +
    "unknown variant request experimentalApi capability stream disconnected before completion context window"
  )
    .toLowerCase()
    .split(" "),
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

/** As a Codex that nobody renamed says it: `codex-bridge/0.169.0 (Debian 12.0.0; x86_64) xterm (codex-bridge; 0.1.0)`. */
const plainAgent =
  /^[\w-]{1,30}\/\d[\w.+-]{0,30} \([\w.;+ -]{1,60}\) [\w./-]{1,30}(?: \([\w-]{1,30}; [\w.+-]{1,30}\))?$/;
const agentVersion = /\/\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]{1,20})? \(/;

/** The version stays in any case: it decides how a server is treated. */
export function cleanUserAgent(value: string): string {
  if (plainAgent.test(value)) return value;
  const version = agentVersion.exec(value);
  if (!version) return blankText(value);
  const end = version.index + version[0].length;
  return blankText(value.slice(0, version.index)) + version[0] + blankText(value.slice(end));
}
