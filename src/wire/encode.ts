/**
 * One message as one line, newline included. A lone UTF-16 surrogate becomes U+FFFD: Codex exits on invalid UTF-8 and
 * refuses the `\udXXX` escape. JSON.stringify writes that escape only for lone surrogates, so looking for it is enough;
 * the pairwise scan tells a real escape from text that merely looks like one (`\\ud800`) and covers keys as well,
 * which a replacer function would miss.
 */
export function encodeLine(message: object): string {
  const text = JSON.stringify(message);
  if (!text.includes("\\ud")) return `${text}\n`;
  return `${text.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (found, lone) => (lone ? "\uFFFD" : found))}\n`;
}
