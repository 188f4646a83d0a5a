import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { newestTestedVersion } from "../../src/protocol/newest-tested.ts";
import { floorVersion } from "../../src/protocol/user-agent.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { findingsIn } from "../../src/replay/play/replay-invariants.ts";
import { scenarios } from "../conformance/scenarios.ts";
import { fixtures, fixturesFolder, goldenOf, linesOf } from "./corpus-fixtures.ts";

const maxCorpusBytes = 10_000_000;

describe("every fixture, straight through the reducer", () => {
  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))("%s", async (_, fixture) => {
    const lines = await linesOf(fixture);
    const again = replayed(lines);
    expect(again.text).toBe(goldenOf(fixture));
    expect(findingsIn(lines, again)).toEqual([]);
  });
});

describe("the corpus", () => {
  it("has the oldest and the newest release, and four between", () => {
    const versions = [...new Set(fixtures.map(({ version }) => version))];
    expect([versions[0], versions.at(-1)]).toEqual([floorVersion, newestTestedVersion]);
    expect(versions.length).toBeGreaterThanOrEqual(6);
  });

  it("has every scenario of the compatibility matrix for every release; those of several releases once", () => {
    const versions = new Set(fixtures.map(({ version }) => version));
    const wanted = [...versions].flatMap((version) =>
      scenarios
        .filter(({ mixesReleases }) => !mixesReleases || version === newestTestedVersion)
        .map(({ id }) => `${version}/${id}`),
    );
    expect(fixtures.map(({ name }) => name).toSorted()).toEqual(wanted.toSorted());
  });

  it("is small", () => {
    const files = readdirSync(fixturesFolder, { recursive: true, encoding: "utf8" });
    const sizes = files.map((file) => statSync(path.join(fixturesFolder, file))).filter((file) => file.isFile());
    expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(maxCorpusBytes);
  });
});
