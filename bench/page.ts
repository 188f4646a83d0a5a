/** docs/performance.md, from the newest result of each bench. */
import type { Bench } from "./benches.ts";
import { type Figure, isMet, short } from "./figure.ts";

/** What is kept of a run. */
export interface Kept {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly figures: readonly Figure[];
}

export function performancePage(benches: readonly Bench[], kept: Readonly<Record<string, Kept>>): string {
  const rows = benches.flatMap((bench) => (kept[bench.name]?.figures ?? []).map((figure) => ({ bench, figure })));
  const met = rows.filter(({ figure }) => isMet(figure)).length;
  const notes = rows.flatMap(({ figure: { what, note } }) => (note === undefined ? [] : [`- ${what}: ${note}.`]));
  const runs = benches.flatMap(({ name, about }) => {
    const run = kept[name];
    return run ? [`| ${name} | ${about} | ${run.date} | ${Object.values(run.machine).join(", ")} |`] : [];
  });
  return `# Performance

Generated, do not edit: \`npm run bench\` runs all benches but the one that needs a host, \`npm run bench -- host\` that one,
and \`npm run bench -- --write\` writes this page from the newest result of each.

Every figure has both sides from the same run, taking turns on the same machine; a ratio is ours to theirs. CPU is user and
system time of the process in question. A figure taken while the machine did other things says little: its load is told below.

**${met} of ${rows.length} targets met.**

| figure | ours | other side | ratio | target | met |
|---|---|---|---|---|---|
${rows.map(({ figure }) => row(figure)).join("\n")}
${notes.length === 0 ? "" : `\n## Notes\n\n${notes.join("\n")}\n`}
## Runs

| bench | about | date | machine |
|---|---|---|---|
${runs.join("\n")}
`;
}

function row(figure: Figure): string {
  const { what, ours, other, against, unit, value, target, least, interval } = figure;
  const with95 = interval ? ` (${interval.map((bound) => bound.toFixed(2)).join("–")})` : "";
  const sides = [`${short(ours)} ${unit}`.trim(), other === undefined ? "" : `${short(other)} ${unit}, ${against}`];
  const told = other === undefined ? "" : `${value.toFixed(2)}${with95}`;
  return `| ${what} | ${sides.join(" | ")} | ${told} | ${least ? "≥" : "≤"} ${target} | ${isMet(figure) ? "yes" : "**no**"} |`;
}
