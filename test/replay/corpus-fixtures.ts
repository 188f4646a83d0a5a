import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import semver from "semver";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import type { ReplayedEntry } from "../../src/replay/play/replay-transcript.ts";

export interface Fixture {
  /** `<codex version>/<scenario>`. */
  readonly name: string;
  readonly version: string;
  readonly scenario: string;
  readonly dir: string;
}

export const fixturesFolder = path.resolve(import.meta.dirname, "../../fixtures");

/** All of the corpus, instead of a sample, where all takes minutes. */
export const wholeCorpus = process.env.REPLAY_ALL === "1";

/** Everything recorded from real releases, by version and scenario. What is constructed is not of them. */
export const fixtures: readonly Fixture[] = readdirSync(fixturesFolder)
  .filter((version) => semver.valid(version) !== null)
  .sort(semver.compare)
  .flatMap((version) =>
    readdirSync(path.join(fixturesFolder, version)).map((scenario) => ({
      name: `${version}/${scenario}`,
      version,
      scenario,
      dir: path.join(fixturesFolder, version, scenario),
    })),
  );

/** Every nth fixture, so that all scenarios and all versions come up; all of them with REPLAY_ALL=1. */
export function sample(all: readonly Fixture[], every: number): readonly Fixture[] {
  return wholeCorpus ? all : all.filter((_, index) => index % every === 0);
}

export async function linesOf({ dir }: Fixture): Promise<readonly RecordedLine[]> {
  return (await readRecording(dir)).lines;
}

export function goldenOf({ dir }: Fixture): string {
  return readFileSync(path.join(dir, "transcript.txt"), "utf8");
}

/** Rows as JSON keeps them, thread by thread: which of two threads speaks first is chance. */
export function plainRows(rows: readonly ReplayedEntry["entry"][]): unknown {
  const sorted = rows.toSorted((a, b) => (a.threadId < b.threadId ? -1 : a.threadId > b.threadId ? 1 : 0));
  return JSON.parse(JSON.stringify(sorted));
}
