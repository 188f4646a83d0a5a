/** What the benches share: statistics, and the machine a number belongs to. */
import { cpus, loadavg } from "node:os";

export function machineFacts(): Record<"node" | "cores" | "cpu" | "load", string> {
  return {
    node: `node ${process.version}`,
    cores: `${cpus().length} cores`,
    cpu: cpus()[0]?.model ?? "unknown CPU",
    load: `load ${loadavg()[0]!.toFixed(2)}`,
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * 95 % interval of median(a) / median(b) by bootstrap. Samples of one index were taken next to each other and are drawn
 * together. Seeded: the same samples always give the same interval.
 */
export function ratioInterval(a: readonly number[], b: readonly number[]): [number, number] {
  const draws = 2000;
  let seed = 0x9e3779b9;
  const random = (below: number): number => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) % below;
  };
  const ratios = Array.from({ length: draws }, () => {
    const picks = a.map(() => random(a.length));
    return median(picks.map((index) => a[index]!)) / median(picks.map((index) => b[index]!));
  }).toSorted((x, y) => x - y);
  return [ratios[Math.floor(draws * 0.025)]!, ratios[Math.floor(draws * 0.975)]!];
}
