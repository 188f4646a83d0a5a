import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { allScenarios, type CompatibilityRecord, generatedBy, type RecordedRelease, type Verdict } from "./record.ts";

/* docs/compatibility.json: the record, written short, because nearly everything passes everywhere. */

const file = path.resolve(import.meta.dirname, "../../docs/compatibility.json");

interface WrittenRecord {
  readonly generatedBy: string;
  /** Ids of the scenarios there were; a release passed all it is not said to have done otherwise with. */
  readonly scenarios: readonly string[];
  readonly releases: readonly (Omit<RecordedRelease, "results"> & {
    readonly untried?: readonly string[];
    readonly otherwise?: Readonly<Record<string, Verdict>>;
  })[];
}

/** @returns an empty record when there is no file yet */
export async function readRecord(): Promise<CompatibilityRecord> {
  const text = await readFile(file, "utf8").catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== "ENOENT") throw thrown;
  });
  if (text === undefined) return { releases: [] };
  const { scenarios, releases } = JSON.parse(text) as WrittenRecord;
  return {
    releases: releases.map(({ untried = [], otherwise = {}, ...release }) => {
      const ids = release.unavailable === undefined ? scenarios.filter((id) => !untried.includes(id)) : [];
      return { ...release, results: Object.fromEntries(ids.map((id) => [id, otherwise[id] ?? "pass"])) };
    }),
  };
}

/** One release a line, so that a change is easy to see. */
export async function writeRecord({ releases }: CompatibilityRecord): Promise<void> {
  const scenarios = allScenarios.map(({ id }) => id);
  const lines = releases.map(({ results, ...release }) => {
    const untried = scenarios.filter((id) => results[id] === undefined);
    const otherwise = Object.entries(results).filter(([, verdict]) => verdict !== "pass");
    return JSON.stringify({
      ...release,
      ...(untried.length === 0 || release.unavailable !== undefined ? {} : { untried }),
      ...(otherwise.length === 0 ? {} : { otherwise: Object.fromEntries(otherwise) }),
    } satisfies WrittenRecord["releases"][number]);
  });
  const head = `"generatedBy": ${JSON.stringify(generatedBy)},\n  "scenarios": ${JSON.stringify(scenarios)}`;
  await writeFile(file, `{\n  ${head},\n  "releases": [\n    ${lines.join(",\n    ")}\n  ]\n}\n`);
}
