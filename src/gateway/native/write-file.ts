import path from "node:path";
import { exec } from "./exec.ts";
import { addFilePatch, patchable, updatePatch } from "./make-patch.ts";
import type { At } from "./offered.ts";
import { applyPatch } from "./patch.ts";
import { shellPath, shellQuote } from "./quote.ts";
import type { Program } from "./types.ts";

export type WriteResult =
  | { readonly kind: "written"; readonly bytes: number }
  | { readonly kind: "refused"; readonly text: string };

/** One argument of a process holds at most 128 KiB; quoting may make four characters of one. */
const chunkChars = 24_000;

/**
 * Makes a file, or replaces all of it, with exactly this text; folders are made. Goes through Codex's patches, and only
 * for what they cannot write (carriage returns, odd names) through a command.
 */
export function* writeFile(at: At, options: { readonly path: string; readonly content: string }): Program<WriteResult> {
  return yield* replace(at, options.path, undefined, options.content);
}

/** Turns the text of a file into another. `before` is what stands there; undefined: the whole file is replaced. */
export function* replace(at: At, file: string, before: string | undefined, after: string): Program<WriteResult> {
  const bytes = Buffer.byteLength(after);
  const padded = after === "" || after.endsWith("\n") ? after : `${after}\n`;
  const from = before === undefined || before === "" || before.endsWith("\n") ? before : `${before}\n`;
  if (after.includes("\0")) return { kind: "refused", text: "the text has a NUL character" };
  if (!patchable(file, from, padded)) return yield* throughShell(at, file, after);
  const patch = from === undefined ? addFilePatch(file, padded) : updatePatch(file, from, padded);
  // A text that only loses or gains its last line feed has nothing to patch.
  if (from === undefined || from !== padded) {
    const told = yield* applyPatch(at, patch);
    if (told.kind !== "applied") return { kind: "refused", text: told.text };
  } else if (after === padded) {
    return yield* checked(at, `printf '\\n' >> ${shellPath(file)}`, bytes);
  }
  if (after === padded) return { kind: "written", bytes };
  // A patch ends every file with a line feed. Seeking without copying cuts the file there, on Linux and macOS.
  return yield* checked(at, `dd if=/dev/null of=${shellPath(file)} bs=1 seek=${bytes} 2>/dev/null`, bytes);
}

function* throughShell(at: At, file: string, text: string): Program<WriteResult> {
  const target = shellPath(file);
  const folder = path.posix.dirname(file);
  const pieces = text === "" ? [""] : [...chunks(text)];
  for (const [index, piece] of pieces.entries()) {
    const made = index === 0 && folder !== "." ? `mkdir -p ${shellPath(folder)} && ` : "";
    const told = yield* checked(at, `${made}printf %s ${shellQuote(piece)} ${index === 0 ? ">" : ">>"} ${target}`, 0);
    if (told.kind !== "written") return told;
  }
  return { kind: "written", bytes: Buffer.byteLength(text) };
}

function* checked(at: At, cmd: string, bytes: number): Program<WriteResult> {
  const told = yield* exec(at, { cmd, plain: true });
  if (told.kind === "refused") return told;
  if (told.kind === "exited" && told.code === 0) return { kind: "written", bytes };
  return { kind: "refused", text: told.output.trim() || "the file could not be written" };
}

function* chunks(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + chunkChars);
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff && end < text.length) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}
