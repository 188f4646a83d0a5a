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

const wholeTokens = 60_000;
const chunkBytes = 120_000;

/**
 * The exact text of a file, read through Codex's sandbox. A file that does not come in one piece is read in several.
 * @param options.maxBytes default 1 MiB
 */
export function* readText(
  at: At,
  options: { readonly path: string; readonly maxBytes?: number; readonly workdir?: string },
): Program<ReadResult> {
  const { path, maxBytes = 1_048_576 } = options;
  const place = options.workdir === undefined ? {} : { workdir: options.workdir };
  const told = yield* exec(at, { cmd: `cat ${shellPath(path)}`, ...place, maxOutputTokens: wholeTokens });
  if (told.kind === "refused") return told;
  if (told.kind !== "exited") return { kind: "refused", text: "the file could not be read in time" };
  if (told.code !== 0) return failure(told.output);
  if (!told.truncated) return told.output.length > maxBytes ? { kind: "too_large" } : textOrBinary(told.output);
  const pieces: Buffer[] = [];
  for (let offset = 0; ; offset += chunkBytes) {
    if (offset >= maxBytes) return { kind: "too_large" };
    const cmd = `tail -c +${offset + 1} ${shellPath(path)} | head -c ${chunkBytes} | base64 | tr -d '\\n'`;
    const piece = yield* exec(at, { cmd, ...place, maxOutputTokens: wholeTokens });
    if (piece.kind !== "exited" || piece.code !== 0 || piece.truncated) {
      return { kind: "refused", text: piece.kind === "refused" ? piece.text : "the file could not be read" };
    }
    const bytes = Buffer.from(piece.output, "base64");
    pieces.push(bytes);
    if (bytes.length < chunkBytes) break;
  }
  try {
    return textOrBinary(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces)));
  } catch {
    return { kind: "binary" };
  }
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
