import type { RecordedLine } from "../format/format.ts";
import type { Bar, BarState } from "./trace-model.ts";

export type DraftBar = { -readonly [K in keyof Bar]: Bar[K] };
export type NewBar = Pick<Bar, "lane" | "kind" | "label"> & Partial<Pick<Bar, "state" | "thread" | "inferred">>;

/** Collects bars while the lines of a recording go by, and which line belongs to which. */
export class BarBook {
  readonly bars: DraftBar[] = [];
  readonly barOf: number[] = [];
  readonly #open = new Map<string, number>();

  /** A bar begins with this line. @param key what its other lines will call it */
  begin(key: string, line: RecordedLine, bar: NewBar): number {
    const index = this.mark(line, { state: "open", ...bar });
    this.#open.set(key, index);
    return index;
  }

  /** A bar of this line alone. */
  mark({ seq, tUs }: RecordedLine, bar: NewBar): number {
    const whole: DraftBar = { startUs: tUs, endUs: tUs, first: seq, last: seq, state: "done", row: 0, ...bar };
    if (whole.thread === undefined) delete whole.thread;
    this.bars.push(whole);
    this.barOf[seq] = this.bars.length - 1;
    return this.bars.length - 1;
  }

  /** The bar that is open under this name. */
  find(key: string): DraftBar | undefined {
    const index = this.#open.get(key);
    return index === undefined ? undefined : this.bars[index];
  }

  /** The line belongs to an open bar. @returns the bar, or undefined when none is open */
  touch(key: string, { seq, tUs }: RecordedLine): DraftBar | undefined {
    const index = this.#open.get(key);
    if (index === undefined) return undefined;
    const bar = this.bars[index]!;
    bar.endUs = tUs;
    bar.last = seq;
    this.barOf[seq] = index;
    return bar;
  }

  /** The line ends an open bar. @returns the bar, or undefined when none is open */
  end(key: string, line: RecordedLine, state: BarState = "done"): DraftBar | undefined {
    const bar = this.touch(key, line);
    if (bar) bar.state = state;
    this.#open.delete(key);
    return bar;
  }

  /** Bars whose end nobody will see any more reach up to this time. @param belongs by name; all when absent */
  abandon(tUs: number, belongs: (key: string) => boolean = () => true): void {
    for (const [key, index] of this.#open) {
      if (!belongs(key)) continue;
      this.bars[index]!.endUs = Math.max(this.bars[index]!.endUs, tUs);
      this.#open.delete(key);
    }
  }
}
