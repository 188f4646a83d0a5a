import type { Difference, Side } from "./drift-model.ts";

/** Two runs of the same thing have other ids, folders and times in the same places. */
const names =
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?:msg|call|rs|exec|fc|ctc|id|name)_[\w-]+|\bitem-\d+\b|(?:\/p\d+)+|\b[\d.]+(?= ms\b)/g;

/** Where what a user would see differs, scenario by scenario. */
export function projectionDifferences(from: Side, to: Side): Difference[] {
  return [...from.recordings].flatMap(([scenario, { again }]) => {
    const other = to.recordings.get(scenario);
    if (!other) return [];
    const changed = changedLines(linesOf(again.text), linesOf(other.again.text));
    if (changed.length === 0) return [];
    const key = `transcript: ${scenario}: ${summary(changed)}`;
    return [{ level: "projection", key, details: changed, scenarios: [scenario], matters: true }];
  });
}

function linesOf(text: string): string[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : line.replaceAll(names, "#")));
}

function summary(changed: readonly string[]): string {
  const [went, came] = ["- ", "+ "].map((sign) =>
    changed.flatMap((line) => (line.startsWith(sign) ? [line.slice(2)] : [])).sort(),
  );
  // Of things that happen at the same time the order is a race.
  if (went!.join("\n") === came!.join("\n")) return "other order";
  return changed.map((line) => line.replaceAll(/\s+/g, " ")).join(" ");
}

/** What has to be taken out of one list, and put in, to have the other. */
function changedLines(a: readonly string[], b: readonly string[]): string[] {
  // common[i][j]: the longest common part of what follows i in a and j in b.
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const changed: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) [i, j] = [i + 1, j + 1];
    else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) changed.push(`- ${a[i++]}`);
    else changed.push(`+ ${b[j++]}`);
  }
  return changed;
}
