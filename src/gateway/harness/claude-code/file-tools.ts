import { z } from "zod";
import type { ToolResult } from "../../conversation/types.ts";
import { editFileBy, replaced } from "../../native/edit-file.ts";
import { exec } from "../../native/exec.ts";
import { shellPath } from "../../native/quote.ts";
import { readLines } from "../../native/read-lines.ts";
import { readText } from "../../native/read-text.ts";
import type { Program } from "../../native/types.ts";
import { viewImage } from "../../native/view-image.ts";
import { writeFile } from "../../native/write-file.ts";
import { absolute, isImage } from "../place.ts";
import type { CallContext } from "../types.ts";
import { knowledgeOf, unreadReason } from "./known-text.ts";
import { failed, reminder, tool } from "./results.ts";

const mostLines = 2000;
const path = z.string().describe("Absolute path of the file.");

export const read = tool({
  name: "Read",
  description:
    "The text of a file, each line behind its number and a tab, or a picture. Without offset and limit it is the whole file, up to 2000 lines; of a large file ask for a part. Several files can be read side by side.",
  parallel: true,
  input: z.object({
    file_path: path,
    offset: z.int().min(0).optional().describe("Number of the first line, from 1; for large files."),
    limit: z.int().gt(0).optional().describe("How many lines; for large files."),
    pages: z.string().optional().describe("Pages of a PDF; PDFs cannot be read here."),
  }),
  *run({ file_path, offset, limit, pages }, at) {
    const file = absolute(at, file_path);
    if (pages !== undefined || /\.pdf$/i.test(file)) {
      return failed("PDFs cannot be read here. Turn it into text with a command, if there is one.");
    }
    if (isImage(file)) {
      const seen = yield* viewImage(at, file);
      return seen.kind === "image" ? { content: seen.parts } : failed(seen.text);
    }
    if (offset === undefined && limit === undefined) return yield* readWhole(at, file);
    const told = yield* readLines(at, { path: file, from: Math.max(1, offset ?? 1), count: limit ?? mostLines });
    if (told.kind !== "lines") return failed(unreadable(at, file, told));
    const { from, total, ended } = told;
    const last = from + told.lines.length - 1;
    const lines =
      ended && last === total && told.lines.length < (limit ?? mostLines) ? [...told.lines, ""] : told.lines;
    if (lines.length === 0) {
      return { content: reminder(`The file has ${total ?? "fewer"} lines; there is none from line ${from} on.`) };
    }
    return { content: numbered(lines, from) };
  },
});

function* readWhole(at: CallContext, file: string): Program<ToolResult> {
  const told = yield* readText(at, { path: file });
  if (told.kind === "too_large") {
    const counted = yield* exec(at, { cmd: `wc -c ${shellPath(file)}`, plain: true });
    const bytes = counted.kind === "exited" ? /\d+/.exec(counted.output)?.[0] : undefined;
    const size = bytes === undefined ? "" : ` (${Math.ceil(Number(bytes) / 1024)} KiB)`;
    return failed(`All of the file is too much at once${size}. Use offset and limit for a part of it, or Grep.`);
  }
  if (told.kind !== "text") return failed(unreadable(at, file, told));
  if (told.text === "") return { content: reminder("The file is there, and it is empty.") };
  const lines = told.text.split("\n");
  if (lines.length <= mostLines) return { content: numbered(lines, 1) };
  const rest = `These are lines 1 to ${mostLines} of ${lines.length}. Read on with offset and limit.`;
  return { content: `${numbered(lines.slice(0, mostLines), 1)}\n${reminder(rest)}` };
}

function numbered(lines: readonly string[], from: number): string {
  return lines.map((line, index) => `${from + index}\t${line}`).join("\n");
}

function unreadable(
  { context }: CallContext,
  file: string,
  told:
    | { readonly kind: "missing" }
    | { readonly kind: "directory" }
    | { readonly kind: "binary" }
    | { readonly kind: "refused"; readonly text: string },
): string {
  if (told.kind === "missing") return `File does not exist: ${file}. The working directory is ${context.cwd}.`;
  if (told.kind === "directory") return `${file} is a directory. List it with a command.`;
  return told.kind === "binary" ? `${file} is not a text file.` : told.text;
}

export const edit = tool({
  name: "Edit",
  description:
    "Replaces words in a file. old_string has to stand there exactly, without the numbers Read shows, and only once: give enough lines around it, or set replace_all. The file must have been read before in this conversation. With an empty old_string a new file is made.",
  input: z.object({
    file_path: path,
    old_string: z.string().describe("What stands there now."),
    new_string: z.string().describe("What shall stand there; something else."),
    replace_all: z.boolean().default(false).optional().describe("Replace it everywhere; default false."),
  }),
  *run({ file_path, old_string, new_string, replace_all = false }, at) {
    const file = absolute(at, file_path);
    if (old_string === new_string) return failed("new_string is the same as old_string: nothing would change.");
    if (old_string === "") return yield* create(at, file, new_string);
    const known = knowledgeOf(at, file);
    const unread = unreadReason(known, undefined);
    if (unread !== undefined) return failed(unread);
    let stale: string | undefined;
    const done = yield* editFileBy(at, file, (text) => {
      stale = unreadReason(known, text);
      return stale === undefined
        ? replaced(text, { old: old_string, new: new_string, all: replace_all })
        : { kind: "not_found" };
    });
    if (stale !== undefined) return failed(stale);
    if (done.kind === "not_found") return failed(`old_string does not stand in the file:\n${old_string}`);
    if (done.kind === "ambiguous") {
      return failed(
        `old_string stands there ${done.count} times. Give more lines around the one that is meant, or set replace_all:\n${old_string}`,
      );
    }
    if (done.kind === "unsupported") return failed(`${file}: ${done.reason}.`);
    if (done.kind !== "edited") return failed(unreadable(at, file, done));
    const what = replace_all ? "All occurrences were replaced" : "The edit was made";
    return { content: `The file ${file} has been updated. ${what}; it need not be read again.` };
  },
});

function* create(at: CallContext, file: string, content: string): Program<ToolResult> {
  const there = yield* readText(at, { path: file });
  const free = there.kind === "missing" || (there.kind === "text" && there.text === "");
  if (!free) return failed(`Cannot create ${file}: something is there already. old_string must say what to replace.`);
  const done = yield* writeFile(at, { path: file, content });
  return done.kind === "refused" ? failed(done.text) : { content: `File created successfully at: ${file}` };
}

export const write = tool({
  name: "Write",
  description:
    "Writes a whole file, new or not; folders are made. A file that is there must have been read before in this conversation. To change a part of one, use Edit.",
  input: z.object({
    file_path: path,
    content: z.string().describe("The whole text."),
  }),
  *run({ file_path, content }, at) {
    const file = absolute(at, file_path);
    const there = yield* readText(at, { path: file });
    if (there.kind === "directory" || there.kind === "refused") return failed(unreadable(at, file, there));
    const fresh = there.kind === "missing";
    const unread = fresh
      ? undefined
      : unreadReason(knowledgeOf(at, file), there.kind === "text" ? there.text : undefined);
    if (unread !== undefined) return failed(unread);
    const done = yield* writeFile(at, { path: file, content });
    if (done.kind === "refused") return failed(done.text);
    if (fresh) return { content: `File created successfully at: ${file}` };
    return { content: `The file ${file} has been updated; it need not be read again.` };
  },
});
