import { exec } from "./exec.ts";
import type { At } from "./offered.ts";
import { shellPath } from "./quote.ts";
import type { Program } from "./types.ts";

export type ReadResult =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "missing" }
  | { readonly kind: "directory" }
  /** Not UTF-8 text. */
  | { readonly kind: "binary" }
  | { readonly kind: "too_large" }
  | { readonly kind: "refused"; readonly text: string };

/** What Codex lets one command bring back; everything that is read stays in its history and counts for its context. */
const wholeTokens = 60_000;

/** The exact text of a file, read through Codex's sandbox in one piece: at most about 200 KB. */
export function* readText(at: At, options: { readonly path: string; readonly workdir?: string }): Program<ReadResult> {
  const place = options.workdir === undefined ? {} : { workdir: options.workdir };
  const told = yield* exec(at, {
    cmd: `cat ${shellPath(options.path)}`,
    ...place,
    maxOutputTokens: wholeTokens,
    plain: true,
  });
  if (told.kind === "refused") return told;
  if (told.kind !== "exited") return { kind: "refused", text: "the file could not be read in time" };
  if (told.code !== 0) return failure(told.output);
  return told.truncated ? { kind: "too_large" } : textOrBinary(told.output);
}

function failure(output: string): ReadResult {
  if (/No such file or directory|Not a directory/i.test(output)) return { kind: "missing" };
  if (/Is a directory/i.test(output)) return { kind: "directory" };
  return { kind: "refused", text: output.trim() };
}

/** Codex replaces what is no UTF-8; a text that has the replacement character in itself cannot be told from that. */
function textOrBinary(text: string): ReadResult {
  return text.includes("\0") || text.includes("\ufffd") ? { kind: "binary" } : { kind: "text", text };
}
