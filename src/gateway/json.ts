import { z } from "zod";

/** A JSON object, as bodies and tool inputs are made of. */
export type JsonObject = { [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Parses text that should be a JSON object; empty text is an empty object. */
export function parseObject(text: string): { ok: true; value: JsonObject } | { ok: false; problem: string } {
  if (text.trim() === "") return { ok: true, value: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return { ok: false, problem: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  if (isObject(value)) return { ok: true, value };
  return { ok: false, problem: `expected a JSON object, found ${Array.isArray(value) ? "a list" : typeof value}` };
}

export const jsonObject = z.record(z.string(), z.unknown());
