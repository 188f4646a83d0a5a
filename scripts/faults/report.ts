import { machineFacts } from "../../bench/stats.ts";
import type { FaultReport } from "../../test/faults/fault.ts";

export interface ReleaseFaults {
  readonly version: string;
  readonly faults: readonly FaultReport[];
}

export interface Totals {
  readonly tried: number;
  readonly survived: number;
  readonly lost: number;
  readonly doubled: number;
  readonly stuck: number;
  readonly orphans: number;
  readonly nextOk: number;
  readonly notTried: number;
}

function totalsOf({ faults }: ReleaseFaults): Totals {
  const tried = faults.filter(({ notTried }) => notTried === undefined);
  const sum = (count: (each: FaultReport) => number): number => tried.reduce((total, each) => total + count(each), 0);
  return {
    tried: tried.length,
    survived: tried.filter(({ problems }) => problems.length === 0).length,
    lost: sum(({ lost }) => lost.length),
    doubled: sum(({ doubled }) => doubled.length),
    stuck: sum(({ stuck }) => Number(stuck)),
    orphans: sum(({ orphans }) => orphans.length),
    nextOk: sum(({ next }) => Number(next === "ok")),
    notTried: faults.length - tried.length,
  };
}

export const isSound = (release: ReleaseFaults): boolean =>
  release.faults.every(({ problems }) => problems.length === 0);

export function asTable(releases: readonly ReleaseFaults[], detailed: boolean): string {
  const head = [
    "release",
    "faults tried",
    "survived",
    "lost",
    "doubled",
    "stuck",
    "orphans",
    "next turn ok",
    "not tried",
  ];
  const rows = releases.map((release) => {
    const totals = totalsOf(release);
    const { tried, survived, lost, doubled, stuck, orphans, nextOk, notTried } = totals;
    return [release.version, tried, survived, lost, doubled, stuck, orphans, nextOk, notTried].map(String);
  });
  const details = releases.flatMap((release) => [`${release.version}:`, ...release.faults.map(faultLine), ""]);
  return [...(detailed ? details : []), ...columns([head, ...rows])].join("\n");
}

export function faultLine({ id, told, problems, elapsedMs, notTried }: FaultReport): string {
  const mark = notTried !== undefined ? "-" : problems.length === 0 ? "✓" : "✗";
  const line = `  ${mark} ${id.padEnd(34)} ${(notTried ?? told).padEnd(44)} ${(elapsedMs / 1000).toFixed(1)} s`;
  return [line, ...problems.map((each) => `      ${each.replaceAll("\n", "\n      ")}`)].join("\n");
}

export function asJson(releases: readonly ReleaseFaults[]): string {
  const document = {
    generatedBy: "npm run faults -- --json",
    machine: machineFacts(),
    releases: releases.map((release) => ({ ...release, totals: totalsOf(release) })),
  };
  return JSON.stringify(document, null, 1);
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  "),
  );
}
