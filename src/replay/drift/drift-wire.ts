import { ignoredNotifications } from "../../protocol/ignored.ts";
import { methods } from "../../protocol/methods.ts";
import { notifications } from "../../protocol/notifications.ts";
import { serverRequests } from "../../protocol/server-requests.ts";
import { lineName } from "../play/lanes.ts";
import type { Difference, Side } from "./drift-model.ts";
import { orderDifferences } from "./drift-order.ts";
import { isConsumed } from "./drift-schema.ts";
import { addShapes, emptyShapes, type FieldShape, joined, type Shape, type Shapes } from "./drift-shape.ts";

const ignored = new Set(ignoredNotifications);

/** Where what went over the wire differs: which messages there are, which fields they have, in which order they come. */
export function wireDifferences(from: Side, to: Side): Difference[] {
  const isLive = from.live === true || to.live === true;
  const [before, after] = [shapesOf(from, isLive), shapesOf(to, isLive)];
  const names = [...new Set([...before.shapes.keys(), ...after.shapes.keys()])].sort();
  return [
    ...names.flatMap((name) => messageDifferences(name, before.shapes.get(name), after.shapes.get(name))),
    ...names.flatMap((name) => fieldDifferences(name, before, after)),
    ...playDifferences(from),
    ...playDifferences(to),
    ...orderDifferences(from, to, isUsed).sort((a, b) => (a.key < b.key ? -1 : 1)),
  ];
}

/** Where the recorded client had to wait in vain, or was asked what it never heard. */
function playDifferences({ recordings }: Side): Difference[] {
  return [...recordings].flatMap(([scenario, { problems = [] }]) =>
    problems.map((problem) => ({
      level: "wire",
      key: `replay: ${problem}`,
      details: [],
      scenarios: [scenario],
      matters: true,
    })),
  );
}

function shapesOf({ recordings }: Side, isLive: boolean): Shapes {
  const shapes = emptyShapes();
  for (const [scenario, { again }] of recordings) {
    const processes = again.reduced.processes.filter(({ readback }) => !(isLive && readback));
    for (const process of processes) addShapes(shapes, scenario, process);
  }
  return shapes;
}

/** Whether the bridge reads or sends it, or nobody has decided that it does not. */
function isUsed(name: string): boolean {
  const method = name.replace(/^\S+ /, "").replace(/<.*$| (?:result|error)$/, "");
  if (ignored.has(method)) return false;
  return !name.startsWith("s2c") || !name.includes("<other>");
}

function isDecided(name: string): boolean {
  const method = name.replace(/^\S+ /, "").replace(/<.*$| (?:result|error)$/, "");
  return [methods, notifications, serverRequests].some((table) => Object.hasOwn(table, method)) || ignored.has(method);
}

/** A message that only one side has in a scenario. */
function messageDifferences(name: string, before: Shape | undefined, after: Shape | undefined): Difference[] {
  const [a, b] = [before?.scenarios ?? new Map<string, number>(), after?.scenarios ?? new Map<string, number>()];
  const side = (here: Map<string, number>, there: Map<string, number>, word: string, when: string): Difference[] => {
    const scenarios = [...here.keys()].filter((scenario) => !there.has(scenario));
    if (scenarios.length === 0) return [];
    const where = scenarios.slice(0, 3).map((scenario) => `${scenario}/${lineName(here.get(scenario)!)}`);
    const details = [`${when}: ${where.join(", ")}${scenarios.length > 3 ? " …" : ""}`];
    const matters = isUsed(name) || !isDecided(name);
    return [{ level: "wire", key: `message: ${name} ${word}`, details, scenarios, matters }];
  };
  return [...side(a, b, "went", "before"), ...side(b, a, "came", "after")];
}

function fieldDifferences(name: string, before: Shapes, after: Shapes): Difference[] {
  const [a, b] = [before.shapes.get(name), after.shapes.get(name)];
  const consumed = after.consumed.get(name) ?? "";
  if (!a || !b) return [];
  return [...a.objects.keys()].flatMap((path) => {
    const [one, other] = [a.objects.get(path)!, b.objects.get(path)];
    if (!other) return [];
    const keys = [...new Set([...one.fields.keys(), ...other.fields.keys()])].sort();
    return keys.flatMap((key) => {
      const field = joined(path, key);
      const word = fieldChange(one.fields.get(key), other.fields.get(key));
      if (word === undefined) return [];
      const shown = (other.fields.get(key) ?? one.fields.get(key))!;
      // A field that comes where none was read is for information; so is one that nobody reads.
      const matters = isConsumed(consumed, field) && word !== "came";
      return [fieldDifference(name, field, word, shown, matters)];
    });
  });
}

function fieldDifference(
  name: string,
  field: string,
  word: string,
  { first }: FieldShape,
  matters: boolean,
): Difference {
  const details = [`first in ${first.scenario}/${lineName(first.seq)}${word === "went" ? ", before" : ", after"}`];
  return { level: "wire", key: `field: ${name} ${field} ${word}`, details, scenarios: [first.scenario], matters };
}

function fieldChange(before: FieldShape | undefined, after: FieldShape | undefined): string | undefined {
  if (!before) return "came";
  if (!after) return "went";
  const types = [before, after].map(({ types: all }) => [...all].filter((type) => type !== "null"));
  const [a = [], b = []] = types;
  if (a.length === 0 || b.length === 0 || a.some((type) => b.includes(type))) return undefined;
  return `was ${a.join("|")}, is ${b.join("|")}`;
}
