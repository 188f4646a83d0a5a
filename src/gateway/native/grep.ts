import type { At } from "./offered.ts";
import { shellPath, shellQuote } from "./quote.ts";
import { type SearchFailed, search } from "./search.ts";
import type { Program } from "./types.ts";

export interface GrepOptions {
  /** A regular expression. */
  readonly pattern: string;
  /** Absolute folder the search runs in; paths in the result are relative to it. */
  readonly workdir: string;
  /** File or folder; default all of `workdir`. */
  readonly path?: string;
  readonly globs?: readonly string[];
  /** A file type of ripgrep. */
  readonly type?: string;
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  /** What fits alone instead of its whole line. */
  readonly only?: boolean;
  readonly before?: number;
  readonly after?: number;
  /** Also what ignore files leave out. */
  readonly ignored?: boolean;
  /** `lines`: `path:number:text`; `files`: paths; `counts`: `path:number`. */
  readonly mode: "lines" | "files" | "counts";
  /** Line numbers in mode `lines`; default true. */
  readonly numbers?: boolean;
}

export type GrepResult =
  | { readonly kind: "found"; readonly lines: readonly string[]; readonly cut: boolean }
  | SearchFailed;

/** Searches texts with ripgrep, which Codex shows as a search, and with grep where there is none. */
export function* grep(at: At, options: GrepOptions): Program<GrepResult> {
  const told = yield* search(at, {
    workdir: options.workdir,
    ripgrep: ripgrep(options),
    ...(options.multiline || options.type ? {} : { without: plainGrep(options) }),
  });
  if (told.kind === "failed") return told;
  const lines = told.output.split("\n").filter((line) => line !== "");
  const kept = options.mode === "counts" ? lines.filter((line) => !line.endsWith(":0")) : lines;
  return { kind: "found", lines: kept.map((line) => line.replace(/^\.\//, "")), cut: told.cut };
}

function ripgrep(options: GrepOptions): string {
  const { pattern, globs = [], type, before, after, mode, numbers = true } = options;
  const words = ["rg", "--color=never", "--no-heading", "--sort=path", "--hidden", "--glob='!.git'"];
  if (mode === "files") words.push("--files-with-matches");
  else if (mode === "counts") words.push("--count-matches", "--with-filename");
  else words.push("--with-filename", numbers ? "--line-number" : "--no-line-number");
  if (options.ignoreCase) words.push("--ignore-case");
  if (options.multiline) words.push("--multiline", "--multiline-dotall");
  if (options.only) words.push("--only-matching");
  if (options.ignored) words.push("--no-ignore");
  if (before) words.push(`--before-context=${before}`);
  if (after) words.push(`--after-context=${after}`);
  if (type) words.push(`--type=${shellQuote(type)}`);
  for (const glob of globs) words.push(`--glob=${shellQuote(glob)}`);
  return [...words, "--", shellQuote(pattern), ...place(options)].join(" ");
}

function plainGrep(options: GrepOptions): string {
  const { pattern, globs = [], before, after, mode, numbers = true } = options;
  const words = ["grep", "-rIE", "--exclude-dir=.git"];
  if (mode === "files") words.push("-l");
  else if (mode === "counts") words.push("-cH");
  else words.push(numbers ? "-Hn" : "-H");
  if (options.ignoreCase) words.push("-i");
  if (options.only) words.push("-o");
  if (before) words.push(`-B${before}`);
  if (after) words.push(`-A${after}`);
  for (const glob of globs) {
    words.push(
      glob.startsWith("!") ? `--exclude=${shellQuote(glob.slice(1))}` : `--include=${shellQuote(basename(glob))}`,
    );
  }
  return [...words, "-e", shellQuote(pattern), "--", ...place(options)].join(" ");
}

function place({ path }: GrepOptions): string[] {
  return [path === undefined ? "." : shellPath(path)];
}

/** grep knows only names of files. */
function basename(glob: string): string {
  return glob.slice(glob.lastIndexOf("/") + 1);
}

export interface GrepHit {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** A line of mode `lines` that has the pattern; undefined for lines around it. */
export function hitOf(line: string): GrepHit | undefined {
  const [, path, number, text = ""] = /^(.+?):(\d+):(.*)$/.exec(line) ?? [];
  return path === undefined ? undefined : { path, line: Number(number), text };
}
