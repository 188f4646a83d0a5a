import path from "node:path";
import type { CallContext } from "./types.ts";

/** A path as a model writes it, absolute. */
export function absolute({ context }: Pick<CallContext, "context">, file: string): string {
  return path.resolve(context.cwd, file);
}

/** A path as people read it: relative where it lies below the working folder. */
export function relative({ context }: Pick<CallContext, "context">, file: string): string {
  const told = path.relative(context.cwd, path.resolve(context.cwd, file));
  return told.startsWith("..") ? path.resolve(context.cwd, file) : told;
}

const imageEndings = new Set([".png", ".jpg", ".jpeg", ".gif", ".webp"]);

export function isImage(file: string): boolean {
  return imageEndings.has(path.extname(file).toLowerCase());
}

/** JSON as it was written, without the blanks between its words; the order of keys stays. */
export function compactJson(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, words?: string) => words ?? "");
}
