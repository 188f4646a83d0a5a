/** The words of a shell command as far as quotes and backslashes go; undefined when a quote stays open. */
export function shellWords(command: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < command.length; ) {
    const char = command[at]!;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else if (char === "'") {
      const end = command.indexOf("'", at + 1);
      if (end < 0) return undefined;
      word = (word ?? "") + command.slice(at + 1, end);
      at = end + 1;
    } else if (char === '"') {
      const quoted = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(command.slice(at));
      if (!quoted) return undefined;
      word = (word ?? "") + (quoted[1] ?? "").replace(/\\(["\\$`])/g, "$1").replace(/\\\n/g, "");
      at += quoted[0].length;
    } else if (char === "\\") {
      word = (word ?? "") + (command[at + 1] ?? "");
      at += 2;
    } else {
      word = (word ?? "") + char;
      at += 1;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
