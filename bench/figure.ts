/** What a bench has to say: figures with a target, each with both sides of one run. */

export interface Figure {
  /** What is measured, in the words of the page. */
  readonly what: string;
  readonly ours: number;
  /** The other side of the same run; absent where the target is about ours alone. */
  readonly other?: number;
  /** What the other side is. */
  readonly against?: string;
  /** Of `ours` and `other`: ms, µs, MB, KB, %, … */
  readonly unit: string;
  /** What is compared with the target: the ratio of the two, or `ours`. */
  readonly value: number;
  readonly target: number;
  /** `least`: the value must be at least the target; otherwise at most. */
  readonly least?: true;
  /** 95 % interval of the value, where there is one. */
  readonly interval?: readonly [number, number];
  /** Where a target is missed: why, and what the floor is. */
  readonly note?: string;
}

/** What every bench prints with `--json`. */
export interface BenchResult {
  readonly machine: object;
  readonly figures: readonly Figure[];
  /** Whatever else it measured. */
  readonly detail?: unknown;
}

export function isMet({ value, target, least }: Figure): boolean {
  return least ? value >= target : value <= target;
}

export function ratio(figure: Omit<Figure, "value"> & { readonly other: number }): Figure {
  return { ...figure, value: figure.ours / figure.other };
}

export function absolute(figure: Omit<Figure, "value" | "other">): Figure {
  return { ...figure, value: figure.ours };
}

/** One line per figure, for people who run a bench by itself. */
export function told(figure: Figure): string {
  const { what, ours, other, against, unit, value, target, least, interval, note } = figure;
  const sides = other === undefined ? "" : ` (${short(ours)} ${unit}, ${against ?? "other"} ${short(other)} ${unit})`;
  const bounds = interval ? ` [${interval.map(short).join("–")}]` : "";
  const verdict = isMet(figure) ? "ok    " : "MISSED";
  const shown = other === undefined ? `${short(value)} ${unit}` : short(value);
  const words = note === undefined ? "" : `\n         ${note}`;
  return `${verdict}  ${what}: ${shown}${bounds}, target ${least ? "≥" : "≤"} ${target}${sides}${words}`;
}

export function short(number: number): string {
  if (!Number.isFinite(number)) return String(number);
  const size = Math.abs(number);
  return number.toFixed(size >= 1000 || Number.isInteger(number) ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3);
}

/** Prints a result as a bench is asked to, and says by the exit code whether all targets are met where that is wanted. */
export function report(result: BenchResult, { json, check }: { json: boolean; check?: boolean }): void {
  if (json) console.log(JSON.stringify(result, null, 2));
  else {
    console.log(Object.values(result.machine).join(" · "));
    for (const figure of result.figures) console.log(told(figure));
  }
  if (check && !result.figures.every(isMet)) process.exitCode = 1;
}
