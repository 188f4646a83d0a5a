import type { Drift } from "./drift.ts";
import type { Judged } from "./drift-known.ts";
import type { DriftLevel } from "./drift-model.ts";

const levels: readonly (readonly [DriftLevel, string])[] = [
  ["schema", "Schema: what the releases say they speak, as far as the bridge uses it"],
  ["wire", "Wire: what went over it in the recordings"],
  ["projection", "Projection: what a user sees"],
];

/** The report of a comparison, in Markdown. */
export function driftReport(drift: Drift): string {
  const { from, to, differences, scenarios, notCompared, stale, withoutSchema, ok } = drift;
  const unknown = differences.filter(isUnknown);
  const known = differences.filter(({ reason }) => reason !== undefined);
  const notes = differences.filter(({ matters }) => !matters);
  const lines = [
    `# Drift from Codex ${from} to ${to}`,
    "",
    `${ok ? "Nothing to do" : "To do"}: ${unknown.length} unknown, ${stale.length} stale, ${known.length} known, ${notes.length} for information; ${scenarios.length} scenarios.`,
    ...withoutSchema.map(
      (version) => `No schema of ${version} here (\`npm run protocol:sync\`): compared by recordings alone.`,
    ),
    ...(notCompared.length > 0 ? [`Only on one side, not compared: ${notCompared.join(", ")}.`] : []),
    ...(unknown.length > 0
      ? ["", "## Unknown: adapt the bridge, or say in src/replay/drift/drift-known.json why it is no matter"]
      : []),
    ...byLevel(unknown, full),
    ...(stale.length > 0
      ? ["", "## Stale: known, and not seen any more; take it out of src/replay/drift/drift-known.json", ""]
      : []),
    ...stale.map((key) => `- ${code(key)}`),
    ...(known.length > 0 ? ["", "## Known, by reason"] : []),
    ...byReason(known),
    ...(notes.length > 0 ? ["", "## For information: the bridge does not depend on it", ""] : []),
    ...noteLines(notes),
  ];
  return `${lines.join("\n")}\n`;
}

export function isUnknown({ matters, reason }: Judged): boolean {
  return matters && reason === undefined;
}

function byLevel(differences: readonly Judged[], show: (difference: Judged) => string[]): string[] {
  return levels.flatMap(([level, title]) => {
    const own = differences.filter((difference) => difference.level === level);
    return own.length === 0 ? [] : ["", `### ${title}`, "", ...own.flatMap(show)];
  });
}

function byReason(known: readonly Judged[]): string[] {
  const groups = Map.groupBy(known, ({ reason }) => reason);
  return [...groups].flatMap(([reason, own]) => ["", `### ${reason}`, "", ...own.flatMap(short)]);
}

/** Somebody has looked at it: what a user sees is shown all the same. */
function short(difference: Judged): string[] {
  const { key, scenarios, level } = difference;
  if (level === "projection") return full(difference);
  return [`- ${code(key)}${scenarios.length > 0 ? ` (${some(scenarios)})` : ""}`];
}

/** One line for a field, in however many messages it came or went. */
function noteLines(notes: readonly Judged[]): string[] {
  const groups = Map.groupBy(notes, ({ key }) => {
    const [, path, change] = /^field: .* (\S+) (came|went|was .*)$/.exec(key) ?? [];
    return path === undefined ? key : `${path.replace(/^.*[.>]/, "")} ${change}`;
  });
  return [...groups].map(([group, own]) => {
    const { key, scenarios } = own[0]!;
    if (own.length === 1) return `- ${code(key)}${scenarios.length > 0 ? ` (${some(scenarios)})` : ""}`;
    const messages = own.map((each) => each.key.replace(/^field: /, "").replace(/ (?:came|went|was .*)$/, ""));
    return `- field ${code(group)} in ${own.length} places: ${some(messages.map(code))}`;
  });
}

function full({ key, details, scenarios, level }: Judged): string[] {
  const where = scenarios.length > 0 ? ` (${some(scenarios)})` : "";
  const title = level === "projection" ? (/^transcript: [^:]+/.exec(key)?.[0] ?? key) : key;
  const shown = details.slice(0, 24);
  const more = details.length > shown.length ? [`… ${details.length - shown.length} more lines`] : [];
  if (level !== "projection")
    return [`- ${code(title)}${where}`, ...shown.map((line) => `  - ${line.startsWith("in ") ? line : code(line)}`)];
  return [`- ${code(title)}`, "", "  ```diff", ...[...shown, ...more].map((line) => `  ${line}`), "  ```", ""];
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(", ");
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}
