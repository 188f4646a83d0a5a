/* A JSON schema without its prose. */

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const inner = new Set(["items", "additionalProperties", "propertyNames", "not"]);
const lists = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const named = new Set(["properties", "$defs", "definitions", "patternProperties"]);
const scalars = new Set([
  ...["type", "enum", "const", "default", "required", "format", "pattern", "$schema", "$ref", "nullable"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  ...["minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"],
]);

/** Keywords that are not known here (description, title, examples and whatever comes) are left out. */
export function schemaShape(schema: unknown): unknown {
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) return schema;
  const kept = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (inner.has(key)) return [[key, schemaShape(value)]];
    if (lists.has(key)) return [[key, (value as unknown[]).map(schemaShape)]];
    if (named.has(key)) {
      const entries = Object.entries(value as object).map(([name, each]) => [name, schemaShape(each)]);
      return [[key, Object.fromEntries(entries)]];
    }
    return scalars.has(key) ? [[key, scalar(value)]] : [];
  });
  return Object.fromEntries(kept);
}

/** Words stay, sentences do not. */
function scalar(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scalar);
  if (typeof value === "string") return /^\S{0,80}$/.test(value) ? value : "{text}";
  return typeof value === "object" && value !== null ? schemaShape(value) : value;
}
