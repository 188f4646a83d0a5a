import type { Message, RecordedProcess } from "../play/lanes.ts";
import { isFieldName, isOpaque } from "../redact/fields.ts";

/** What the recordings of one side have of one kind of message. */
export interface Shape {
  /** Scenarios it occurs in, with its first line there. */
  readonly scenarios: Map<string, number>;
  /** By path: how many objects there were, and of each of their fields how many had it. "" is the message itself. */
  readonly objects: Map<string, { count: number; readonly fields: Map<string, FieldShape> }>;
}

export interface FieldShape {
  count: number;
  readonly types: Set<string>;
  readonly first: { readonly scenario: string; readonly seq: number };
}

/** `s2c item/completed<agentMessage>`: who said it, and of an item which. */
export function nameOf({ from, kind, method, body, refused }: Message): string {
  const item = (body as { item?: { type?: unknown } } | null | undefined)?.item?.type;
  const end = kind === "answer" ? (refused ? " error" : " result") : typeof item === "string" ? `<${item}>` : "";
  return `${from === "client" ? "c2s" : "s2c"} ${method}${end}`;
}

/** What the bridge's own tables call it. */
function consumedName({ from, kind, method }: Message): string {
  return `${from === "client" ? "sends" : "reads"} ${method} ${kind === "answer" ? "result" : "params"}`;
}

export interface Shapes {
  readonly shapes: Map<string, Shape>;
  readonly consumed: Map<string, string>;
}

export function emptyShapes(): Shapes {
  return { shapes: new Map(), consumed: new Map() };
}

/** Adds what a process of a scenario said and was told. */
export function addShapes({ shapes, consumed }: Shapes, scenario: string, { messages }: RecordedProcess): void {
  for (const message of messages) {
    const name = nameOf(message);
    const shape: Shape = shapes.get(name) ?? { scenarios: new Map(), objects: new Map() };
    shapes.set(name, shape);
    consumed.set(name, consumedName(message));
    if (!shape.scenarios.has(scenario)) shape.scenarios.set(scenario, message.seq);
    if (!message.refused) visit(shape, message.body, "", { scenario, seq: message.seq });
  }
}

function visit(shape: Shape, value: unknown, path: string, place: FieldShape["first"]): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(shape, each, path, place);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const here = path + variantOf(path, value);
  const object = shape.objects.get(here) ?? { count: 0, fields: new Map<string, FieldShape>() };
  shape.objects.set(here, object);
  object.count += 1;
  for (const [name, each] of Object.entries(value)) {
    const key = isFieldName(name) ? name : "*";
    const field = object.fields.get(key) ?? { count: 0, types: new Set<string>(), first: place };
    object.fields.set(key, field);
    field.count += 1;
    field.types.add(typeOf(each));
    if (!isOpaque(key)) visit(shape, each, joined(here, key), place);
  }
}

/** A field's path as the consumed set has it. */
export function joined(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Items of a turn are a union: each type has fields of its own. */
function variantOf(path: string, value: object): string {
  const type = (value as { type?: unknown }).type;
  return /(?:^|\.)(?:item|items|input)$/.test(path) && typeof type === "string" ? `<${type}>` : "";
}

function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}
