import { isObject, type JsonObject } from "../../json.ts";
import type { HarnessTool } from "../types.ts";

/** Parameters as Kimi Code writes them: with the name of their dialect, closed objects, and the bounds of whole numbers. */
export function inItsDialect(tool: HarnessTool): HarnessTool {
  const parameters = closed(tool.parameters) as JsonObject;
  return { ...tool, parameters: { $schema: "http://json-schema.org/draft-07/schema#", ...parameters } };
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  if (schema.type === "object" && "properties" in schema) return { ...schema, additionalProperties: false };
  if (schema.type !== "integer") return schema;
  const { exclusiveMaximum, ...rest } = schema;
  return {
    ...rest,
    ...("minimum" in schema || "exclusiveMinimum" in schema ? {} : { minimum: Number.MIN_SAFE_INTEGER }),
    ...(exclusiveMaximum === undefined ? { maximum: schema.maximum ?? Number.MAX_SAFE_INTEGER } : { exclusiveMaximum }),
  };
}
