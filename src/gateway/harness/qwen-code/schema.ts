import { isObject, type JsonObject } from "../../json.ts";
import type { HarnessTool } from "../types.ts";

/* Qwen Code's tools come from several hands, and so do their schemas: each is written as its own is. */

const typeLast = new Set(["list_directory", "read_file", "grep_search", "glob", "edit", "write_file"]);

/** The tool with the parameters of the same meaning, written as Qwen Code writes them. */
export function asWritten(tool: HarnessTool): HarnessTool {
  return { ...tool, parameters: written(tool) };
}

function written({ name, parameters }: HarnessTool): JsonObject {
  const { type, ...rest } = parameters;
  if (typeLast.has(name)) return { ...withListsAlike(rest), type };
  if (name === "task_stop") return { ...parameters, additionalProperties: false };
  if (name === "todo_write") {
    return { ...(closedItems(parameters) as JsonObject), $schema: "http://json-schema.org/draft-07/schema#" };
  }
  return parameters;
}

/** In those whose type stands last, it does so in lists, too. */
function withListsAlike(schema: JsonObject): JsonObject {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonObject>).map(([key, value]) => {
    const { type, ...rest } = value;
    return [key, type === "array" ? { ...rest, type } : value];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Objects in lists take no other fields. */
function closedItems(value: unknown): unknown {
  if (!isObject(value)) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closedItems(inner)]));
  return isObject(schema.items) ? { ...schema, items: { ...schema.items, additionalProperties: false } } : schema;
}
