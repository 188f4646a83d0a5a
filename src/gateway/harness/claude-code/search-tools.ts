import { z } from "zod";
import { findFiles } from "../../native/find-files.ts";
import { type GrepOptions, grep as search } from "../../native/grep.ts";
import { absolute } from "../place.ts";
import { failed, tool } from "./results.ts";

const mostPaths = 100;
const defaultLimit = 250;

export const glob = tool({
  name: "Glob",
  description: "Paths of files that fit a glob such as `src/**/*.ts`, the newest first; at most 100.",
  parallel: true,
  input: z.object({
    pattern: z.string().describe("The glob."),
    path: z.string().optional().describe("Folder to search in; default the working directory."),
  }),
  *run({ pattern, path: place = "." }, at) {
    const dir = absolute(at, place).replace(/(.)\/$/, "$1");
    const below = pattern.startsWith(`${dir}/`) ? pattern.slice(dir.length + 1) : pattern;
    const found = yield* findFiles(at, { pattern: below, dir });
    if (found.kind === "failed") return failed(found.text);
    const { paths } = found;
    if (paths.length === 0) return { content: "No files found" };
    const shown = paths.slice(0, mostPaths).map((name) => `${dir === "/" ? "" : dir}/${name}`);
    const more =
      paths.length > mostPaths ? [`(The first ${mostPaths} of ${paths.length}; use a narrower pattern.)`] : [];
    return { content: [...shown, ...more].join("\n") };
  },
});

const lines = (words: string) => z.number().optional().describe(`Lines shown ${words} each match (content mode).`);

export const grep = tool({
  name: "Grep",
  description:
    "Searches files for a regular expression of ripgrep. Prefer it to grep or rg in Bash. It tells the paths, or with output_mode the lines or counts.",
  parallel: true,
  input: z.object({
    pattern: z.string().describe("Regular expression; braces of the text are escaped, as in `interface\\{\\}`."),
    path: z.string().optional().describe("File or folder; default the working directory."),
    glob: z.string().optional().describe('Only files whose names fit, such as "*.ts" or "*.{js,jsx}".'),
    output_mode: z
      .enum(["content", "files_with_matches", "count"])
      .optional()
      .describe("content: the lines; files_with_matches: the paths, the default; count: how often."),
    "-B": lines("before"),
    "-A": lines("after"),
    "-C": z.number().optional().describe("The same as context."),
    context: lines("before and after"),
    "-n": z.boolean().optional().describe("Numbers of lines (content mode); default true."),
    "-i": z.boolean().optional().describe("Case does not matter."),
    "-o": z.boolean().optional().describe("Only what fits instead of whole lines (content mode)."),
    type: z.string().optional().describe("Only files of a type ripgrep knows, such as js, py or rust."),
    head_limit: z.number().optional().describe("Most lines of the result; default 250, 0 for all."),
    offset: z.number().optional().describe("Lines of the result to leave out first; default 0."),
    multiline: z.boolean().optional().describe("Matches may reach over lines."),
  }),
  *run(args, at) {
    const mode = args.output_mode ?? "files_with_matches";
    const around = args.context ?? args["-C"] ?? 0;
    const found = yield* search(at, {
      pattern: args.pattern,
      workdir: at.context.cwd,
      mode: modes[mode],
      ...(args.path === undefined ? {} : { path: args.path }),
      ...(args.glob === undefined ? {} : { globs: globsOf(args.glob) }),
      ...(args.type === undefined ? {} : { type: args.type }),
      ignoreCase: args["-i"] ?? false,
      multiline: args.multiline ?? false,
      only: mode === "content" && (args["-o"] ?? false),
      before: mode === "content" ? (args["-B"] ?? around) : 0,
      after: mode === "content" ? (args["-A"] ?? around) : 0,
      numbers: args["-n"] ?? true,
    });
    if (found.kind === "failed") return failed(found.text);
    const all = found.lines;
    if (all.length === 0) return { content: mode === "files_with_matches" ? "No files found" : "No matches found" };
    const { head_limit = defaultLimit, offset = 0 } = args;
    const shown = all.slice(offset, head_limit === 0 ? undefined : offset + head_limit);
    const next = offset + shown.length;
    const rest = next < all.length ? [`(${all.length - next} more lines; go on with offset ${next}.)`] : [];
    if (mode === "files_with_matches") {
      return { content: [`Found ${all.length} ${all.length === 1 ? "file" : "files"}`, ...shown, ...rest].join("\n") };
    }
    const counts = mode === "count" ? ["", countWords(all)] : [];
    return { content: [...shown, ...rest, ...counts].join("\n") };
  },
});

const modes = { content: "lines", files_with_matches: "files", count: "counts" } as const satisfies Record<
  string,
  GrepOptions["mode"]
>;

/** Several globs may stand side by side, with blanks or commas between them; not those within braces. */
function globsOf(text: string): string[] {
  return text.split(/\s+|,(?![^{]*\})/).filter((word) => word !== "");
}

function countWords(all: readonly string[]): string {
  const total = all.reduce((sum, line) => sum + Number(/:(\d+)$/.exec(line)?.[1] ?? 0), 0);
  const files = all.length === 1 ? "1 file" : `${all.length} files`;
  return `Found ${total} total ${total === 1 ? "occurrence" : "occurrences"} across ${files}.`;
}
