import type { CompletedCall, ToolResult } from "../../conversation/types.ts";
import { type EditResult, editFile, editFileBy } from "../../native/edit-file.ts";
import { exec } from "../../native/exec.ts";
import { shellPath } from "../../native/quote.ts";
import { linesOf, readLines } from "../../native/read-lines.ts";
import type { Program } from "../../native/types.ts";
import { writeFile } from "../../native/write-file.ts";
import { absolute } from "../place.ts";
import type { CallContext } from "../types.ts";
import { shellWords } from "./words.ts";

/* `str_replace_editor`, the one command besides `submit` that is no program of the system. */

const editorName = "str_replace_editor";
const mostLines = 2000;

interface EditorCall {
  readonly action: string;
  readonly path: string;
  readonly options: Readonly<Record<string, readonly string[]>>;
}

/** @returns undefined when the command is none of the editor's */
export function editorCall(command: string): EditorCall | undefined {
  if (!new RegExp(`^${editorName}\\s`).test(command)) return undefined;
  const [, action = "", path = "", ...rest] = shellWords(command) ?? [];
  const options: Record<string, string[]> = {};
  let open: string[] | undefined;
  for (const word of rest) {
    const name = /^--(file_text|old_str|new_str|insert_line|view_range)$/.exec(word)?.[1];
    if (name !== undefined) {
      open = [];
      options[name] = open;
    } else if (open) open.push(word);
  }
  return { action, path, options };
}

export function* runEditor(call: EditorCall, at: CallContext): Program<ToolResult> {
  if (call.path === "")
    return { content: `Usage: ${editorName} view|create|str_replace|insert|undo_edit PATH [options]` };
  const file = absolute(at, call.path);
  if (call.action === "view") return yield* view(call, file, at);
  if (call.action === "create") return yield* create(call, file, at);
  if (call.action === "undo_edit") return yield* undo(file, at);
  const change = changeOf(call);
  if (typeof change === "string") return { content: change };
  return toldEdit(file, yield* made(change, file, at));
}

function* view({ options }: EditorCall, file: string, at: CallContext): Program<ToolResult> {
  const [first = 1, last = -1] = (options.view_range ?? []).map(Number);
  const from = Math.max(1, first || 1);
  const count = last < 0 ? mostLines : Math.max(1, last - from + 1);
  const found = yield* readLines(at, { path: file, from, count: Math.min(count, mostLines) });
  if (found.kind === "directory") {
    const listed = yield* exec(at, {
      cmd: `find ${shellPath(file)} -maxdepth 2 -not -path '*/.*' | sort`,
      plain: true,
    });
    const names = listed.kind === "refused" ? listed.text : listed.output;
    return { content: `Files and folders in ${file}, two levels deep, without hidden ones:\n${names}` };
  }
  if (found.kind !== "lines") return { content: unreadable(file, found) };
  return { content: `The lines of ${file}, numbered:\n${numbered(found.lines, found.from)}` };
}

function* create({ options }: EditorCall, file: string, at: CallContext): Program<ToolResult> {
  const [text] = options.file_text ?? [];
  if (text === undefined) return { content: "create needs --file_text." };
  const there = yield* readLines(at, { path: file, from: 1, count: 1 });
  if (there.kind !== "missing") return { content: `${file} exists already; create makes new files only.` };
  const done = yield* writeFile(at, { path: file, content: text });
  return { content: done.kind === "refused" ? done.text : `File created successfully at: ${file}` };
}

type Change = { readonly old: string; readonly fresh: string } | { readonly after: number; readonly text: string };

function changeOf({ action, options }: EditorCall): Change | string {
  const [fresh] = options.new_str ?? [];
  if (action === "str_replace") {
    const [old] = options.old_str ?? [];
    return old === undefined ? "str_replace needs --old_str." : { old, fresh: fresh ?? "" };
  }
  if (action !== "insert") return `The editor knows no "${action}".`;
  const line = Number(options.insert_line?.[0] ?? Number.NaN);
  if (!Number.isInteger(line) || line < 0 || fresh === undefined) return "insert needs --insert_line and --new_str.";
  return { after: line, text: fresh };
}

function* made(change: Change, file: string, at: CallContext): Program<EditResult> {
  if ("old" in change) return yield* editFile(at, { path: file, old: change.old, new: change.fresh });
  return yield* editFileBy(at, file, (text) => {
    const lines = linesOf(text);
    if (change.after > lines.length) {
      return { kind: "unsupported", reason: `it has ${lines.length} lines only` };
    }
    const end = text === "" || text.endsWith("\n") ? "\n" : "";
    const all = [...lines.slice(0, change.after), ...linesOf(change.text), ...lines.slice(change.after)];
    return { after: `${all.join("\n")}${end}`, replacements: 1 };
  });
}

/** Takes the last change of a file back; what it was stands in the conversation. */
function* undo(file: string, at: CallContext): Program<ToolResult> {
  const change = lastChange(file, at);
  if (!change) return { content: `There is no edit of ${file} that can be undone.` };
  const told =
    "old" in change
      ? yield* editFile(at, { path: file, old: change.fresh, new: change.old })
      : yield* editFileBy(at, file, (text) => {
          const lines = linesOf(text);
          const gone = linesOf(change.text);
          if (!gone.every((line, index) => lines[change.after + index] === line)) return { kind: "not_found" };
          lines.splice(change.after, gone.length);
          return { after: `${lines.join("\n")}${text.endsWith("\n") ? "\n" : ""}`, replacements: 1 };
        });
  return told.kind === "edited" ? { content: `The last edit of ${file} was undone.` } : toldEdit(file, told);
}

const editedMark = "has been edited.";
const undoneMark = "was undone.";

function lastChange(file: string, at: CallContext): Change | undefined {
  const stack: Change[] = [];
  for (const { call, result } of at.earlier) {
    const one = editorCall(String(call.input.command ?? ""));
    if (!one || absolute(at, one.path) !== file) continue;
    if (hasMark(result, undoneMark)) stack.pop();
    const change = changeOf(one);
    if (hasMark(result, editedMark) && typeof change !== "string") stack.push(change);
  }
  return stack.at(-1);
}

function hasMark({ content }: CompletedCall["result"], mark: string): boolean {
  return typeof content === "string" && content.split("\n", 1)[0]?.endsWith(mark) === true;
}

const around = 4;

function toldEdit(file: string, result: EditResult): ToolResult {
  if (result.kind === "not_found") return { content: `Nothing was changed: the words do not stand in ${file}.` };
  if (result.kind === "ambiguous") {
    return { content: `Nothing was changed: the words stand ${result.count} times in ${file}; give more lines.` };
  }
  if (result.kind !== "edited") return { content: unreadable(file, result) };
  const [before, after] = [linesOf(result.before), linesOf(result.after)];
  let first = 0;
  while (first < after.length && before[first] === after[first]) first += 1;
  let end = 0;
  while (end < after.length - first && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const from = Math.max(0, first - around);
  const shown = after.slice(from, after.length - end + around);
  return { content: `The file ${file} ${editedMark}\nLines around the change:\n${numbered(shown, from + 1)}` };
}

function unreadable(file: string, found: { kind: string; text?: string; reason?: string }): string {
  if (found.kind === "missing") return `${file} does not exist.`;
  if (found.kind === "binary") return `${file} is no text file.`;
  return found.text ?? `${file} cannot be edited: ${found.reason ?? "it is a folder"}.`;
}

function numbered(lines: readonly string[], from: number): string {
  return lines.map((line, index) => `${String(from + index).padStart(6)}\t${line}`).join("\n");
}
