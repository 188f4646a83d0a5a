import semver from "semver";
import { type Judgement, judge, type Known } from "./drift-known.ts";
import type { Side } from "./drift-model.ts";
import { projectionDifferences } from "./drift-projection.ts";
import { isInSchemas, schemaDifferences } from "./drift-schema.ts";
import { wireDifferences } from "./drift-wire.ts";

export interface Drift extends Judgement {
  /** The older side. */
  readonly from: string;
  readonly to: string;
  /** Neither unknown differences nor stale known ones. */
  readonly ok: boolean;
  /** What both sides have, and was compared. */
  readonly scenarios: readonly string[];
  /** What only one of them has. */
  readonly notCompared: readonly string[];
  /** Releases whose schemas this version of the bridge does not have: compared by their recordings alone. */
  readonly withoutSchema: readonly string[];
}

/** Compares what two releases of Codex say and how it is shown: the older with the newer, whichever was given first. */
export function driftBetween(one: Side, other: Side, known?: Known): Drift {
  const isReversed = semver.valid(one.version) && semver.valid(other.version) && semver.gt(one.version, other.version);
  const [a, b] = isReversed ? [other, one] : [one, other];
  const scenarios = [...a.recordings.keys()].filter((scenario) => b.recordings.has(scenario));
  const all = new Set([...a.recordings.keys(), ...b.recordings.keys()]);
  const [from, to] = [only(a, scenarios), only(b, scenarios)];
  const withoutSchema = [...new Set([from.version, to.version])].filter((version) => !isInSchemas(version));
  const found = [
    ...(withoutSchema.length === 0 ? schemaDifferences(from.version, to.version) : []),
    ...wireDifferences(from, to),
    ...projectionDifferences(from, to),
  ];
  const versions = { from: from.version, to: to.version };
  const judgement = judge(found, versions, new Set(scenarios), known);
  const unknown = judgement.differences.some(({ matters, reason }) => matters && reason === undefined);
  return {
    ...versions,
    ok: !unknown && judgement.stale.length === 0,
    scenarios,
    notCompared: [...all].filter((scenario) => !scenarios.includes(scenario)),
    withoutSchema,
    ...judgement,
  };
}

function only(side: Side, scenarios: readonly string[]): Side {
  return { ...side, recordings: new Map(scenarios.map((scenario) => [scenario, side.recordings.get(scenario)!])) };
}
