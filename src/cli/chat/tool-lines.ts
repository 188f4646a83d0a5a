import path from "node:path";
import { truncateToWidth } from "@earendil-works/pi-tui";
import { cleanLine, cleanOutput } from "./clean.ts";
import type { Edit } from "./edits.ts";
import type { ItemLinesOptions } from "./item-lines.ts";
import type { AgentItem, ToolItem } from "./items.ts";
import { oneLine } from "./lines.ts";
import type { Theme } from "./theme.ts";

/** So many lines of an output are shown: the last ones, where a command says how it went. */
const outputLines = 5;
const maxEdits = 8;

/** A tool's line, with what it did below. */
export function toolLines(item: ToolItem, width: number, { theme, cwd }: ItemLinesOptions): string[] {
  const mark = { running: "▸", completed: "✓", failed: "✗", declined: "✗", incomplete: "✗" }[item.status];
  const paint = item.status === "running" ? theme.accent : item.status === "completed" ? theme.good : theme.bad;
  const end = ending(item);
  const title = oneLine(titleOf(item), width - 2 - (end === "" ? 0 : end.length + 2));
  const head = `${paint(mark)} ${theme.bold(title)}${end === "" ? "" : `  ${paint(end)}`}`;
  if (item.edits) return [head, ...editLines(item.edits, width, theme, cwd)];
  return [head, ...tail(item.output ?? "", width, theme)];
}

function titleOf({ name, title, native, input, edits }: ToolItem): string {
  if (edits) return edits.length === 1 ? "edit a file" : `edit ${edits.length} files`;
  if (name === "exec") return unquoted(title);
  if (name === "web_search") return `search the web: ${title}`;
  // What a tool of somebody else does, only its arguments tell.
  const args = native && title !== name.split(".").at(-1) ? title : argumentsOf(input);
  return args === "" ? name : `${name} ${args}`;
}

/** Codex quotes a command for a shell; with an apostrophe in it, it does so in double quotes. */
function unquoted(command: string): string {
  const inside = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(command)?.[1];
  return inside === undefined ? command : inside.replaceAll(/\\([$`"\\])/g, "$1");
}

function argumentsOf(input: unknown): string {
  const text = input === undefined ? "" : JSON.stringify(input);
  return text === "{}" ? "" : text.slice(0, 500);
}

/** How it ended, unless it ended well. */
function ending({ status, exitCode }: ToolItem): string {
  if (status === "running") return "";
  if (exitCode !== undefined && exitCode !== 0) return `exit ${exitCode}`;
  if (status === "completed") return "";
  return status === "incomplete" ? "cut off" : status;
}

function tail(output: string, width: number, theme: Theme): string[] {
  const text = cleanOutput(output);
  if (text === "") return [];
  const lines = text.split("\n");
  const shown = lines.slice(-outputLines);
  const left = lines.length - shown.length;
  const more = left > 0 ? [theme.dim(`  │ … ${left} more ${left === 1 ? "line" : "lines"} above`)] : [];
  return [...more, ...shown.map((line) => theme.dim(`  │ ${truncateToWidth(line, Math.max(1, width - 4), "…")}`))];
}

function editLines(edits: readonly Edit[], width: number, theme: Theme, cwd: string): string[] {
  const letters: Record<string, string> = { add: "A", delete: "D" };
  const lines = edits.slice(0, maxEdits).map(({ path: file, kind, added, removed }) => {
    const stat = [added > 0 ? theme.good(`+${added}`) : "", removed > 0 ? theme.bad(`−${removed}`) : ""];
    const numbers = stat.filter((each) => each !== "").join(" ");
    const room = width - 6 - `+${added} −${removed}  `.length;
    return `${theme.dim("  │ ")}${letters[kind] ?? "M"} ${oneLine(shortPath(file, cwd), room)}  ${numbers}`;
  });
  const left = edits.length - maxEdits;
  return left > 0 ? [...lines, theme.dim(`  │ … ${left} more files`)] : lines;
}

/** A path below the folder one works in, as one would write it there. */
export function shortPath(file: string, cwd: string): string {
  const below = path.relative(cwd, file);
  return below !== "" && !below.startsWith("..") && !path.isAbsolute(below) ? below : file;
}

/** A sub-agent: what it was told, how it stands, what it does now or said last. */
export function agentLines({ status, task = "", text = "", doing }: AgentItem, width: number, theme: Theme): string[] {
  const [mark, paint] = /running|left/.test(status)
    ? (["▸", theme.accent] as const)
    : status === "completed"
      ? (["✓", theme.good] as const)
      : (["✗", theme.bad] as const);
  const state = cleanLine(status.replace("_", " "));
  const head = `${paint(mark)} ${theme.bold(oneLine(`agent ${task}`, width - 4 - state.length))}  ${paint(state)}`;
  const below = doing ?? text;
  return below === "" ? [head] : [head, theme.dim(`  │ ${oneLine(below, width - 4)}`)];
}
