import path from "node:path";
import { exec } from "./exec.ts";
import type { At } from "./offered.ts";
import { shellPath, shellQuote } from "./quote.ts";
import { foundTokens, type SearchFailed, search } from "./search.ts";
import type { Program } from "./types.ts";

export interface FindOptions {
  /** A glob below `dir`; `**` crosses folders. */
  readonly pattern: string;
  /** Absolute folder. */
  readonly dir: string;
  /** Also folders that fit. */
  readonly folders?: boolean;
  /** Also what ignore files leave out. */
  readonly ignored?: boolean;
}

export type FindResult =
  /** Paths relative to `dir`, newest first; folders come last. */
  { readonly kind: "found"; readonly paths: readonly string[]; readonly cut: boolean } | SearchFailed;

/** Files whose names fit a glob. Uses ripgrep, which Codex shows as a listing, and find where there is none. */
export function* findFiles(at: At, options: FindOptions): Program<FindResult> {
  const { dir, ignored } = options;
  const pattern = options.pattern.replace(/^\.\//, "");
  const matchesAll = /^(\*\*\/)*\*{1,2}$/.test(pattern) && pattern !== "*";
  // A pattern of ripgrep without a slash fits at any depth, and one that fits a folder takes in what is ignored there.
  const glob = matchesAll ? "" : ` --glob=${shellQuote(pattern.startsWith("/") ? pattern : `/${pattern}`)}`;
  const prune = `${ignored ? "" : "! -path '*/node_modules/*' "}! -path '*/.git/*'`;
  const told = yield* search(at, {
    workdir: dir,
    ripgrep: `rg --files --sortr=modified --hidden --glob='!.git'${ignored ? " --no-ignore" : ""}${glob}`,
    without: `find . -type f ${prune} -exec ls -td {} +`,
  });
  if (told.kind === "failed") return told;
  const fits = (name: string): boolean => matchesAll || path.posix.matchesGlob(name, pattern.replace(/^\//, ""));
  const found = namesOf(told.output).filter(fits);
  const folders = options.folders ? yield* foldersOf(at, dir) : [];
  return { kind: "found", paths: [...found, ...folders.filter(fits)], cut: told.cut };
}

function* foldersOf(at: At, dir: string): Program<string[]> {
  const cmd = "find . -mindepth 1 -type d ! -path '*/.git*' ! -path '*/node_modules/*'";
  const told = yield* exec(at, { cmd, workdir: dir, maxOutputTokens: foundTokens, plain: true });
  return told.kind === "exited" && told.code === 0 ? namesOf(told.output) : [];
}

function namesOf(output: string): string[] {
  return output
    .split("\n")
    .filter((line) => line !== "" && !/…\d+ (?:tokens|chars) truncated…/.test(line))
    .map((line) => line.replace(/^\.\//, ""));
}

export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
}

export type FolderResult = { readonly kind: "entries"; readonly entries: readonly FolderEntry[] } | SearchFailed;

/** What stands in one folder, hidden entries too: folders first, each by name. */
export function* listFolder(at: At, dir: string): Program<FolderResult> {
  const told = yield* exec(at, { cmd: `ls -1Ap ${shellPath(dir)}`, maxOutputTokens: foundTokens, plain: true });
  if (told.kind === "refused") return { kind: "failed", text: told.text };
  if (told.kind !== "exited" || told.code !== 0) return { kind: "failed", text: told.output.trim() };
  const entries = namesOf(told.output).map((line) => ({ name: line.replace(/\/$/, ""), folder: line.endsWith("/") }));
  entries.sort((one, other) => Number(other.folder) - Number(one.folder) || (one.name < other.name ? -1 : 1));
  return { kind: "entries", entries };
}
