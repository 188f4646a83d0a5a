import { z } from "zod";
import { editFile } from "../../native/edit-file.ts";
import { findFiles, listFolder } from "../../native/find-files.ts";
import { grep } from "../../native/grep.ts";
import { linesOf, readLines } from "../../native/read-lines.ts";
import { viewImage } from "../../native/view-image.ts";
import { writeFile } from "../../native/write-file.ts";
import { absolute, isImage } from "../place.ts";
import { failed, tool } from "./results.ts";

const mostLines = 2000;
const mostMatches = 100;

const listDirectory = tool({
  name: "list_directory",
  description: "Names of the files and folders that stand directly in one folder.",
  parallel: true,
  input: z.object({
    path: z.string().describe("Absolute path of the folder."),
    ignore: z.array(z.string()).optional().describe("Globs of names to leave out."),
    file_filtering_options: z
      .object({
        respect_git_ignore: z.boolean().optional().describe("Leave out what .gitignore names."),
        respect_qwen_ignore: z.boolean().optional().describe("Leave out what .qwenignore names."),
      })
      .optional()
      .describe("Which ignore files count."),
  }),
  *run({ path: dir, ignore = [] }, at) {
    const place = absolute(at, dir);
    const told = yield* listFolder(at, place);
    if (told.kind === "failed") return failed(`The folder ${place} cannot be listed: ${told.text}`);
    const left = new Set(ignore);
    const entries = told.entries.filter(({ name }) => name !== ".git" && !left.has(name));
    if (entries.length === 0) return { content: `Directory ${place} is empty.` };
    const lines = entries.map(({ name, folder }) => (folder ? `[DIR] ${name}` : name));
    return { content: `Listed ${entries.length} item(s) in ${place}:\n---\n${lines.join("\n")}` };
  },
});

const readFile = tool({
  name: "read_file",
  description:
    "The text of a file, or a picture. A long file comes in parts: ask for the next with offset, which counts lines from 0.",
  parallel: true,
  input: z.object({
    file_path: z.string().describe("Absolute path of the file."),
    offset: z.number().optional().describe("Number of the first line to read, from 0."),
    limit: z.number().optional().describe("How many lines to read."),
    pages: z.string().optional().describe("Pages of a PDF; PDFs cannot be read here."),
  }),
  *run({ file_path, offset = 0, limit = mostLines }, at) {
    const file = absolute(at, file_path);
    if (isImage(file)) {
      const seen = yield* viewImage(at, file);
      return seen.kind === "image" ? { content: seen.parts } : failed(seen.text);
    }
    const from = Math.max(0, Math.trunc(offset)) + 1;
    const told = yield* readLines(at, { path: file, from, count: Math.max(1, Math.trunc(limit)) });
    if (told.kind === "missing") return failed(`File not found: ${file}`);
    if (told.kind === "directory") return failed(`${file} is a folder, not a file.`);
    if (told.kind === "binary") return failed(`${file} is not a text file.`);
    if (told.kind === "refused") return failed(told.text);
    const { lines, total } = told;
    const text = lines.join("\n");
    const last = told.from + lines.length - 1;
    const whole = told.from === 1 && last === total;
    if (whole) return { content: told.ended ? `${text}\n` : text };
    return { content: `Showing lines ${told.from}-${last} of ${total ?? "many"} total lines.\n\n---\n\n${text}` };
  },
});

const grepSearch = tool({
  name: "grep_search",
  description:
    "Lines of files that fit a regular expression, with file and line number. Prefer it to grep in the shell.",
  parallel: true,
  input: z.object({
    pattern: z.string().describe("Regular expression."),
    glob: z.string().optional().describe('Only files whose names fit, such as "*.ts".'),
    path: z.string().optional().describe("File or folder to search in; default the working folder."),
    limit: z.number().optional().describe("Most lines to show."),
  }),
  *run({ pattern, glob, path, limit = mostMatches }, at) {
    const told = yield* grep(at, {
      pattern,
      workdir: at.context.cwd,
      mode: "lines",
      ignoreCase: true,
      ...(path === undefined ? {} : { path }),
      ...(glob === undefined ? {} : { globs: [glob] }),
    });
    if (told.kind === "failed") return failed(`The search failed: ${told.text}`);
    const place = path === undefined ? "in the workspace directory" : `in path "${path}"`;
    const filter = glob === undefined ? "" : ` (filter: "${glob}")`;
    const { lines } = told;
    if (lines.length === 0) return { content: `No matches found for pattern "${pattern}" ${place}${filter}.` };
    const count = `${lines.length} ${lines.length === 1 ? "match" : "matches"}`;
    const shown = lines.slice(0, limit);
    const rest = lines.length > shown.length ? `\n---\n[${lines.length - shown.length} lines truncated] ...` : "";
    return { content: `Found ${count} for pattern "${pattern}" ${place}${filter}:\n---\n${shown.join("\n")}${rest}` };
  },
});

