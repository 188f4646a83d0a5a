import semver from "semver";
import consumedByRelease from "./drift-consumed.json" with { type: "json" };
import type { Difference } from "./drift-model.ts";

/** What the schemas say of one thing: in all releases, or by the release with which it changed. "": it is not there. */
type History = string | Readonly<Record<string, string>>;

interface Message {
  readonly known: History;
  readonly fields: Readonly<Record<string, History>>;
}

const messages: Readonly<Record<string, Message>> = consumedByRelease.messages;
const releases: readonly string[] = consumedByRelease.releases;

/** Whether the schemas of a release are known: later ones are not, until `npm run protocol:sync` takes them in. */
export function isInSchemas(version: string): boolean {
  return semver.valid(version) !== null && semver.lte(version, releases.at(-1)!) && semver.gte(version, releases[0]!);
}

/** Whether the bridge sends or reads a field of a message. @param message `reads item/completed params` */
export function isConsumed(message: string, path: string): boolean {
  return messages[message]?.fields[path] !== undefined;
}

/** Where two releases differ in what the bridge uses of them. Fields of items are told once, not per message. */
export function schemaDifferences(from: string, to: string): Difference[] {
  const found = new Map<string, { before: string; after: string; sends: boolean; places: string[] }>();
  const compare = (key: string, history: History, place: string): void => {
    const [before, after] = [at(history, from), at(history, to)];
    if (before === after) return;
    const known = found.get(key) ?? { before, after, sends: place.startsWith("sends"), places: [] };
    found.set(key, { ...known, places: [...known.places, place] });
  };
  for (const [message, { known, fields }] of Object.entries(messages)) {
    compare(message, known, message);
    // A message that comes or goes takes its fields along.
    if (at(known, from) !== at(known, to)) continue;
    for (const [path, history] of Object.entries(fields)) compare(subject(message, path), history, message);
  }
  return [...found].flatMap(([key, { before, after, sends, places }]) =>
    changes(before, after).map((word) => ({
      level: "schema",
      key: `${key}: ${word}`,
      details: [`before: ${before || "(absent)"}`, `after:  ${after || "(absent)"}`, `in ${places.join(", ")}`],
      scenarios: [],
      matters: isNews(word, sends),
    })),
  );
}

/** What is sent must stay welcome; what is read must stay, and say nothing that has no reading. */
function isNews(word: string, sends: boolean): boolean {
  if (word === "came" || word === "now always") return false;
  return word === "went" || !word.startsWith(sends ? "+" : "-");
}

function at(history: History, version: string): string {
  if (typeof history === "string") return history;
  return Object.entries(history).findLast(([since]) => semver.lte(since, version))?.[1] ?? "";
}

/** `item<agentMessage>.phase` is the same wherever there is an item. */
function subject(message: string, path: string): string {
  const item = /<(\w+)>\.(.*)$/.exec(path);
  if (item && message.startsWith("reads")) return `reads item<${item[1]}>.${item[2]}`;
  const error = /(?:^|\.)error\.(\w+)$/.exec(path);
  return error && message.startsWith("reads") ? `reads error.${error[1]}` : `${message}.${path}`;
}

function partsOf(text: string): string[] {
  return text.replace(/ always$/, "").split("|");
}

function lost(before: string, after: string): string[] {
  return partsOf(before).filter((part) => part !== "" && !partsOf(after).includes(part));
}

function changes(before: string, after: string): string[] {
  if (before === "") return ["came"];
  if (after === "") return ["went"];
  const [always, alwaysAfter] = [before.endsWith(" always"), after.endsWith(" always")];
  return [
    ...lost(before, after).map((part) => `-${part}`),
    ...lost(after, before).map((part) => `+${part}`),
    ...(always && !alwaysAfter ? ["no more always"] : []),
    ...(!always && alwaysAfter ? ["now always"] : []),
  ];
}
