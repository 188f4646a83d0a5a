import type { Digest, FieldDigest, Shape, VariantDigest } from "./digest-model.ts";
import { alternativesIn, isBuiltIn, parseTypeExpression, type TypeExpression, unionOf } from "./type-expression.ts";

/** What a path leads to. Without `found` the other facts mean nothing. */
export interface ResolvedField {
  readonly found: boolean;
  /** Whether the last field of the path is always in the object it belongs to. */
  readonly required: boolean;
  /** Whether the value may be `null`. */
  readonly nullable: boolean;
  /** Whether anything on the way exists for experimental clients only. */
  readonly experimental: boolean;
  /** The type expression as the digest has it; of a field that several variants have, all their types. */
  readonly type: string;
  /** How far the path goes before it leads nowhere. */
  readonly missing?: string;
}

/** What is inside of a value: an object or union, or a map whose keys are data. */
type Inside = { readonly shape: Shape } | { readonly mapOf: TypeExpression; readonly inline: Shape | undefined };

/**
 * Follows a path of fields from a named type through references, arrays and nulls.
 *
 * - `turn.status`: fields, joined by dots; or as a list `["turn", "status"]`, where a name may contain dots.
 * - Arrays are transparent: `turn.items.id` is the id of an item; `[]` may be written as a step of its own.
 * - The step after a map is its key, whatever it says; write `*`.
 * - `item<agentMessage>.text` looks at one variant of a union, chosen by the value of its tag, its label (`granular`), or
 *   the name of the alternative type. `<agentMessage>.text` does so at the start of the path.
 * - Without a choice, the field has to be in every variant that is an object: `item.id`.
 *
 * @param path the empty path is the type itself
 */
export function resolveField(digest: Digest, typeName: string, path: string | readonly string[]): ResolvedField {
  const type = digest.types.get(typeName);
  if (type === undefined) return nothingAt(typeName);
  let inside: Inside[] = insideOf(digest, parseTypeExpression(typeName));
  let found = { type: typeName, required: true };
  let experimental = type.experimental;
  let walked = typeName;
  for (const step of typeof path === "string" ? splitPath(path) : path) {
    const [name = "", ...labels] = splitStep(step);
    walked += name === "" ? step : `.${step}`;
    if (name !== "" && name !== "[]") {
      const fields = fieldsIn(digest, inside, name);
      if (fields === undefined) return nothingAt(walked);
      found = { type: unionOf(fields.map((field) => field.type)), required: fields.every((field) => field.required) };
      experimental ||= fields.every((field) => field.experimental);
      inside = fields.flatMap((field) => insideOf(digest, parseTypeExpression(field.type), field.inline));
    }
    for (const label of labels) {
      const chosen = inside.flatMap((value) => ("shape" in value ? variantsIn(digest, value.shape, label) : []));
      if (chosen.length === 0) return nothingAt(walked);
      experimental ||= chosen.every((variant) => variant.experimental);
      inside = chosen.map((shape) => ({ shape }));
    }
  }
  const nullable = alternativesIn(found.type).some((part) => part === "null" || part === "any");
  return { found: true, ...found, nullable, experimental };
}

/** The fields of a type, or of one of its variants, that are always there. */
export function requiredFields(digest: Digest, typeName: string, variant?: string): string[] {
  const type = digest.types.get(typeName);
  const shapes = type === undefined ? [] : variant === undefined ? [type] : variantsIn(digest, type, variant);
  return shapes.flatMap((shape) => [...shape.fields].filter(([, field]) => field.required).map(([name]) => name));
}

/** The variants of a union that are objects: the types of items of `ThreadItem`. */
export function variantsOf(digest: Digest, typeName: string): VariantDigest[] {
  return [...(digest.types.get(typeName)?.variants.values() ?? [])];
}

/** The plain values of a union or enum, `"completed"` without its quotes. */
export function valuesOf(digest: Digest, typeName: string): string[] {
  return [...(digest.types.get(typeName)?.alternatives.keys() ?? [])]
    .filter((expression) => expression.startsWith('"'))
    .map((expression) => JSON.parse(expression) as string);
}

/** Splits `item<a.b>.text` at the dots outside of `<>`. */
export function splitPath(path: string): string[] {
  return path === "" ? [] : (path.match(/(?:<[^>]*>|[^.<])+/g) ?? []);
}

/** `item<agentMessage>` is a name and a variant to choose. */
function splitStep(step: string): string[] {
  const [name = ""] = /^[^<]*/.exec(step) ?? [];
  return [name, ...[...step.matchAll(/<([^>]*)>/g)].map(([, label = ""]) => label)];
}

function nothingAt(missing: string): ResolvedField {
  return { found: false, required: false, nullable: false, experimental: false, type: "", missing };
}

function insideOf(digest: Digest, type: TypeExpression, inline?: Shape): Inside[] {
  if (type.kind === "union") return type.of.flatMap((part) => insideOf(digest, part, inline));
  if (type.kind === "array") return insideOf(digest, type.of, inline);
  if (type.kind === "map") return [{ mapOf: type.of, inline }];
  if (type.kind === "inline") return inline === undefined ? [] : [{ shape: inline }];
  if (type.kind === "literal" || isBuiltIn(type.name)) return [];
  const named = digest.types.get(type.name);
  if (named === undefined) return [];
  return named.kind === "alias" ? alternativesInside(digest, named) : [{ shape: named }];
}

/** What is inside of a shape's alternatives that are not variants of its own: other types, arrays, maps. */
function alternativesInside(digest: Digest, shape: Shape): Inside[] {
  return [...shape.alternatives.keys()].flatMap((part) => insideOf(digest, parseTypeExpression(part), shape));
}

/** The fields of a name, one of each place; undefined when one place does not have it. */
function fieldsIn(digest: Digest, inside: readonly Inside[], name: string): FieldDigest[] | undefined {
  const found = inside.map((value) => fieldsOfOne(digest, value, name));
  if (found.length === 0 || found.some((fields) => fields === undefined)) return undefined;
  return found.flatMap((fields) => fields ?? []);
}

function fieldsOfOne(digest: Digest, value: Inside, name: string): FieldDigest[] | undefined {
  if ("mapOf" in value) {
    const inline = value.inline && { inline: value.inline };
    return [{ type: writeType(value.mapOf), required: false, experimental: false, ...inline }];
  }
  const { shape } = value;
  const common = shape.fields.get(name);
  if (common !== undefined) return [common];
  const variants: Inside[] = [...shape.variants.values()].map((variant) => ({ shape: variant }));
  return fieldsIn(digest, [...variants, ...alternativesInside(digest, shape)], name);
}

/** The variants a label chooses, with the fields all variants share. */
function variantsIn(digest: Digest, shape: Shape, label: string): (Shape & { readonly experimental: boolean })[] {
  const own = [...shape.variants.values()].filter((variant) => variant.label === label || variant.name === label);
  if (own.length > 0)
    return own.map((variant) => ({ ...variant, fields: new Map([...shape.fields, ...variant.fields]) }));
  const named = shape.alternatives.has(label) ? digest.types.get(label) : undefined;
  if (named !== undefined) return [named];
  return alternativesInside(digest, shape).flatMap((value) =>
    "shape" in value ? variantsIn(digest, value.shape, label) : [],
  );
}

function writeType(type: TypeExpression): string {
  if (type.kind === "name") return type.name;
  if (type.kind === "literal") return JSON.stringify(type.value);
  if (type.kind === "inline") return "{}";
  if (type.kind === "union") return unionOf(type.of.map(writeType));
  return type.kind === "array" ? `[${writeType(type.of)}]` : `map<${writeType(type.of)}>`;
}
