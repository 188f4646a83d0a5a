import type { Fact } from "./facts.ts";

/*
 * Digests as lines: one from the facts of the two runs of a release, and the difference of two.
 */

/**
 * The lines of a release. A fact the run without `--experimental` does not have is experimental; so is everything that is
 * part of it, which is not said again.
 * @throws Error when the stable run has a fact the experimental one lacks, or says something else
 */
export function digestLines(experimental: readonly Fact[], stable: readonly Fact[]): string[] {
  const stableTexts = new Map(stable.map(({ subject, text }) => [subject, text]));
  const lines = experimental.map(({ subject, text, owner }) => {
    const stableText = stableTexts.get(subject);
    if (stableText !== undefined && stableText !== text) {
      throw new Error(`${subject} is "${stableText}" without --experimental and "${text}" with it.`);
    }
    const ownerIsExperimental = owner !== undefined && !stableTexts.has(owner);
    const mark = stableText === undefined && !ownerIsExperimental ? "experimental" : "";
    return [subject, text, mark].filter((part) => part !== "").join(" ");
  });
  const known = new Set(experimental.map(({ subject }) => subject));
  const lost = stable.find(({ subject }) => !known.has(subject));
  if (lost !== undefined) throw new Error(`${lost.subject} is missing with --experimental.`);
  return lines.sort(byCodeUnit);
}

/** What changed from one digest to the next, as `- line` and `+ line`, ordered by what the lines are about. */
export function differenceOf(before: readonly string[], after: readonly string[]): string[] {
  const had = new Set(before);
  const has = new Set(after);
  const removed = before.filter((line) => !has.has(line)).map((line) => `- ${line}`);
  const added = after.filter((line) => !had.has(line)).map((line) => `+ ${line}`);
  return [...removed, ...added].sort((a, b) => byCodeUnit(a.slice(2), b.slice(2)));
}

/**
 * Undoes {@link differenceOf}.
 * @throws Error when a line to remove is not there, a line to add is, or a line is neither
 */
export function applyDifference(before: readonly string[], difference: readonly string[]): string[] {
  const lines = new Set(before);
  for (const change of difference) {
    const line = change.slice(2);
    const removes = change.startsWith("- ");
    if (!removes && !change.startsWith("+ "))
      throw new Error(`Expected "+ " or "- ", found ${JSON.stringify(change)}.`);
    if (lines.has(line) !== removes) {
      throw new Error(
        `The line ${JSON.stringify(line)} ${removes ? "is not there to be removed" : "is there already"}.`,
      );
    }
    if (removes) lines.delete(line);
    else lines.add(line);
  }
  return [...lines].sort(byCodeUnit);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
