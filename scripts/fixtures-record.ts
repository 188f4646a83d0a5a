import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { newestTestedVersion } from "../src/protocol/newest-tested.ts";
import { floorVersion } from "../src/protocol/user-agent.ts";
import type { Releases, Scenario } from "../test/conformance/scenario.ts";
import { scenarios } from "../test/conformance/scenarios.ts";
import { headOf, scriptArguments, wholeNumber } from "./arguments.ts";
import { installRelease } from "./codex-releases.ts";
import { recordScenario } from "./fixtures/record-scenario.ts";
import { saveFixture } from "./fixtures/save.ts";

/*
 * Records the corpus below fixtures/ from real Codex releases with the scripted model: no credentials, no network apart
 * from the installation of releases that are not installed yet.
 *
 *     npm run fixtures:record                                          all of it
 *     npm run fixtures:record -- --versions 0.169.0 --scenarios text,shell
 */

/** The oldest and the newest release, and between them those from which on the protocol behaves differently. */
const recordedVersions = [floorVersion, "0.133.0", "0.142.5", "0.151.0", "0.162.1", newestTestedVersion];
/** Several releases at once: recorded once, for the newest. */
const onlyNewest = new Set(scenarios.filter(({ mixesReleases }) => mixesReleases).map(({ id }) => id));
const fixtures = path.resolve(import.meta.dirname, "../fixtures");

async function main(): Promise<number> {
  const { values } = scriptArguments(headOf(import.meta.filename), {
    options: { versions: { type: "string" }, scenarios: { type: "string" }, jobs: { type: "string", default: "2" } },
  });
  const versions = values.versions?.split(",") ?? recordedVersions;
  const [only] = versions;
  const failures =
    only !== undefined && versions.length === 1
      ? await recordRelease(only, values.scenarios?.split(","))
      : await recordAll(versions, values.scenarios, wholeNumber("jobs", values.jobs));
  console.log(`${(bytesOf(fixtures) / 1e6).toFixed(1)} MB in all, ${failures} not recorded`);
  return failures > 0 ? 1 : 0;
}

/** Each release in a process of its own: some scenarios kill everything their process started. */
async function recordAll(versions: readonly string[], ids: string | undefined, jobs: number): Promise<number> {
  const queue = [...versions];
  let failures = 0;
  const lane = async (): Promise<void> => {
    for (let version = queue.shift(); version !== undefined; version = queue.shift()) {
      const args = ["--versions", version, ...(ids === undefined ? [] : ["--scenarios", ids])];
      const child = spawn(process.execPath, [import.meta.filename, ...args], { stdio: "inherit" });
      const [code] = (await once(child, "close")) as [number | null];
      failures += code === 0 ? 0 : 1;
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  return failures;
}

async function recordRelease(version: string, wanted: readonly string[] | undefined): Promise<number> {
  const commandOf = async (each: string): Promise<string> => (await installRelease(each)).command;
  const [tested, floor, newest] = await Promise.all([version, floorVersion, newestTestedVersion].map(commandOf));
  const releases: Releases = { tested: tested!, floor: floor!, newest: newest! };
  let failures = 0;
  for (const scenario of scenarios) {
    if (wanted && !wanted.includes(scenario.id)) continue;
    if (version !== newestTestedVersion && onlyNewest.has(scenario.id)) continue;
    const dir = path.join(fixtures, version, scenario.id);
    const error = await record(scenario, version, releases, dir).catch((thrown: unknown) => thrown);
    if (error === undefined) console.log(`${version} ${scenario.id}: ${(bytesOf(dir) / 1000).toFixed(0)} kB`);
    else console.log(`${version} ${scenario.id}: NOT RECORDED, ${error instanceof Error ? error.message : error}`);
    failures += error === undefined ? 0 : 1;
  }
  return failures;
}

/** Timing decides some scenarios: one that fails is tried once more. */
async function record(scenario: Scenario, version: string, releases: Releases, dir: string): Promise<void> {
  const attempt = async (): Promise<void> =>
    saveFixture(await recordScenario(scenario, version, releases), { dir, version, scenario: scenario.id });
  await attempt().catch(attempt);
}

function bytesOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file));
  return files.map((file) => statSync(file)).reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

process.exitCode = await main();
