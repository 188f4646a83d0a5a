import { searchForms } from "./embed.ts";
import type { Bar, TraceLane, TraceModel } from "./trace-model.ts";

export interface TraceFilter {
  /** Lanes that are left out. */
  readonly hidden: ReadonlySet<TraceLane>;
  /** Only this thread, and what belongs to none. */
  readonly thread?: string;
  /** Only lines in which this stands. */
  readonly query: string;
  /** The pieces of streams are shown one by one. */
  readonly streamed: boolean;
  /** Only what failed, was never finished, or should be looked at. */
  readonly trouble: boolean;
}

export const noFilter: TraceFilter = { hidden: new Set(), query: "", streamed: false, trouble: false };

export interface Filtered {
  /** `seq` of the lines that are left. */
  readonly lines: Uint32Array;
  /** For each bar, whether a line of it is left. Pieces of streams count, also where they are not listed. */
  readonly bars: Uint8Array;
}

export function isTrouble({ state }: Bar): boolean {
  return state !== "done";
}

/** @param lowerCased the embedded lines, in lower case */
export function filtered(
  model: Pick<TraceModel, "bars" | "barOf" | "streamed">,
  filter: TraceFilter,
  lowerCased: () => readonly string[],
): Filtered {
  const { bars, barOf, streamed } = model;
  const wanted = bars.map((bar) => wants(bar, filter));
  const forms = filter.query === "" ? [] : searchForms(filter.query);
  const texts = forms.length > 0 ? lowerCased() : [];
  const pieces = filter.streamed || forms.length > 0 ? undefined : new Set(streamed);
  const kept = new Uint32Array(barOf.length);
  const shown = new Uint8Array(bars.length);
  let count = 0;
  for (let seq = 0; seq < barOf.length; seq += 1) {
    const bar = barOf[seq]!;
    if (!wanted[bar]) continue;
    if (forms.length > 0 && !forms.some((form) => texts[seq]!.includes(form))) continue;
    shown[bar] = 1;
    if (pieces?.has(seq)) continue;
    kept[count] = seq;
    count += 1;
  }
  return { lines: kept.subarray(0, count), bars: shown };
}

function wants(bar: Bar, { hidden, thread, trouble }: TraceFilter): boolean {
  if (hidden.has(bar.lane)) return false;
  if (thread !== undefined && bar.thread !== undefined && bar.thread !== thread) return false;
  return !trouble || isTrouble(bar);
}
