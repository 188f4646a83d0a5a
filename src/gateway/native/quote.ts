/** Text as one word of a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A path as an operand: never an option, whatever it begins with. */
export function shellPath(path: string): string {
  return shellQuote(path.startsWith("-") ? `./${path}` : path);
}
