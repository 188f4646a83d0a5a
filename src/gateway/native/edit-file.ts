import type { At } from "./offered.ts";
import { readText } from "./read-text.ts";
import type { Program } from "./types.ts";
import { replace } from "./write-file.ts";

export interface EditOptions {
  readonly path: string;
  readonly old: string;
  readonly new: string;
  /** Every place; otherwise there must be exactly one. */
  readonly all?: boolean;
}

export type EditResult =
  | { readonly kind: "edited"; readonly replacements: number; readonly before: string; readonly after: string }
  | { readonly kind: "not_found" }
  | { readonly kind: "ambiguous"; readonly count: number }
  | { readonly kind: "missing" }
  /** The file cannot be edited as text: a folder, not UTF-8, too large. */
  | { readonly kind: "unsupported"; readonly reason: string }
  | { readonly kind: "refused"; readonly text: string };

/** Replaces words in a file through Codex: what comes out is the plain replacement, byte for byte, or a refusal. */
export function* editFile(at: At, options: EditOptions): Program<EditResult> {
  return yield* editFileBy(at, options.path, (text) => replaced(text, options));
}

type Replacement = { after: string; replacements: number } | EditResult;

/** The same with any change of the text; for tools that take several edits at once. */
export function* editFileBy(at: At, path: string, change: (text: string) => Replacement): Program<EditResult> {
  const found = yield* readText(at, { path });
  if (found.kind === "missing" || found.kind === "refused") return found;
  if (found.kind !== "text") return { kind: "unsupported", reason: reasons[found.kind] };
  const changed = change(found.text);
  if ("kind" in changed) return changed;
  const { after, replacements } = changed;
  const done = { kind: "edited", replacements, before: found.text, after } as const;
  if (after === found.text) return done;
  const told = yield* replace(at, path, found.text, after);
  return told.kind === "written" ? done : told;
}

const reasons = {
  directory: "it is a folder",
  binary: "it is not UTF-8 text",
  too_large: "it is too large",
} as const;

/** The plain replacement in a text. In a text with CRLF line ends, words with LF mean the same words with CRLF. */
export function replaced(text: string, { old, new: fresh, all = false }: Omit<EditOptions, "path">): Replacement {
  if (old === "") return { kind: "not_found" };
  const direct = text.split(old);
  if (direct.length > 1) return joined(direct, fresh, all);
  if (!text.includes("\r\n") || !old.includes("\n")) return { kind: "not_found" };
  const crlf = (words: string): string => words.replaceAll(/\r?\n/g, "\r\n");
  const pieces = text.split(crlf(old));
  return pieces.length > 1 ? joined(pieces, crlf(fresh), all) : { kind: "not_found" };
}

function joined(pieces: readonly string[], fresh: string, all: boolean): Replacement {
  const count = pieces.length - 1;
  if (count > 1 && !all) return { kind: "ambiguous", count };
  return { after: pieces.join(fresh), replacements: count };
}