const glob = tool({
  name: "glob",
  description: "Paths of files whose names fit a glob such as `src/**/*.ts`; the newest come first.",
  parallel: true,
  input: z.object({
    pattern: z.string().describe("The glob."),
    path: z.string().optional().describe("Folder to search in; default the working folder."),
  }),
  *run({ pattern, path }, at) {
    const dir = absolute(at, path ?? ".");
    const told = yield* findFiles(at, { pattern, dir });
    if (told.kind === "failed") return failed(`The search failed: ${told.text}`);
    const place = path === undefined ? "the workspace directory" : dir;
    if (told.paths.length === 0) return { content: `No files found matching pattern "${pattern}" within ${place}` };
    const shown = told.paths.slice(0, mostMatches).map((name) => `${dir.replace(/\/$/, "")}/${name}`);
    const rest = told.paths.length - shown.length;
    const head = `Found ${told.paths.length} file(s) matching "${pattern}" in ${place}, sorted by modification time (newest first):`;
    const tail = rest > 0 ? `\n---\n[${rest} files truncated] ...` : "";
    return { content: `${head}\n---\n${shown.join("\n")}${tail}` };
  },
});

const edit = tool({
  name: "edit",
  description:
    "Replaces words in a file. old_string has to stand there exactly, and only once, unless replace_all is true: give enough lines around it. An empty old_string makes a new file. Read the file first.",
  input: z.object({
    file_path: z.string().describe("Absolute path of the file."),
    old_string: z.string().describe("What stands there now, every blank included."),
    new_string: z.string().describe("What shall stand there."),
    replace_all: z.boolean().optional().describe("Replace it everywhere."),
  }),
  *run({ file_path, old_string, new_string, replace_all = false }, at) {
    const file = absolute(at, file_path);
    if (old_string === "") {
      const there = yield* readLines(at, { path: file, from: 1, count: 1 });
      if (there.kind !== "missing") return failed(`${file} exists already: old_string must say what to replace.`);
      const told = yield* writeFile(at, { path: file, content: new_string });
      if (told.kind === "refused") return failed(told.text);
      return { content: `Created new file: ${file} with provided content.` };
    }
    const told = yield* editFile(at, { path: file, old: old_string, new: new_string, all: replace_all });
    if (told.kind === "missing") return failed(`File not found: ${file}`);
    if (told.kind === "not_found") return failed(`old_string was not found in ${file}. Read the file again.`);
    if (told.kind === "ambiguous") {
      return failed(
        `Expected 1 occurrence of old_string in ${file} but found ${told.count}. Give more lines around it.`,
      );
    }
    if (told.kind !== "edited") return failed("reason" in told ? `${file}: ${told.reason}` : told.text);
    return { content: editedPart(file, told.before, told.after) };
  },
});

const contextLines = 4;

/** The changed lines and a few around them. */
function editedPart(file: string, before: string, after: string): string {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let first = 0;
  while (first < fresh.length && old[first] === fresh[first]) first += 1;
  let end = 0;
  while (end < fresh.length - first && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) end += 1;
  const from = Math.max(0, first - contextLines);
  const to = Math.min(fresh.length, fresh.length - end + contextLines);
  const head = `The file: ${file} has been updated. Showing lines ${from + 1}-${to} of ${fresh.length} from the edited file:`;
  return `${head}\n\n---\n\n${fresh.slice(from, to).join("\n")}`;
}

const write = tool({
  name: "write_file",
  description: "Writes a whole file, new or not. To change a part of one, use edit.",
  input: z.object({
    file_path: z.string().describe("Absolute path of the file."),
    content: z.string().describe("The whole text."),
  }),
  *run({ file_path, content }, at) {
    const file = absolute(at, file_path);
    const told = yield* writeFile(at, { path: file, content });
    if (told.kind === "refused") return failed(told.text);
    return { content: `Successfully wrote file: ${file} (${told.bytes} bytes).` };
  },
});

/** Tools that need nothing but commands and patches, in the order they are sent. */
export const fileTools = [listDirectory, readFile, grepSearch, glob, edit, write];
