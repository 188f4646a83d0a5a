import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { RequestSkeleton } from "./skeleton.ts";

/** What is kept of a CLI: its first three requests, without prompts. */
export interface Skeleton {
  readonly harness: string;
  /** `capture`: made by this script from a published CLI. `facts`: written from what is known of one that npm does not have. */
  readonly source: "capture" | "facts";
  /** Where it comes from: package and version, or the sources that were read. */
  readonly of: string;
  readonly wire: "chat" | "messages";
  readonly model: string;
  /** Of `facts` only what is known: what is not there is not compared. */
  readonly requests: readonly Partial<RequestSkeleton>[];
  /** What else was asked before or between, such as a probe. */
  readonly others?: readonly { readonly method: string; readonly path: string }[];
}

export const skeletonFolder = path.resolve(import.meta.dirname, "../../fixtures/harness");

/** The recorded request of Codex is no skeleton of a CLI. */
export const codexRequestFile = path.join(skeletonFolder, "codex-request.json");

export const fileOf = (id: string): string => path.join(skeletonFolder, `${id}.json`);

/** Every skeleton by its id. */
export function readSkeletons(): Map<string, Skeleton> {
  const names = readdirSync(skeletonFolder).filter((name) => name.endsWith(".json"));
  const ids = names.map((name) => name.slice(0, -".json".length)).filter((id) => fileOf(id) !== codexRequestFile);
  return new Map(ids.map((id) => [id, JSON.parse(readFileSync(fileOf(id), "utf8")) as Skeleton]));
}

/**
 * Writes a value, or tells whether it is what is there.
 * @returns false when only looked at and different
 */
export function save(file: string, value: unknown, onlyCheck: boolean): boolean {
  const text = `${laidOut(value, "")}\n`;
  if (!onlyCheck) writeFileSync(file, text);
  return !onlyCheck || (existsSync(file) && readFileSync(file, "utf8") === text);
}

const longestLine = 120;

/** JSON with everything on one line that fits there. */
function laidOut(value: unknown, indent: string): string {
  const flat = JSON.stringify(value);
  if (value === null || typeof value !== "object" || indent.length + flat.length < longestLine) return flat;
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((each) => `${deeper}${laidOut(each, deeper)}`)
    : Object.entries(value).map(([key, each]) => `${deeper}${JSON.stringify(key)}: ${laidOut(each, deeper)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}
