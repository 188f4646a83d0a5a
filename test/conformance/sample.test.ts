import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installRelease } from "../../scripts/codex-releases.ts";
import { floorVersion } from "../../src/protocol/user-agent.ts";
import { findCodexBinary } from "../../src/server/binary.ts";
import { runningBelow } from "../support/processes.ts";
import { ReleaseRun, scenarioMs } from "./release-run.ts";
import { scenarios } from "./scenarios.ts";
import { managedVersion } from "./versions.ts";

/* Three of the releases `npm run matrix:codex` tries: the oldest, one in between, and the one we bring along. */
const sample = [floorVersion, "0.147.0", managedVersion()];

describe.each(sample)("Codex %s", (version) => {
  let run: ReleaseRun;

  beforeAll(async () => {
    const newest = findCodexBinary().command;
    const commandOf = async (wanted: string) =>
      wanted === managedVersion() ? newest : (await installRelease(wanted)).command;
    run = new ReleaseRun(version, { tested: await commandOf(version), floor: await commandOf(floorVersion), newest });
  }, 300_000);

  afterAll(async () => {
    expect(await run.close()).toEqual([]);
    expect(runningBelow(process.pid)).toEqual([]);
  });

  it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))(
    "%s",
    async (_, scenario) => {
      const { status, error, thrown } = await run.run(scenario);
      // As it was thrown: an assertion shows what it compared.
      if (status === "fail") throw thrown ?? new Error(error);
    },
    scenarioMs * 2,
  );
});
