import type { ToolResult } from "../../conversation/types.ts";
import { linesOf } from "../../native/read-lines.ts";
import { toolMaker } from "../tool.ts";

export function failed(words: string): ToolResult {
  return { content: `Error: ${words}`, isError: true };
}

export const tool = toolMaker(failed);

export function json(value: unknown): ToolResult {
  return { content: JSON.stringify(value, undefined, 2) };
}

const around = 3;

/** The change of a file as one hunk of a unified diff. */
export function unifiedDiff(file: string, before: string, after: string): string {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let first = 0;
  while (first < old.length && first < fresh.length && old[first] === fresh[first]) first += 1;
  let end = 0;
  const most = Math.min(old.length, fresh.length) - first;
  while (end < most && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end += 1;
  const from = Math.max(0, first - around);
  const tail = old.slice(old.length - end, old.length - end + around);
  const gone = old.slice(first, old.length - end);
  const come = fresh.slice(first, fresh.length - end);
  const context = old.slice(from, first);
  const size = (lines: readonly string[]): number => context.length + lines.length + tail.length;
  const start = (lines: readonly string[]): number => (size(lines) === 0 ? 0 : from + 1);
  return [
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -${start(gone)},${size(gone)} +${start(come)},${size(come)} @@`,
    ...context.map((line) => ` ${line}`),
    ...gone.map((line) => `-${line}`),
    ...come.map((line) => `+${line}`),
    ...tail.map((line) => ` ${line}`),
  ].join("\n");
}
