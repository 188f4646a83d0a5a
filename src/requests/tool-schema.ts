import { boundedMemo } from "../bounded-memo.ts";

type Schema = Readonly<Record<string, unknown>>;

/**
 * What is wrong with a tool's parameters, as far as Codex looks: one tool with a schema it cannot read would make the
 * whole thread fail to start (0.169 refuses it, -32600).
 * @returns the fault in words; undefined when there is none
 */
export function schemaFault(schema: unknown): string | undefined {
  if (!isObject(schema)) return "its parameters are no JSON schema";
  if (schema.type !== undefined && schema.type !== "object") {
    return `its parameters are of type ${String(schema.type)}, not an object`;
  }
  let text: string;
  try {
    text = JSON.stringify(schema);
  } catch {
    return "its parameters cannot be written as JSON";
  }
  const where = faultOf(text);
  return where === undefined ? undefined : `its ${where} is not as JSON schema wants it`;
}

/** As Codex reads it. The same tools come with every turn. */
const faultOf = boundedMemo((schema) => faultIn(JSON.parse(schema) as Schema, "parameters", 0), 1000);

const keywords: Readonly<Record<string, (value: unknown) => boolean>> = {
  description: (value) => typeof value === "string",
  enum: Array.isArray,
  required: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
  properties: (value) => isObject(value) && Object.values(value).every(isSchema),
  additionalProperties: isSchema,
  items: isSchema,
  anyOf: (value) => Array.isArray(value) && value.every(isSchema),
  oneOf: (value) => Array.isArray(value) && value.every(isSchema),
  allOf: (value) => Array.isArray(value) && value.every(isSchema),
};

/** The path of the first keyword that has a value it cannot have. */
function faultIn(schema: Schema, path: string, depth: number): string | undefined {
  if (depth > 64) return path;
  for (const [keyword, fits] of Object.entries(keywords)) {
    if (schema[keyword] !== undefined && !fits(schema[keyword])) return `${path}.${keyword}`;
  }
  for (const [name, inner] of innerSchemas(schema)) {
    const fault = faultIn(inner, `${path}.${name}`, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function innerSchemas(schema: Schema): [string, Schema][] {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const lists = ["anyOf", "oneOf", "allOf"].flatMap((keyword) =>
    Array.isArray(schema[keyword]) ? schema[keyword].map((each, n) => [`${keyword}[${n}]`, each] as const) : [],
  );
  const single = ["items", "additionalProperties"].map((keyword) => [keyword, schema[keyword]] as const);
  return [...properties, ...lists, ...single].filter((entry): entry is [string, Schema] => isObject(entry[1]));
}

/** `true` and `false` are schemas, too. */
function isSchema(value: unknown): boolean {
  return typeof value === "boolean" || isObject(value);
}

function isObject(value: unknown): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
