import { asObject, type ProtocolSchema, referencedName, type Schema, type SchemaObject } from "./json-schema.ts";
import { messageFacts } from "./message-facts.ts";
import { unionOf } from "./type-expression.ts";

/** One line of a digest before it is known whether it is experimental. */
export interface Fact {
  /** What the line is about; unique in a digest. */
  readonly subject: string;
  readonly text: string;
  /** The subject this one is a part of. */
  readonly owner?: string;
}

/** Everything a bundle says, one fact per line of the digest. */
export function schemaFacts(schema: ProtocolSchema): Fact[] {
  const facts = messageFacts(schema);
  for (const [name, type] of schema.types) {
    const head = `${name} :`;
    const object = asObject(type);
    facts.push({ subject: head, text: kindOf(object) });
    shapeFacts(facts, name, head, object);
  }
  const subjects = new Set<string>();
  for (const { subject } of facts) {
    if (subjects.has(subject)) throw new Error(`Two facts about ${JSON.stringify(subject)}; the digest needs one.`);
    subjects.add(subject);
  }
  return facts;
}

function kindOf(type: SchemaObject): string {
  const alternatives = alternativesOf(type);
  if (alternatives === undefined) return type.enum ? "enum" : isShape(type) ? "object" : "alias";
  return alternatives.every((alternative) => asObject(alternative).enum !== undefined) ? "enum" : "union";
}

function alternativesOf(schema: SchemaObject): readonly Schema[] | undefined {
  return schema.oneOf ?? schema.anyOf;
}

/** Whether a schema is an object with fields of its own, not a map. */
function isShape(schema: SchemaObject): boolean {
  if (schema.properties !== undefined) return true;
  return (
    schema.type === "object" && typeof schema.additionalProperties !== "object" && schema.additionalProperties !== true
  );
}

/** Facts about a named type, a variant, or an object described in place. */
function shapeFacts(facts: Fact[], path: string, owner: string, schema: SchemaObject, tag?: string): void {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (name === tag) continue;
    const subject = `${path}.${fieldName(name)}`;
    const need = schema.required?.includes(name) ? "required" : "optional";
    facts.push({ subject, text: `${expressionOf(field)} ${need}`, owner });
    for (const inline of inlineShapes(field)) shapeFacts(facts, subject, subject, inline);
  }
  const alternatives = alternativesOf(schema);
  if (alternatives !== undefined) unionFacts(facts, path, owner, alternatives.map(asObject));
  else if (!isShape(schema)) {
    for (const value of schema.enum ?? [undefined]) {
      const expression = value === undefined ? expressionOf(schema) : JSON.stringify(value);
      facts.push({ subject: `${path} = ${expression}`, text: "", owner });
    }
    for (const inline of inlineShapes(schema)) shapeFacts(facts, path, owner, inline);
  }
}

function unionFacts(facts: Fact[], path: string, owner: string, alternatives: readonly SchemaObject[]): void {
  const tag = tagOf(alternatives);
  for (const alternative of alternatives) {
    if (isShape(alternative)) {
      const subject = `${path}<${variantLabel(alternative, tag)}>`;
      facts.push({ subject, text: "", owner });
      shapeFacts(facts, subject, subject, alternative, constantOf(alternative, tag) === undefined ? undefined : tag);
    } else shapeFacts(facts, path, owner, alternative);
  }
}

/** The property that tells the variants apart: the one with a single value in most of them. */
function tagOf(alternatives: readonly SchemaObject[]): string | undefined {
  const counts = new Map<string, number>();
  for (const alternative of alternatives) {
    for (const name of Object.keys(alternative.properties ?? {})) {
      if (constantOf(alternative, name) !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}

function constantOf(schema: SchemaObject, name: string | undefined): string | undefined {
  if (name === undefined || !schema.required?.includes(name)) return undefined;
  const values = asObject(schema.properties?.[name]).enum;
  return values?.length === 1 && typeof values[0] === "string" ? values[0] : undefined;
}

function variantLabel(alternative: SchemaObject, tag: string | undefined): string {
  const value = constantOf(alternative, tag);
  return value === undefined ? (alternative.required ?? []).map(fieldName).join("+") : `${tag}=${fieldName(value)}`;
}

/** A name as the digest writes it: bare when that is unmistakable, else as a JSON string. */
function fieldName(name: string): string {
  return /^[\w$/:-]+$/.test(name) ? name : JSON.stringify(name);
}

/** Writes the type of a value. */
function expressionOf(schema: Schema): string {
  const object = asObject(schema);
  if (object.$ref !== undefined) return referencedName(object.$ref);
  if (object.enum !== undefined) return unionOf(object.enum.map((value) => JSON.stringify(value)));
  if (object.properties !== undefined) return "{}";
  const parts = object.oneOf ?? object.anyOf ?? object.allOf;
  if (parts !== undefined) {
    if (object.allOf !== undefined && parts.length > 1)
      throw new Error("allOf of several types has no digest line yet.");
    return unionOf(parts.map(expressionOf));
  }
  if (object.type === undefined) return "any";
  return unionOf([object.type].flat().map((type) => plainType(type, object)));
}

function plainType(type: string, schema: SchemaObject): string {
  if (type === "array") return `[${schema.items === undefined ? "any" : expressionOf(schema.items)}]`;
  if (type !== "object") return type;
  return schema.additionalProperties === false ? "{}" : `map<${expressionOf(schema.additionalProperties ?? true)}>`;
}

/** The objects described in place somewhere in the type of a field, for which its expression says `{}`. */
function inlineShapes(schema: Schema): SchemaObject[] {
  const object = asObject(schema);
  if (object.properties !== undefined) return [object];
  const parts = [...(object.oneOf ?? object.anyOf ?? object.allOf ?? [])];
  if (object.items !== undefined) parts.push(object.items);
  if (object.additionalProperties !== undefined) parts.push(object.additionalProperties);
  const shapes = parts.flatMap(inlineShapes);
  if (shapes.length > 1) throw new Error("A field with two objects described in place has no digest line yet.");
  return shapes;
}
