import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import semver from "semver";
import { applyDifference } from "./digest-lines.ts";

/*
 * The chain of digests on disk: the oldest is whole, each later one holds what changed since the one before it.
 */

/** The folder `protocol/` of the repository. */
export const protocolFolder = path.join(import.meta.dirname, "..", "..", "protocol");

/**
 * The lines of every release's whole digest, oldest release first.
 * @throws Error naming the release whose file does not fit the one before it
 */
export function readChain(folder = protocolFolder): Map<string, readonly string[]> {
  const versions = readdirSync(path.join(folder, "digests"))
    .filter((name) => name.endsWith(".txt"))
    .map((name) => name.slice(0, -".txt".length))
    .sort(semver.compare);
  const chain = new Map<string, readonly string[]>();
  let before: readonly string[] | undefined;
  for (const version of versions) {
    try {
      before = applyDigestFile(before, readDigestFile(folder, version));
    } catch (cause) {
      const message = `protocol/digests/${version}.txt does not follow from the release before it; run npm run protocol:sync.`;
      throw new Error(message, { cause });
    }
    chain.set(version, before);
  }
  return chain;
}

/** The lines of one release's digest file that are not comments. */
export function readDigestFile(folder: string, version: string): string[] {
  const text = readFileSync(path.join(folder, "digests", `${version}.txt`), "utf8");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/**
 * The whole digest of a release from its file and the whole digest before it.
 * @throws Error when they do not fit
 */
export function applyDigestFile(before: readonly string[] | undefined, lines: readonly string[]): readonly string[] {
  if (before === undefined) return lines;
  return lines.length === 0 ? before : applyDifference(before, lines);
}
