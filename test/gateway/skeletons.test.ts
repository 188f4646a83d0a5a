import { describe, expect, it } from "vitest";
import { intendedDifferences } from "../../fixtures/harness/intended-differences.ts";
import { readSkeletons, type Skeleton } from "../../scripts/harness-capture/files.ts";
import { harnessIds } from "../../src/gateway/harness/ids.ts";
import { type Difference, differences } from "./support/skeleton-diff.ts";
import { ourRequests, ourRequestsAsFacts } from "./support/skeleton-requests.ts";

/*
 * The first three requests of each harness beside those of the CLI whose shape it has (npm run harness:capture), field by
 * field. Whatever differs stands in fixtures/harness/intended-differences.ts with its reason, and whatever stands there
 * differs.
 */

const skeletons = readSkeletons();

describe("requests beside those of the real CLI", () => {
  it("have differences of known harnesses only, each with a reason", () => {
    const named = intendedDifferences.flatMap(({ harnesses }) => harnesses);
    expect(named.filter((id) => !(harnessIds as readonly string[]).includes(id))).toEqual([]);
    expect(
      intendedDifferences.filter(({ reason, harnesses, at }) => !reason || !harnesses.length || !at.length),
    ).toEqual([]);
  });

  for (const id of harnessIds) {
    const skeleton = skeletons.get(id);
    it(`${id}`, async () => {
      if (!skeleton) throw new Error(`fixtures/harness has no ${id}.json`);
      const found = await differencesOf(skeleton);
      const intended = intendedDifferences
        .filter(({ harnesses }) => harnesses.includes(id))
        .flatMap(({ at, is }) => at.map((path) => ({ at: path, is })));
      const unexplained = found.filter((each) => !intended.some((entry) => explains(entry, each)));
      const stale = intended.filter((entry) => !found.some((each) => explains(entry, each)));
      expect({ unexplained, stale }).toEqual({ unexplained: [], stale: [] });
    });
  }
});

/** Of a skeleton made from facts only what it states is compared, and the order of fields is not known. */
async function differencesOf(skeleton: Skeleton): Promise<Difference[]> {
  if (skeleton.source === "capture") {
    return differences({ requests: skeleton.requests }, { requests: await ourRequests(skeleton) }, true);
  }
  return differences({ requests: skeleton.requests }, { requests: await ourRequestsAsFacts(skeleton) }, false);
}

function explains(entry: Pick<Difference, "at" | "is">, { at, is }: Difference): boolean {
  const steps = at.split("/");
  const told = entry.at.split("/");
  return entry.is === is && told.length === steps.length && told.every((step, index) => fits(step, steps[index]!));
}

function fits(pattern: string, step: string): boolean {
  const [start, end] = pattern.split("*");
  return end === undefined ? step === pattern : step.startsWith(start!) && step.endsWith(end);
}
