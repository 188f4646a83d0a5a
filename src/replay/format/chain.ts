import { hash } from "node:crypto";

/** The next link of the hash chain over a recording's lines. `before` is "" for the first; `line` has no newline. */
export function chain(before: string, line: string): string {
  return hash("sha256", before + line);
}
