import { type FactKey, factOf } from "../../src/protocol/facts.ts";
import { allScenarios, type CompatibilityRecord, generatedBy, type RecordedRelease, type Verdict } from "./record.ts";

/* docs/compatibility.md: the record as people read it. */

/** Releases in a row with the same results. */
interface Range {
  readonly first: RecordedRelease;
  readonly last: RecordedRelease;
  readonly count: number;
}

export function renderPage(record: CompatibilityRecord): string {
  const tried = record.releases.filter(({ unavailable }) => unavailable === undefined);
  const ranges = rangesOf(tried);
  const dates = tried.map(({ date }) => date).sort();
  const days = dates[0] === dates.at(-1) ? dates[0] : `${dates[0]} to ${dates.at(-1)}`;
  const platforms = [...new Set(tried.map(({ platform }) => platform))].join(", ");
  const footnotes = lackedBy(tried);
  const head = ["Scenario", ...ranges.map(rangeName)];
  const rows = allScenarios.map(({ id, title }) => [
    `${title} (\`${id}\`)`,
    ...ranges.map(({ first }) => cell(first.results[id], footnotes)),
  ]);
  return [
    "# Compatibility",
    `This page is generated; do not edit it. \`${generatedBy}\` tried ${tried.length} Codex releases on ` +
      `${days} (${platforms}): each with the real executable, through the bridge's own harness, with a scripted model. ` +
      "The raw results are in [compatibility.json](compatibility.json).",
    "`✓` works, `✗` fails, `–` not tried; a number says what the release itself lacks, and is explained below. " +
      "Neighbouring releases with the same results share a column.",
    table(head, rows),
    "## What some releases lack",
    footnotes.length === 0 ? "Nothing." : footnotes.map((fact, index) => explained(fact, index, record)).join("\n"),
    ...failuresOf(tried),
    ...notTried(record.releases),
  ]
    .join("\n\n")
    .concat("\n");
}

function rangesOf(releases: readonly RecordedRelease[]): Range[] {
  const ranges: Range[] = [];
  for (const release of releases) {
    const range = ranges.at(-1);
    if (range && JSON.stringify(range.first.results) === JSON.stringify(release.results)) {
      ranges[ranges.length - 1] = { first: range.first, last: release, count: range.count + 1 };
    } else ranges.push({ first: release, last: release, count: 1 });
  }
  return ranges;
}

function rangeName({ first, last, count }: Range): string {
  return count === 1 ? first.version : `${first.version} – ${last.version} (${count})`;
}

/** Every fact that some release lacks, in the order of the scenarios that find it. */
function lackedBy(releases: readonly RecordedRelease[]): FactKey[] {
  return [...new Set(releases.flatMap(({ results }) => Object.values(results).flatMap(lacksOf)))];
}

function lacksOf(verdict: Verdict): readonly FactKey[] {
  return typeof verdict === "object" && "lacks" in verdict ? verdict.lacks : [];
}

function cell(verdict: Verdict | undefined, footnotes: readonly FactKey[]): string {
  if (verdict === undefined) return "–";
  if (verdict === "pass") return "✓";
  return "error" in verdict ? "✗" : verdict.lacks.map((fact) => footnotes.indexOf(fact) + 1).join(", ");
}

function explained(fact: FactKey, index: number, { releases }: CompatibilityRecord): string {
  const ids = allScenarios
    .map(({ id }) => id)
    .filter((id) => releases.some((r) => lacksOf(r.results[id] ?? "pass").includes(fact)));
  const { since, until, except = [], without } = factOf(fact)!;
  const which = [
    ...(since === undefined ? [] : [`before ${since}`]),
    ...(until === undefined ? [] : [`since ${until}`]),
    ...(except.length === 0 ? [] : [`on ${except.join(" and ")} alone`]),
  ].join(" and ");
  return `${index + 1}. ${which[0]?.toUpperCase()}${which.slice(1)}, ${without}. (\`${fact}\`, found by ${ids.map((id) => `\`${id}\``).join(", ")})`;
}

function failuresOf(releases: readonly RecordedRelease[]): string[] {
  const lines = releases.flatMap(({ version, results }) =>
    Object.entries(results).flatMap(([id, verdict]) =>
      typeof verdict === "object" && "error" in verdict ? [`- ${version}, \`${id}\`: ${verdict.error}`] : [],
    ),
  );
  return lines.length === 0 ? [] : ["## What failed", lines.join("\n")];
}

function notTried(releases: readonly RecordedRelease[]): string[] {
  const lines = releases.flatMap(({ version, unavailable }) => (unavailable ? [`- ${version}: ${unavailable}`] : []));
  return lines.length === 0 ? [] : ["## What could not be tried", lines.join("\n")];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) => Math.max(3, name.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, column) => text.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
