import semver from "semver";
import type { FactKey } from "../../src/protocol/facts.ts";
import type { ScenarioResult } from "../../test/conformance/scenario.ts";
import { scenarios } from "../../test/conformance/scenarios.ts";
import { leftoversScenario, type ReleaseReport } from "./run-release.ts";

/** What is known of one scenario on one release: `pass`, what is lacking, or what went wrong. */
export type Verdict = "pass" | { readonly lacks: readonly FactKey[] } | { readonly error: string };

export interface RecordedRelease {
  readonly version: string;
  /** The day it was tried last. */
  readonly date: string;
  readonly platform: string;
  readonly results: Readonly<Record<string, Verdict>>;
  /** Why nothing could be tried. */
  readonly unavailable?: string;
}

/** The results behind docs/compatibility.md, oldest release first. */
export interface CompatibilityRecord {
  readonly releases: readonly RecordedRelease[];
}

export const generatedBy = "npm run matrix:codex";
export const allScenarios = [...scenarios.map(({ id, title }) => ({ id, title })), leftoversScenario];

/** Where and when releases were tried. */
export interface Origin {
  readonly date: string;
  readonly platform: string;
}

export const hereAndNow = (): Origin => ({
  date: new Date().toISOString(),
  platform: `${process.platform}-${process.arch}`,
});

/** Takes new results in; those of other releases and other scenarios stay. */
export function merge(
  record: CompatibilityRecord,
  reports: readonly ReleaseReport[],
  origin: Origin = hereAndNow(),
): CompatibilityRecord {
  const releases = new Map(record.releases.map((release) => [release.version, release]));
  for (const { version, results, unavailable } of reports) {
    const before = releases.get(version)?.results ?? {};
    const now = Object.fromEntries(Object.entries(results).map(([id, result]) => [id, verdictOf(result)]));
    const all = { ...before, ...now };
    // In the order of the scenarios; one that exists no more is forgotten.
    const ordered = allScenarios.flatMap(({ id }) => (all[id] === undefined ? [] : [[id, all[id]] as const]));
    const tried = {
      version,
      date: origin.date.slice(0, 10),
      platform: origin.platform,
      results: Object.fromEntries(ordered),
    };
    releases.set(version, unavailable === undefined ? tried : { ...tried, results: {}, unavailable });
  }
  return { releases: [...releases.values()].sort((a, b) => semver.compare(a.version, b.version)) };
}

function verdictOf({ status, lacks, error }: ScenarioResult): Verdict {
  if (status === "fail") return { error: (error ?? "unknown").replaceAll(/\s+/g, " ").slice(0, 200) };
  return lacks === undefined ? "pass" : { lacks };
}
