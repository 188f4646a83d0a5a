import { z } from "zod";
import { editFileBy } from "../../native/edit-file.ts";
import { applyPatch } from "../../native/patch.ts";
import { linesOf } from "../../native/read-lines.ts";
import type { Program } from "../../native/types.ts";
import { writeFile } from "../../native/write-file.ts";
import { absolute } from "../place.ts";
import type { CallContext } from "../types.ts";
import { failed, json, tool } from "./results.ts";

/* Unified diffs, as this harness's models write them; every file is changed by a patch of Codex's own. */

interface Hunk {
  readonly line: number;
  readonly old: readonly string[];
  readonly fresh: readonly string[];
}

interface FileDiff {
  readonly path: string;
  readonly kind: "create" | "delete" | "update";
  readonly hunks: readonly Hunk[];
}

export const applyPatchTool = tool({
  name: "apply_patch",
  description:
    "Changes files by a unified diff, for one file (path) or several (headers in the diff), or writes whole files (changes). Context has to fit the file; read it first.",
  input: z.object({
    path: z.string().optional().describe("The file, when the diff names none."),
    patch: z.string().optional().describe("A unified diff."),
    changes: z
      .array(z.object({ path: z.string(), content: z.string() }))
      .optional()
      .describe("Files with their whole text, instead of a diff."),
    fuzz: z.int().optional().describe("Above 0, blanks at the ends of lines do not matter."),
    create_if_missing: z.boolean().optional().describe("A file that is not there counts as empty."),
  }),
  *run({ path, patch, changes, fuzz = 0, create_if_missing = false }, at) {
    if (changes) {
      for (const { path: file, content } of changes) {
        const told = yield* writeFile(at, { path: absolute(at, file), content });
        if (told.kind === "refused") return failed(`${file}: ${told.text}`);
      }
      return summary(changes.map((change) => ({ path: change.path, kind: "update", hunks: [] })));
    }
    const files = parseDiff(patch ?? "", path);
    if (files.length === 0) return failed("The patch has no hunk. Send a unified diff with @@ lines, or changes.");
    for (const file of files) {
      const problem = yield* applyFile(file, { fuzz, createMissing: create_if_missing }, at);
      if (problem !== undefined) return failed(problem);
    }
    return summary(files);
  },
});

function summary(files: readonly FileDiff[]) {
  const hunks = files.reduce((sum, file) => sum + file.hunks.length, 0);
  return json({
    success: true,
    files_applied: files.length,
    files_total: files.length,
    hunks_applied: hunks,
    hunks_total: hunks,
    fuzz_used: 0,
    hunks_with_fuzz: 0,
    touched_files: files.map(({ path }) => path),
    file_summaries: files.map(({ path, kind, hunks: some }) => ({ path, action: kind, hunks: some.length })),
    message: `Applied ${hunks} hunk(s) to ${files.length} file(s).`,
  });
}

/** @returns what went wrong */
function* applyFile(
  { path: file, kind, hunks }: FileDiff,
  { fuzz, createMissing }: { fuzz: number; createMissing: boolean },
  at: CallContext,
): Program<string | undefined> {
  const place = absolute(at, file);
  if (kind === "delete") {
    const told = yield* applyPatch(at, `*** Begin Patch\n*** Delete File: ${place}\n*** End Patch`);
    return told.kind === "applied" ? undefined : `${file}: ${told.text}`;
  }
  const whole = hunks.flatMap(({ fresh }) => fresh.map((line) => `${line}\n`)).join("");
  if (kind === "create") return yield* written(place, whole, at);
  let misfit: Hunk | undefined;
  const told = yield* editFileBy(at, place, (text) => {
    const lines = applyHunks(linesOf(text), hunks, fuzz > 0);
    if (!Array.isArray(lines)) {
      misfit = lines;
      return { kind: "not_found" };
    }
    return {
      after: `${lines.join("\n")}${lines.length > 0 && (text === "" || text.endsWith("\n")) ? "\n" : ""}`,
      replacements: hunks.length,
    };
  });
  if (told.kind === "edited") return undefined;
  if (told.kind === "missing") return createMissing ? yield* written(place, whole, at) : `${file} does not exist.`;
  if (told.kind === "not_found") {
    return `${file}: the hunk at line ${misfit?.line ?? 1} does not fit. Expected these lines:\n${misfit?.old.join("\n") ?? ""}`;
  }
  return `${file}: ${"text" in told ? told.text : "reason" in told ? told.reason : "it cannot be changed"}`;
}

