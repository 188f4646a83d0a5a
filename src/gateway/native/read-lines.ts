import { exec } from "./exec.ts";
import type { At } from "./offered.ts";
import { shellPath } from "./quote.ts";
import { type ReadResult, readText } from "./read-text.ts";
import type { Program } from "./types.ts";

export type LinesResult =
  | {
      readonly kind: "lines";
      readonly lines: readonly string[];
      /** Number of the first of them; the first of a file is 1. */
      readonly from: number;
      /** Lines of the whole file; unknown where they could not be counted. */
      readonly total?: number;
      /** The file ends with a line feed; unknown of what was not read as a whole. */
      readonly ended?: boolean;
    }
  | Exclude<ReadResult, { kind: "text" } | { kind: "too_large" }>;

const pieceTokens = 60_000;

/** Some lines of a text file. A negative `from` counts from its end. */
export function* readLines(
  at: At,
  { path, from, count }: { readonly path: string; readonly from: number; readonly count: number },
): Program<LinesResult> {
  const whole = yield* readText(at, { path });
  if (whole.kind === "text") {
    const all = linesOf(whole.text);
    const start = from < 0 ? Math.max(0, all.length + from) : Math.max(0, from - 1);
    const lines = all.slice(start, start + count);
    return { kind: "lines", lines, from: start + 1, total: all.length, ended: whole.text.endsWith("\n") };
  }
  if (whole.kind !== "too_large") return whole;
  const counted = yield* exec(at, { cmd: `awk 'END { print NR }' ${shellPath(path)}`, plain: true });
  const total = counted.kind === "exited" && counted.code === 0 ? Number(counted.output) : undefined;
  const start = from < 0 ? Math.max(1, (total ?? 0) + from + 1) : Math.max(1, from);
  const cmd = `sed -n '${start},${start + count - 1}p' ${shellPath(path)}`;
  const told = yield* exec(at, { cmd, maxOutputTokens: pieceTokens, plain: true });
  if (told.kind === "refused") return told;
  if (told.kind !== "exited" || told.code !== 0) return { kind: "refused", text: told.output.trim() };
  return { kind: "lines", lines: linesOf(told.output), from: start, ...(total === undefined ? {} : { total }) };
}

/** Lines without their ends; the end of the last one begins no new line. */
export function linesOf(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
