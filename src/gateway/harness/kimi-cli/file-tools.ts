import { z } from "zod";
import { type EditResult, editFileBy, replaced } from "../../native/edit-file.ts";
import { readLines } from "../../native/read-lines.ts";
import { viewImage } from "../../native/view-image.ts";
import { writeFile } from "../../native/write-file.ts";
import { absolute } from "../place.ts";
import type { CallContext } from "../types.ts";
import { failed, told, tool } from "./results.ts";

const mostLines = 1000;
const mostBytes = 100 * 1024;
const mostLineChars = 2000;

/** How Kimi's two CLIs are told to name a file. */
export const filePath = z.string().describe("Path of the file; absolute outside of the working directory.");

export const readFile = tool({
  name: "ReadFile",
  description:
    "The text of a file with line numbers: at most 1000 lines and 100 KB at once, long lines cut. Ask for the next part with line_offset; a negative one counts from the end. Read several files in one answer.",
  parallel: true,
  input: z.object({
    path: filePath,
    line_offset: z
      .int()
      .default(1)
      .describe("First line, from 1; negative: that many lines from the end (at most 1000)."),
    n_lines: z.int().min(1).default(mostLines).describe("How many lines."),
  }),
  *run({ path, line_offset, n_lines }, at) {
    if (line_offset === 0 || line_offset < -mostLines) return failed("line_offset counts from 1, or from -1 to -1000.");
    const count = Math.min(n_lines, mostLines);
    const found = yield* readLines(at, { path: absolute(at, path), from: line_offset, count });
    if (found.kind !== "lines") return failed(unreadable(path, found));
    const { lines, from, total } = found;
    const shown: string[] = [];
    const cut: number[] = [];
    let bytes = 0;
    for (const [index, line] of lines.entries()) {
      const long = line.length > mostLineChars;
      const text = long ? `${line.slice(0, mostLineChars)}...` : line;
      bytes += Buffer.byteLength(text) + 1;
      if (bytes > mostBytes) break;
      if (long) cut.push(from + index);
      shown.push(`${String(from + index).padStart(6)}\t${text}`);
    }
    const last = from + shown.length - 1;
    const words = [
      `${shown.length} ${shown.length === 1 ? "line" : "lines"} read from file starting from line ${from}.`,
      ...(total === undefined ? [] : [`Total lines in file: ${total}.`]),
      ...(total !== undefined && last >= total ? ["End of file reached."] : []),
      ...(shown.length < lines.length ? [`Max ${mostBytes} bytes reached.`] : []),
      ...(cut.length > 0 ? [`Lines ${cut.join(", ")} were truncated.`] : []),
    ];
    return told(words.join(" "), shown.join("\n"));
  },
});

/** Why a file has no lines to show. */
export function unreadable(path: string, found: { kind: string; text?: string }): string {
  if (found.kind === "missing") return `\`${path}\` does not exist.`;
  if (found.kind === "directory") return `\`${path}\` is not a file.`;
  if (found.kind === "binary") return `\`${path}\` is not a text file.`;
  return found.text ?? "The file cannot be read.";
}

/** @param path how a path is described; Kimi's two CLIs differ in nothing else here */
export function pictureTool(path: z.ZodString) {
  return tool({
    name: "ReadMediaFile",
    description: "Shows you a picture file.",
    parallel: true,
    input: z.object({ path }),
    *run({ path }, at) {
      const seen = yield* viewImage(at, absolute(at, path));
      if (seen.kind === "refused") return failed(seen.text);
      return { content: [{ type: "text", text: `<system>Loaded image file \`${path}\`.</system>` }, ...seen.parts] };
    },
  });
}

export const readMediaFile = pictureTool(z.string().describe("Path of the picture."));

export const writeTool = tool({
  name: "WriteFile",
  description: "Writes a whole file, or adds to its end. Long texts may come in several calls.",
  input: z.object({
    path: filePath,
    content: z.string().describe("The text."),
    mode: z.enum(["overwrite", "append"]).default("overwrite"),
  }),
  *run({ path, content, mode }, at) {
    const done = yield* writeOrAppend(at, path, content, mode);
    if (typeof done === "string") return failed(done);
    const how = mode === "append" ? "appended to" : "overwritten";
    return told(`File successfully ${how}. Current size: ${done.bytes} bytes.`);
  },
});

/** @returns what went wrong, or the size of the file */
export function* writeOrAppend(at: CallContext, path: string, content: string, mode: "overwrite" | "append") {
  const file = absolute(at, path);
  if (mode === "append") {
    const grown = yield* editFileBy(at, file, (text) => ({ after: text + content, replacements: 1 }));
    if (grown.kind === "edited") return { bytes: Buffer.byteLength(grown.after) };
    if (grown.kind !== "missing") return whyNot(path, grown);
  }
  const done = yield* writeFile(at, { path: file, content });
  return done.kind === "refused" ? done.text : { bytes: done.bytes };
}

const edit = z.object({
  old: z.string().describe("What stands there now, exactly; several lines are fine."),
  new: z.string().describe("What shall stand there."),
  replace_all: z.boolean().default(false).describe("Replace it everywhere."),
});

export const strReplaceFile = tool({
  name: "StrReplaceFile",
  description: "Replaces words in a file; one edit, or several that are made one after the other. Read the file first.",
  input: z.object({
    path: filePath,
    edit: z.union([edit, z.array(edit)]).describe("The edit, or a list of them."),
  }),
  *run({ path, edit: wanted }, at) {
    const edits = Array.isArray(wanted) ? wanted : [wanted];
    let count = 0;
    const done = yield* editFileBy(at, absolute(at, path), (text) => {
      let after = text;
      for (const each of edits) {
        const made = replaced(after, { old: each.old, new: each.new, all: each.replace_all });
        if ("kind" in made) return made;
        after = made.after;
        count += made.replacements;
      }
      return { after, replacements: count };
    });
    if (done.kind !== "edited") return failed(whyNot(path, done));
    return told(
      `File successfully edited. Applied ${edits.length} edit(s) with ${done.replacements} total replacement(s).`,
    );
  },
});

/** Why an edit was not made. */
export function whyNot(path: string, result: Exclude<EditResult, { kind: "edited" }>): string {
  if (result.kind === "missing") return `\`${path}\` does not exist.`;
  if (result.kind === "not_found") return "No replacements were made: the old string was not found in the file.";
  if (result.kind === "ambiguous") {
    return `The old string stands ${result.count} times in the file. Give more lines around it, or replace all.`;
  }
  return result.kind === "unsupported" ? `\`${path}\`: ${result.reason}.` : result.text;
}
