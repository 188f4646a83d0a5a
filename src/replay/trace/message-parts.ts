/** Recorded messages are whatever was on the pipe: these look into them without believing anything. */
export function partOf(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

export function textOf(value: unknown, ...path: readonly string[]): string | undefined {
  const found = partOf(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberOf(value: unknown, ...path: readonly string[]): number | undefined {
  const found = partOf(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** The thread a message is about. */
export function threadOf(message: unknown): string | undefined {
  for (const part of ["params", "result"]) {
    const found = textOf(message, part, "threadId") ?? textOf(message, part, "thread", "id");
    if (found !== undefined) return found;
  }
  return textOf(message, "threadId");
}

/** One line of at most `maxChars` characters. */
export function brief(text: string, maxChars = 80): string {
  const line = text
    .slice(0, maxChars * 4)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > maxChars ? `${line.slice(0, maxChars - 1)}…` : line;
}
