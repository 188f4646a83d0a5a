import { machineFacts } from "../../bench/stats.ts";
import type { LoadCounts } from "./load.ts";
import { type Measure, measures, type Sample, type Verdict } from "./measure.ts";

export interface SoakReport {
  readonly version: string;
  readonly seed: number;
  readonly minutes: number;
  readonly counts: LoadCounts;
  readonly samples: readonly Sample[];
  readonly verdicts: readonly Verdict[];
  /** What must not be at the end: open work, doubled entries, processes. */
  readonly left: readonly string[];
}

export const isFlat = ({ verdicts, left, counts }: SoakReport): boolean =>
  verdicts.every(({ flat }) => flat) && left.length === 0 && counts.odd.length === 0;

export function asText(report: SoakReport): string {
  const { verdicts, counts, left } = report;
  const total = Object.values(counts.actions).reduce((sum, each) => sum + each, 0);
  return [
    `${total} actions in ${report.minutes} min on Codex ${report.version}, seed ${report.seed}`,
    `  done  ${inWords(counts.actions)}`,
    `  told  ${inWords(counts.told)}`,
    ...verdicts.map(({ measure, atStart, atEnd, grew, flat }) =>
      [
        `  ${flat ? "✓" : "✗"} ${measure.padEnd(11)}`,
        `${show(measure, atStart)} → ${show(measure, atEnd)}`.padEnd(26),
        `second half: ${show(measure, grew)} (may grow ${show(measure, measures[measure].mayGrow)})`,
      ].join(" "),
    ),
    ...counts.odd.map((each) => `  ✗ ${each}`),
    ...left.map((each) => `  ✗ left: ${each}`),
    isFlat(report) ? "flat" : "NOT FLAT",
  ].join("\n");
}

/** docs/soak.md */
export function asPage(report: SoakReport): string {
  const { node, cores, cpu } = machineFacts();
  const rows = report.verdicts.map(({ measure, atStart, atEnd, grew, flat }) => {
    const cells = [
      show(measure, atStart),
      show(measure, atEnd),
      show(measure, grew),
      show(measure, measures[measure].mayGrow),
    ];
    return `| ${measure} | ${cells.join(" | ")} | ${flat ? "yes" : "**no**"} |`;
  });
  const every = Math.max(1, Math.floor(report.samples.length / 20));
  const course = report.samples
    .filter((_, at) => at % every === 0)
    .map(
      (sample) =>
        `| ${(sample.atMs / 60_000).toFixed(1)} | ${(Object.keys(measures) as Measure[]).map((each) => show(each, sample[each])).join(" | ")} |`,
    );
  return `# Soak

\`npm run soak -- --minutes ${report.minutes} --seed ${report.seed} --write\` made this page. Random sessions on the real Codex
${report.version} with a scripted model: turns with tools, commands, patches and approvals, aborts, steers, compactions, forks, sessions
begun anew, and kill -9 of the server. (${node}, ${cores}, ${cpu})

Done: ${inWords(report.counts.actions)}.
The host was told: ${inWords(report.counts.told)}.

The first half is warm-up. Through the samples of the second half a straight line is laid; what it rises from its first
sample to its last is what the measure grew. ${isFlat(report) ? "Everything is flat, nothing was left open or running, and no entry was doubled." : "**Not everything is as it has to be.**"}

| measure | at the start | at the end | grew in the second half | may grow | flat |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

\`rssBytes\` and \`heapBytes\` are of the bridge's process, after a garbage collection; \`pending\` is open work of every kind
(\`harness.snapshot()\`); \`storeBytes\` is what the session store holds.
${[...report.counts.odd, ...report.left].map((each) => `\n- not as it has to be: ${each}`).join("")}
## The course of it

| minute | ${Object.keys(measures).join(" | ")} |
| --- | ${Object.keys(measures)
    .map(() => "---")
    .join(" | ")} |
${course.join("\n")}
`;
}

function inWords(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return sorted.map(([name, times]) => `${times} × ${name}`).join(", ");
}

function show(measure: Measure, value: number): string {
  if (measures[measure].unit === "MiB") return `${(value / 2 ** 20).toFixed(value < 2 ** 24 ? 2 : 0)} MiB`;
  return String(Math.round(value * 10) / 10);
}
