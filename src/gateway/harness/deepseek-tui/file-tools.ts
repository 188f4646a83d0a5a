import path from "node:path";
import { z } from "zod";
import { editFileBy } from "../../native/edit-file.ts";
import { findFiles, listFolder } from "../../native/find-files.ts";
import { type GrepHit, grep, hitOf } from "../../native/grep.ts";
import { readLines } from "../../native/read-lines.ts";
import { readText } from "../../native/read-text.ts";
import { writeFile } from "../../native/write-file.ts";
import { absolute, relative } from "../place.ts";
import { failed, json, tool, unifiedDiff } from "./results.ts";

const place = z.string().describe("Path, relative to the workspace or absolute.");

export const editFileTool = tool({
  name: "edit_file",
  description:
    "Replaces the first place where words stand in a file. Read the file first; give lines enough to hit the right place.",
  input: z.object({ path: place, search: z.string().describe("What stands there."), replace: z.string() }),
  *run({ path: file, search, replace }, at) {
    const done = yield* editFileBy(at, absolute(at, file), (text) => {
      const found = search === "" ? -1 : text.indexOf(search);
      if (found < 0) return { kind: "not_found" };
      return { after: text.slice(0, found) + replace + text.slice(found + search.length), replacements: 1 };
    });
    if (done.kind === "missing") return failed(`${file} does not exist.`);
    if (done.kind === "not_found") return failed(`The search text does not stand in ${file}.`);
    if (done.kind !== "edited") return failed(`${file}: ${"text" in done ? done.text : "it cannot be edited as text"}`);
    return { content: `${unifiedDiff(file, done.before, done.after)}\nReplaced 1 occurrence in ${file}` };
  },
});

export const writeFileTool = tool({
  name: "write_file",
  description: "Writes a whole file, new or not. To change a part of one, use edit_file or apply_patch.",
  input: z.object({ path: place, content: z.string() }),
  *run({ path: file, content }, at) {
    const before = yield* readText(at, { path: absolute(at, file) });
    const done = yield* writeFile(at, { path: absolute(at, file), content });
    if (done.kind === "refused") return failed(done.text);
    const diff = unifiedDiff(file, before.kind === "text" ? before.text : "", content);
    return { content: `${diff}\n${before.kind === "missing" ? "Created" : "Updated"} ${file} (${done.bytes} bytes)` };
  },
});

const mostSameReads = 3;

export const readFileTool = tool({
  name: "read_file",
  description: "The text of a file, whole or from a line on.",
  parallel: true,
  input: z.object({
    path: place,
    start_line: z.int().optional().describe("First line, from 1."),
    max_lines: z.int().optional().describe("How many lines."),
  }),
  *run({ path: file, start_line = 1, max_lines = 2000 }, at) {
    const before = at.earlier.slice(-mostSameReads);
    if (
      before.length === mostSameReads &&
      before.every(({ call }) => call.name === "read_file" && call.text === at.call.text)
    ) {
      return failed(`${file} was read like this ${mostSameReads} times in a row already; its text stands above.`);
    }
    const found = yield* readLines(at, {
      path: absolute(at, file),
      from: Math.max(1, start_line),
      count: Math.max(1, max_lines),
    });
    if (found.kind === "missing") return failed(`${file} does not exist.`);
    if (found.kind !== "lines")
      return failed(`${file} cannot be read: ${"text" in found ? found.text : `it is ${found.kind}`}`);
    return { content: found.lines.map((line) => `${line}\n`).join("") };
  },
});

export const listDirTool = tool({
  name: "list_dir",
  description: "What stands directly in a folder.",
  parallel: true,
  input: z.object({ path: z.string().optional().describe("The folder; default the workspace.") }),
  *run({ path: dir = "." }, at) {
    const told = yield* listFolder(at, absolute(at, dir));
    if (told.kind === "failed") return failed(told.text);
    return json(told.entries.map(({ name, folder }) => ({ name, is_dir: folder })));
  },
});

