import path from "node:path";
import { z } from "zod";
import type { ToolResult } from "../../conversation/types.ts";
import { findFiles } from "../../native/find-files.ts";
import { type GrepOptions, grep } from "../../native/grep.ts";
import type { Program } from "../../native/types.ts";
import { absolute } from "../place.ts";
import type { CallContext } from "../types.ts";
import { failed, told, tool } from "./results.ts";

const mostPaths = 1000;

export const glob = tool({
  name: "Glob",
  description:
    "Files and folders whose paths fit a glob such as `src/**/*.py`; at most 1000. A glob that begins with `**` is refused, since it goes through everything.",
  parallel: true,
  input: z.object({
    pattern: z.string().describe("The glob."),
    directory: z.string().nullable().default(null).describe("Absolute folder to search in; default the working one."),
    include_dirs: z.boolean().default(true).describe("Folders, too."),
  }),
  *run({ pattern, directory, include_dirs }, at) {
    if (pattern.startsWith("**")) {
      return failed(
        `The pattern \`${pattern}\` begins with '**', which goes through every folder. Begin with a folder, such as \`src/${pattern}\`.`,
      );
    }
    const dir = absolute(at, directory ?? ".");
    const below = path.relative(at.context.cwd, dir);
    if (below.startsWith("..")) return failed(`\`${directory}\` is outside of the working directory.`);
    const found = yield* findFiles(at, { pattern, dir, folders: include_dirs, ignored: true });
    if (found.kind === "failed") return failed(found.text);
    const { paths } = found;
    if (paths.length === 0) return told(`No matches found for pattern \`${pattern}\`.`);
    const more = paths.length > mostPaths ? ` Only the first ${mostPaths} are shown: use a narrower pattern.` : "";
    const shown = paths.slice(0, mostPaths).join("\n");
    return told(`Found ${paths.length} matches for pattern \`${pattern}\`.${more}`, shown);
  },
});

const around = (words: string) =>
  z.int().nullable().default(null).describe(`Lines shown ${words} each match (content mode).`);

/** Arguments as Kimi's search tools have them; what is null or absent counts as not said. */
interface SearchArgs {
  readonly pattern: string;
  readonly path?: string | undefined;
  readonly glob?: string | null | undefined;
  readonly output_mode?: string | undefined;
  readonly "-B"?: number | null | undefined;
  readonly "-A"?: number | null | undefined;
  readonly "-C"?: number | null | undefined;
  readonly "-n"?: boolean | undefined;
  readonly "-i"?: boolean | undefined;
  readonly type?: string | null | undefined;
  readonly head_limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly multiline?: boolean | undefined;
  readonly include_ignored?: boolean | undefined;
}

/** What Kimi's two CLIs search with; what they take differs in its defaults alone. */
export function searchTool(input: z.ZodObject & z.ZodType<SearchArgs>) {
  return tool({
    name: "Grep",
    description:
      "Searches files for a regular expression with ripgrep. Always use it instead of grep or rg in the shell.",
    parallel: true,
    input,
    *run(args, at) {
      return yield* search(args, at);
    },
  });
}

export const grepTool = searchTool(
  z.object({
    pattern: z.string().describe("Regular expression."),
    path: z.string().default(".").describe("File or folder."),
    glob: z.string().nullable().default(null).describe("Only files whose names fit."),
    output_mode: z
      .string()
      .default("files_with_matches")
      .describe("content: the lines; files_with_matches: the paths; count_matches: counts."),
    "-B": around("before"),
    "-A": around("after"),
    "-C": around("around"),
    "-n": z.boolean().default(true).describe("Line numbers (content mode)."),
    "-i": z.boolean().default(false).describe("Case does not matter."),
    type: z.string().nullable().default(null).describe("Only files of this type of ripgrep, such as py or ts."),
    head_limit: z.int().min(0).default(250).describe("Most lines of the result; 0: all."),
    offset: z.int().min(0).default(0).describe("Lines of the result to leave out first."),
    multiline: z.boolean().default(false).describe("Matches may reach over lines."),
    include_ignored: z.boolean().default(false).describe("Also what ignore files leave out."),
  }),
);

const modes: Readonly<Record<string, GrepOptions["mode"]>> = {
  content: "lines",
  files_with_matches: "files",
  count_matches: "counts",
};

function* search(args: SearchArgs, at: CallContext): Program<ToolResult> {
  const mode = modes[args.output_mode ?? "files_with_matches"];
  if (!mode) return failed(`output_mode is one of ${Object.keys(modes).join(", ")}.`);
  const before = args["-B"] ?? args["-C"] ?? 0;
  const after = args["-A"] ?? args["-C"] ?? 0;
  const found = yield* grep(at, {
    pattern: args.pattern,
    workdir: at.context.cwd,
    ...(args.path === undefined || args.path === "." ? {} : { path: args.path }),
    ...(args.glob ? { globs: [args.glob] } : {}),
    ...(args.type ? { type: args.type } : {}),
    mode,
    before,
    after,
    numbers: args["-n"] ?? true,
    ignoreCase: args["-i"] ?? false,
    multiline: args.multiline ?? false,
    ignored: args.include_ignored ?? false,
  });
  if (found.kind === "failed") return failed(`Failed to grep: ${found.text}`);
  const { lines } = found;
  if (lines.length === 0) return told("No matches found.");
  const { offset = 0, head_limit = 250 } = args;
  const shown = lines.slice(offset, head_limit === 0 ? undefined : offset + head_limit);
  const next = offset + shown.length;
  const words = [
    ...(mode === "counts" ? [countWords(lines)] : []),
    ...(next < lines.length
      ? [`Results truncated to ${shown.length} lines (total: ${lines.length}). Use offset=${next} to see more.`]
      : []),
  ];
  return words.length > 0 ? told(words.join(" "), shown.join("\n")) : { content: shown.join("\n") };
}

function countWords(lines: readonly string[]): string {
  const total = lines.reduce((sum, line) => sum + Number(/:(\d+)$/.exec(line)?.[1] ?? 0), 0);
  return `Found ${total} total occurrences across ${lines.length} files.`;
}