function* written(path: string, content: string, at: CallContext): Program<string | undefined> {
  const told = yield* writeFile(at, { path, content });
  return told.kind === "refused" ? told.text : undefined;
}

/** The lines with every hunk applied, or the first hunk that fits nowhere. */
export function applyHunks(lines: readonly string[], hunks: readonly Hunk[], loose: boolean): string[] | Hunk {
  const told = [...lines];
  let shift = 0;
  for (const hunk of hunks) {
    const same = (one: string | undefined, other: string): boolean =>
      one === other || (loose && one?.trimEnd() === other.trimEnd());
    const fits = (at: number): boolean => hunk.old.every((line, index) => same(told[at + index], line));
    const wanted = Math.max(0, hunk.line - 1 + shift);
    const places = Array.from({ length: told.length - hunk.old.length + 1 }, (_, at) => at).filter(fits);
    const [place] = places.toSorted((one, other) => Math.abs(one - wanted) - Math.abs(other - wanted));
    if (place === undefined) return hunk;
    told.splice(place, hunk.old.length, ...hunk.fresh);
    shift += hunk.fresh.length - hunk.old.length;
  }
  return told;
}

/**
 * Files of a unified diff; `path` names the one of a diff without headers. Models miscount: how many lines a hunk says it
 * has only decides where its text and the next file's header look alike.
 */
export function parseDiff(patch: string, path: string | undefined): FileDiff[] {
  const files: { path: string; kind: FileDiff["kind"]; hunks: Hunk[] }[] = [];
  let hunk: { line: number; old: string[]; fresh: string[] } | undefined;
  let left = 0;
  let from = "";
  const lines = linesOf(patch);
  for (const [index, line] of lines.entries()) {
    const header = line.startsWith("--- ") && lines[index + 1]?.startsWith("+++ ") === true && left <= 0;
    const mark = line === "" && left > 0 ? " " : (line[0] ?? "");
    if (hunk && !header && mark !== "" && " -+".includes(mark)) {
      if (mark !== "+") hunk.old.push(line.slice(1));
      if (mark !== "-") hunk.fresh.push(line.slice(1));
      left -= mark === " " ? 2 : 1;
      continue;
    }
    const head = /^@@(?: -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@)?/.exec(line);
    if (line.startsWith("--- ")) {
      from = nameOf(line);
      hunk = undefined;
    } else if (line.startsWith("+++ ")) {
      const to = nameOf(line);
      const kind = from === "/dev/null" ? "create" : to === "/dev/null" ? "delete" : "update";
      files.push({ path: path ?? (kind === "delete" ? from : to), kind, hunks: [] });
    } else if (head) {
      if (files.length === 0 && path !== undefined) files.push({ path, kind: "update", hunks: [] });
      hunk = { line: Number(head[1] ?? 1), old: [], fresh: [] };
      left = head[1] === undefined ? 0 : Number(head[2] ?? 1) + Number(head[3] ?? 1);
      files.at(-1)?.hunks.push(hunk);
    }
  }
  return files.filter(({ kind, hunks }) => kind === "delete" || hunks.length > 0);
}

function nameOf(line: string): string {
  return line
    .slice(4)
    .split("\t", 1)[0]!
    .trim()
    .replace(/^[ab]\//, "");
}
