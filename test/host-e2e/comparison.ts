import type { KeptResult } from "./results.ts";
import type { ScenarioResult } from "./run.ts";
import type { Scenario } from "./scenario.ts";

export interface Comparison {
  readonly versions: Readonly<Record<string, string>>;
  readonly ours: readonly KeptResult[];
  readonly incumbent: readonly KeptResult[];
  /** What only ours has: not compared. */
  readonly alone: readonly Pick<Scenario, "id" | "oursAlone">[];
}

export type Verdict = "better" | "equal" | "worse";

/** Ours against the incumbent's, in one word. */
function verdictOf(ours: ScenarioResult, incumbent: ScenarioResult): Verdict {
  if (ours.ok === incumbent.ok) return "equal";
  return ours.ok ? "better" : "worse";
}

/** The text of docs/comparison.md. */
export function comparisonPage(comparison: Comparison): string {
  const reasons = new Map(comparison.alone.map(({ id, oursAlone }) => [id, oursAlone]));
  const pairs = comparison.ours.flatMap((ours) => {
    if (reasons.has(ours.id)) return [];
    const incumbent = comparison.incumbent.find(({ id }) => id === ours.id);
    return incumbent ? [{ ours, incumbent, verdict: verdictOf(ours, incumbent) }] : [];
  });
  const count = (verdict: Verdict): number => pairs.filter((pair) => pair.verdict === verdict).length;
  const rows = pairs.map(
    ({ ours, incumbent, verdict }) =>
      `| ${ours.id} | ${ours.title} | ${mark(ours)} | ${mark(incumbent)} | ${verdict} | ${reason(ours, incumbent)} |`,
  );
  const dates = [...new Set(pairs.flatMap(({ ours, incumbent }) => [ours.date, incumbent.date]))].sort();
  const versions = Object.entries(comparison.versions).map(([name, version]) => `${name} ${version}`);
  return `# Beside the official plugin

Generated, do not edit: \`npm run host:e2e -- --plugin both\`, then \`npm run host:e2e -- --compare\`. Run on
${dates.join(" and ")} with ${versions.join(", ")}.

Both plugins run in the same host, a real gateway on loopback, with the same scripted model behind the Codex each of them
brings along. A scenario passes when what the client saw and what the host's own history, session list and usage report
say are as the title promises; \`test/host-e2e/scenarios/\` has the exact words.

**${count("better")} better, ${count("equal")} equal, ${count("worse")} worse** of ${pairs.length}.

| scenario | promise | ours | official | | why |
|---|---|---|---|---|---|
${rows.join("\n")}
${aloneTable(comparison.ours, reasons)}
## Figures

Informational. Times are left out: the two sides ran one after the other on a machine that did other things too.

${figureTable(pairs)}
`;
}

function aloneTable(ours: readonly KeptResult[], reasons: ReadonlyMap<string, string | undefined>): string {
  const rows = ours.flatMap((result) => {
    const why = reasons.get(result.id);
    return why ? [`| ${result.id} | ${result.title} | ${mark(result)} | ${why} |`] : [];
  });
  if (rows.length === 0) return "";
  return `
Not compared, for the official plugin has nothing to compare with:

| scenario | promise | ours | the official one |
|---|---|---|---|
${rows.join("\n")}
`;
}

function mark({ ok }: ScenarioResult): string {
  return ok ? "yes" : "no";
}

function reason(ours: ScenarioResult, incumbent: ScenarioResult): string {
  const said = [
    ours.problem && `ours: ${plain(ours.problem)}`,
    incumbent.problem && `official: ${plain(incumbent.problem)}`,
  ];
  return said.filter(Boolean).join("; ");
}

/** One cell of a table, without ids and paths of the run. */
function plain(text: string): string {
  const clean = text
    .replaceAll(/\s*\+ actual - expected.*/g, "")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}/g, "…")
    .replaceAll(/\/[\w./-]*\/\.cache\/codex-bridge\/[\w-]+/g, "…")
    .replaceAll(/agent:main:e2e-[\w-]+/g, "the session")
    .replaceAll("|", "\\|");
  return clean.length > 160 ? `${clean.slice(0, 160)}…` : clean;
}

function figureTable(pairs: readonly { ours: ScenarioResult; incumbent: ScenarioResult }[]): string {
  const rows = pairs.flatMap(({ ours, incumbent }) => {
    const names = Object.keys(ours.figures).filter(
      (name) => typeof ours.figures[name] === "number" && !name.endsWith("Ms"),
    );
    return names.map((name) => `| ${ours.id} | ${name} | ${ours.figures[name]} | ${incumbent.figures[name] ?? ""} |`);
  });
  return `| scenario | figure | ours | official |\n|---|---|---|---|\n${rows.join("\n")}`;
}
