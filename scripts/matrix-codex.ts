import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { BridgeError } from "../src/errors.ts";
import { newestTestedVersion } from "../src/protocol/newest-tested.ts";
import { floorVersion } from "../src/protocol/user-agent.ts";
import type { ScenarioResult } from "../test/conformance/scenario.ts";
import { installRelease, publishedReleases } from "./codex-releases.ts";
import { type MatrixOptions, parseMatrixArguments } from "./matrix/arguments.ts";
import { renderPage } from "./matrix/page.ts";
import { allScenarios, generatedBy, hereAndNow, merge, type Origin } from "./matrix/record.ts";
import { readRecord, writeRecord } from "./matrix/record-file.ts";
import { type ReleaseReport, runRelease } from "./matrix/run-release.ts";

/* Tries what the bridge promises on real Codex releases; see `--help`. */

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const options = parseMatrixArguments();
  if (options.merge.length > 0) {
    for (const file of options.merge) {
      const { releases, ...origin } = JSON.parse(await readFile(file, "utf8")) as Origin & {
        releases: ReleaseReport[];
      };
      await keep(releases, options, origin);
      console.log(asTable(releases));
    }
    return 0;
  }
  const versions = options.versions === "all" ? await publishedReleases() : options.versions;
  const reports = await runAll(versions, options);
  console.log(options.json ? asJson(reports) : asTable(reports));
  return reports.some(({ results }) => Object.values(results).some(({ status }) => status === "fail")) ? 1 : 0;
}

/** Keeps what is known so far: a run that is stopped loses only the releases it was at. */
async function keep(
  reports: readonly ReleaseReport[],
  { write, traffic }: MatrixOptions,
  origin: Origin = hereAndNow(),
): Promise<void> {
  if (write) {
    const record = merge(await readRecord(), reports, origin);
    await writeRecord(record);
    await writeFile(path.resolve(import.meta.dirname, "../docs/compatibility.md"), renderPage(record));
  }
  if (traffic === undefined) return;
  const seen = Object.fromEntries(reports.map((report) => [report.version, report.traffic]));
  await writeFile(traffic, `${JSON.stringify(seen, null, 1)}\n`);
}

/** All releases, `jobs` at a time, in the order of `versions`. */
async function runAll(versions: readonly string[], options: MatrixOptions): Promise<ReleaseReport[]> {
  const { ids, jobs, traffic } = options;
  const floor = (await installRelease(floorVersion)).command;
  const newest = (await installRelease(newestTestedVersion)).command;
  const reports: ReleaseReport[] = [];
  let kept = Promise.resolve();
  const queue = versions.map((version, index) => ({ version, index }));
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { version, index } = next;
      reports[index] = await installRelease(version).then(
        ({ command: tested }) => {
          const order = { version, releases: { tested, floor, newest }, ids, traffic: traffic !== undefined };
          return runRelease(order, (id, result) => tell(version, id, result));
        },
        (thrown: unknown) => notInstalled(version, thrown),
      );
      progress(`${version}: ${summary(reports[index])}`);
      kept = kept.then(() => keep(Object.values(reports), options));
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  await kept;
  return reports;
}

/** Some releases were published without an executable for some platforms; any other reason ends the run. */
function notInstalled(version: string, thrown: unknown): ReleaseReport {
  if (!(thrown instanceof BridgeError) || thrown.code !== "codex_binary_not_found") throw thrown;
  const unavailable = `npm has no executable for ${process.platform}-${process.arch}`;
  return { version, results: {}, elapsedMs: 0, unavailable };
}

function tell(version: string, id: string, { status, error, elapsedMs }: ScenarioResult): void {
  if (status === "fail") progress(`${version} ${id}: FAIL after ${elapsedMs} ms\n  ${error?.replaceAll("\n", "\n  ")}`);
}

function summary({ results, elapsedMs, unavailable }: ReleaseReport): string {
  if (unavailable !== undefined) return unavailable;
  const count = (wanted: ScenarioResult["status"]): number =>
    Object.values(results).filter(({ status }) => status === wanted).length;
  return `${count("pass")} pass, ${count("degraded")} degraded, ${count("fail")} fail, ${(elapsedMs / 1000).toFixed(1)} s`;
}

function asTable(reports: readonly ReleaseReport[]): string {
  return reports
    .flatMap((report) => [
      `${report.version}  ${summary(report)}`,
      ...Object.entries(report.results).flatMap(([id, { status, reason, error }]) =>
        status === "pass" ? [] : [`  ${id}: ${status} (${(reason ?? error ?? "").split("\n")[0]})`],
      ),
    ])
    .join("\n");
}

function asJson(reports: readonly ReleaseReport[]): string {
  const document = {
    generatedBy,
    ...hereAndNow(),
    scenarios: allScenarios,
    releases: reports.map(({ traffic: _, ...report }) => report),
  };
  return JSON.stringify(document, null, 1);
}

try {
  process.exitCode = await main();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 2;
}
