import { z } from "zod";
import { editFile } from "../../native/edit-file.ts";
import { findFiles } from "../../native/find-files.ts";
import { readLines } from "../../native/read-lines.ts";
import { filePath as path, pictureTool, unreadable, whyNot, writeOrAppend } from "../kimi-cli/file-tools.ts";
import { failed, told, tool } from "../kimi-cli/results.ts";
import { searchTool } from "../kimi-cli/search-tools.ts";
import { absolute } from "../place.ts";

const mostLines = 1000;
const mostChars = 100_000;
const mostPaths = 1000;

export const read = tool({
  name: "Read",
  description:
    "The text of a file, each line behind its number: at most 1000 lines at once. Ask for the next part with line_offset; a negative one counts from the end.",
  parallel: true,
  input: z.object({
    path,
    line_offset: z
      .union([z.int().min(1), z.int().lt(0)])
      .optional()
      .describe("First line, from 1; negative: from the end."),
    column_offset: z.int().min(0).optional().describe("Characters of the first line to leave out."),
    n_lines: z.int().gt(0).optional().describe("How many lines."),
    max_chars: z.int().gt(0).optional().describe("How many characters."),
  }),
  *run({ path: file, line_offset = 1, column_offset = 0, n_lines = mostLines, max_chars = mostChars }, at) {
    const count = Math.min(n_lines, mostLines);
    const found = yield* readLines(at, { path: absolute(at, file), from: line_offset, count });
    if (found.kind !== "lines") return failed(unreadable(file, found));
    const { from, total } = found;
    const shown: string[] = [];
    let left = Math.min(max_chars, mostChars);
    for (const [index, line] of found.lines.entries()) {
      if (left <= 0) break;
      const text = (index === 0 ? line.slice(column_offset) : line).slice(0, left);
      left -= text.length + 1;
      shown.push(`${from + index}\t${text}`);
    }
    const whole = total === undefined ? "" : ` of ${total} in the file`;
    const counts = `<system>${shown.length} lines read from line ${from}${whole}.${shown.length < found.lines.length ? " The limit of characters was reached." : ""}</system>`;
    return { content: [...shown, counts].join("\n") };
  },
});

export const readMediaFile = pictureTool(path);

export const edit = tool({
  name: "Edit",
  description:
    "Replaces words in a file. old_string has to stand there exactly, and only once unless replace_all is true. Read the file first.",
  input: z.object({
    path,
    old_string: z.string().min(1).describe("What stands there now, without line numbers."),
    new_string: z.string().describe("What shall stand there."),
    replace_all: z.boolean().optional().describe("Replace it everywhere."),
  }),
  *run({ path: file, old_string, new_string, replace_all = false }, at) {
    const options = { path: absolute(at, file), old: old_string, new: new_string, all: replace_all };
    const done = yield* editFile(at, options);
    if (done.kind !== "edited") return failed(whyNot(file, done));
    const places = `${done.replacements} ${done.replacements === 1 ? "place" : "places"}`;
    return { content: `Edited ${file} in ${places}.` };
  },
});

export const write = tool({
  name: "Write",
  description: "Writes a whole file, or adds to its end. To change a part of one, use Edit.",
  input: z.object({
    path,
    content: z.string().describe("The text."),
    mode: z.enum(["overwrite", "append"]).optional(),
  }),
  *run({ path: file, content, mode = "overwrite" }, at) {
    const done = yield* writeOrAppend(at, file, content, mode);
    if (typeof done === "string") return failed(done);
    return { content: `${mode === "append" ? "Added to" : "Wrote"} ${file}; it has ${done.bytes} bytes.` };
  },
});

export const glob = tool({
  name: "Glob",
  description: "Paths of files that fit a glob such as `src/**/*.ts`; the newest come first.",
  parallel: true,
  input: z.object({
    pattern: z.string().describe("The glob."),
    head_limit: z.int().min(0).optional().describe("Most paths to tell; 0: all."),
    offset: z.int().min(0).optional().describe("Paths to leave out first."),
    path: z.string().optional().describe("Folder to search in; default the working directory."),
    include_ignored: z.boolean().optional().describe("Also what ignore files leave out."),
    include_dirs: z.boolean().optional().describe("Folders, too."),
  }),
  *run(args, at) {
    const found = yield* findFiles(at, {
      pattern: args.pattern,
      dir: absolute(at, args.path ?? "."),
      folders: args.include_dirs ?? false,
      ignored: args.include_ignored ?? false,
    });
    if (found.kind === "failed") return failed(found.text);
    const { head_limit = mostPaths, offset = 0 } = args;
    const shown = found.paths.slice(offset, head_limit === 0 ? undefined : offset + head_limit);
    if (shown.length === 0) return told(`No matches found for pattern \`${args.pattern}\`.`);
    const next = offset + shown.length;
    const rest = found.paths.length - next;
    const more = rest > 0 ? `\n<system>${rest} more; use offset=${next}.</system>` : "";
    return { content: `${shown.join("\n")}${more}` };
  },
});

const count = (words: string) => z.int().min(0).optional().describe(words);

export const grep = searchTool(
  z.object({
    pattern: z.string().describe("Regular expression."),
    path: z.string().optional().describe("File or folder; default the working directory."),
    glob: z.string().optional().describe("Only files whose names fit."),
    type: z.string().optional().describe("Only files of this type of ripgrep, such as py or ts."),
    output_mode: z
      .enum(["content", "files_with_matches", "count_matches"])
      .optional()
      .describe("The lines, the paths (default) or counts."),
    "-i": z.boolean().optional().describe("Case does not matter."),
    "-n": z.boolean().optional().describe("Line numbers (content mode); default true."),
    "-A": count("Lines shown after each match."),
    "-B": count("Lines shown before each match."),
    "-C": count("Lines shown around each match."),
    head_limit: count("Most lines of the result; 0: all."),
    offset: count("Lines of the result to leave out first."),
    multiline: z.boolean().optional().describe("Matches may reach over lines."),
    include_ignored: z.boolean().optional().describe("Also what ignore files leave out."),
  }),
);
