import semver from "semver";
import { z } from "zod";
import { factOf } from "../../protocol/facts.ts";
import knownDifferences from "./drift-known.json" with { type: "json" };
import type { Difference } from "./drift-model.ts";

/* Differences between releases that somebody looked at: `drift-known.json`. Whatever is not there fails. */

const knownShape = z.array(
  z.strictObject({
    reason: z.string().min(1),
    /** The last release that was seen without them, and the first one with them. */
    between: z.tuple([z.string(), z.string()]),
    /** A race: they may be seen or not. */
    sometimes: z.literal(true).optional(),
    /** Keys, and for what is seen in recordings, the scenarios it is seen in. */
    differences: z.record(z.string(), z.array(z.string())),
  }),
);
export type Known = z.infer<typeof knownShape>;

export interface Judged extends Difference {
  /** Why it is no cause for concern; absent: nobody has said so. */
  readonly reason?: string;
}

export interface Judgement {
  readonly differences: readonly Judged[];
  /** Known differences that should have been seen and were not. */
  readonly stale: readonly string[];
}

/**
 * Tells known differences from unknown ones, and finds known ones that are there no more.
 * @param scenarios those that were compared
 */
export function judge(
  differences: readonly Difference[],
  versions: { readonly from: string; readonly to: string },
  scenarios: ReadonlySet<string>,
  known: Known = knownShape.parse(knownDifferences),
): Judgement {
  const judged = differences.map((difference) => {
    const reason = difference.matters ? reasonFor(difference, versions, known) : undefined;
    return reason === undefined ? difference : { ...difference, reason };
  });
  return { differences: judged, stale: staleIn(differences, versions, scenarios, known) };
}

function reasonFor(
  { key, level, scenarios }: Difference,
  { from, to }: { from: string; to: string },
  known: Known,
): string | undefined {
  const reasons = known.flatMap(({ reason, between: [without, first], differences }) => {
    const seen = differences[key];
    if (!seen || !semver.lt(from, first) || !semver.gt(to, without)) return [];
    return [{ reason, seen }];
  });
  const explained = new Set(reasons.flatMap(({ seen }) => seen));
  const unexplained = scenarios.filter((scenario) => !explained.has(scenario));
  if (reasons.length > 0 && unexplained.length === 0)
    return [...new Set(reasons.map(({ reason }) => reason))].join("; ");
  return level === "schema" ? factFor(key) : undefined;
}

/** What the table of facts says of a method or a field that comes or goes. */
function factFor(key: string): string | undefined {
  const [, method = "", path] = /^\w+ (\S+) (?:params|result)(?:\.(.+))?: (?:went|came)$/.exec(key) ?? [];
  const fact = factOf(method) ?? factOf(`${method}.${path}`);
  return fact && `in src/protocol/facts.ts; without it ${fact.without}`;
}

/** A known difference is stale when nothing is different there any more; another difference there has an entry of its own. */
function staleIn(
  differences: readonly Difference[],
  { from, to }: { from: string; to: string },
  scenarios: ReadonlySet<string>,
  known: Known,
): string[] {
  const found = new Map<string, Set<string>>();
  for (const { key, scenarios: seen } of differences) {
    found.set(subjectOf(key), new Set([...(found.get(subjectOf(key)) ?? []), ...seen]));
  }
  return known.flatMap(({ between: [without, first], sometimes, differences: own }) => {
    if (sometimes || !semver.lte(from, without) || !semver.gte(to, first)) return [];
    return Object.entries(own).flatMap(([key, seen]) => {
      const there = found.get(subjectOf(key));
      if (seen.length === 0) return there ? [] : [key];
      const missing = seen.filter((scenario) => scenarios.has(scenario) && !there?.has(scenario));
      return missing.map((scenario) => `${key} (${scenario})`);
    });
  });
}

/** What a key is about, without how it changed. */
function subjectOf(key: string): string {
  return /^transcript: [^:]+/.exec(key)?.[0] ?? key.replace(/(?:: [^:]*| came| went)$/, "");
}