export const grepFilesTool = tool({
  name: "grep_files",
  description: "Lines of files that fit a regular expression, with the lines around them.",
  parallel: true,
  input: z.object({
    pattern: z.string().describe("Regular expression."),
    path: z.string().optional().describe("File or folder."),
    include: z.array(z.string()).optional().describe("Only files that fit one of these globs."),
    exclude: z.array(z.string()).optional().describe("No file that fits one of these."),
    context_lines: z.int().optional().describe("Lines around each; default 2."),
    case_insensitive: z.boolean().optional(),
    max_results: z.int().optional().describe("Default 100."),
  }),
  *run(
    { pattern, path: dir, include = [], exclude = [], context_lines = 2, case_insensitive = false, max_results = 100 },
    at,
  ) {
    const around = Math.max(0, context_lines);
    const told = yield* grep(at, {
      pattern,
      workdir: at.context.cwd,
      ...(dir === undefined ? {} : { path: dir }),
      globs: [...include, ...exclude.map((glob) => `!${glob}`)],
      ignoreCase: case_insensitive,
      before: around,
      after: around,
      mode: "lines",
    });
    if (told.kind === "failed") return failed(told.text);
    const hits = told.lines.map(hitOf).filter((hit) => hit !== undefined);
    const lines = new Map(
      [...told.lines.map(contextOf).filter((hit) => hit !== undefined), ...hits].map((hit) => [
        `${hit.path}\0${hit.line}`,
        hit.text,
      ]),
    );
    const texts = (hit: GrepHit, offsets: readonly number[]): string[] =>
      offsets.flatMap((offset) => lines.get(`${hit.path}\0${hit.line + offset}`) ?? []);
    const steps = Array.from({ length: around }, (_, index) => index + 1);
    return json({
      matches: hits.slice(0, max_results).map((hit) => ({
        file: hit.path,
        line_number: hit.line,
        line: hit.text,
        context_before: texts(hit, steps.map((step) => -step).toReversed()),
        context_after: texts(hit, steps),
      })),
      total_matches: hits.length,
      files_searched: new Set(hits.map((hit) => hit.path)).size,
      truncated: hits.length > max_results || told.cut,
    });
  },
});

function contextOf(line: string): GrepHit | undefined {
  const [, file, number, text = ""] = /^(.+?)-(\d+)-(.*)$/.exec(line) ?? [];
  return file === undefined ? undefined : { path: file, line: Number(number), text };
}

export const fileSearchTool = tool({
  name: "file_search",
  description: "Files whose paths contain some words.",
  parallel: true,
  input: z.object({
    query: z.string().describe("A part of the name."),
    path: z.string().optional().describe("Folder to search in."),
    limit: z.int().optional().describe("Default 20."),
    extensions: z.array(z.string()).optional().describe("Only these, such as ts."),
    exclude: z.array(z.string()).optional().describe("No path that contains one of these."),
  }),
  *run({ query, path: dir = ".", limit = 20, extensions = [], exclude = [] }, at) {
    const told = yield* findFiles(at, { pattern: `**/*${anyCase(query)}*`, dir: absolute(at, dir) });
    if (told.kind === "failed") return failed(told.text);
    const endings = extensions.map((ending) => `.${ending.replace(/^\./, "")}`);
    const wanted = query.toLowerCase();
    const files = told.paths
      .filter((name) => endings.length === 0 || endings.includes(path.extname(name)))
      .filter((name) => !exclude.some((part) => name.includes(part)))
      .map((name) => {
        const base = path.basename(name);
        const exact = base.toLowerCase() === wanted || path.parse(base).name.toLowerCase() === wanted;
        return {
          path: relative(at, path.join(absolute(at, dir), name)),
          name: base,
          score: exact ? 100 : base.toLowerCase().startsWith(wanted) ? 80 : 60,
        };
      });
    return json(files.toSorted((one, other) => other.score - one.score).slice(0, limit));
  },
});

/** Words as a glob in which case does not matter. */
function anyCase(query: string): string {
  return query.replace(/[^/]/g, (char) => {
    const [low, high] = [char.toLowerCase(), char.toUpperCase()];
    if (low !== high) return `[${low}${high}]`;
    return /[*?[\]{}!\\]/.test(char) ? `[${char}]` : char;
  });
}
