import { hash } from "node:crypto";
import { maxInlineChars, type PayloadReference } from "./format.ts";

/** A payload's file is named by the sha256 of what is in it, and nothing else is ever opened. */
export const payloadName = /^[0-9a-f]{64}$/;
/** Keys with a meaning of their own in a recording; a message that really has one gets a `$` more. */
const reserved = /^\$+(?:payload|noise)$/;
const maxDepth = 200;

/**
 * Takes long texts out of a message.
 * @param put told of each text under its name; the same text may come again
 */
export function takeOut(message: unknown, put: (name: string, text: string) => void): unknown {
  return mapStrings(
    message,
    (text): string | PayloadReference => {
      // UTF-8 has no half surrogate pairs: such a text stays where JSON can escape it.
      if (text.length <= maxInlineChars || !text.isWellFormed()) return text;
      const name = hash("sha256", text);
      put(name, text);
      return { $payload: name, chars: text.length };
    },
    (key) => (reserved.test(key) ? `$${key}` : key),
  );
}

/** All references in a message. @throws RangeError when it is nested too deeply */
export function references(message: unknown): PayloadReference[] {
  const found: PayloadReference[] = [];
  mapStrings(
    message,
    (text) => text,
    (key) => key,
    (value) => (isReference(value) ? found.push(value) : undefined),
  );
  return found;
}

/** The message with every text in its place. @throws RangeError when it is nested too deeply */
export function putBack(message: unknown, get: (reference: PayloadReference) => string): unknown {
  return mapStrings(
    message,
    (text) => text,
    (key) => (reserved.test(key) && key.startsWith("$$") ? key.slice(1) : key),
    (value) => (isReference(value) ? get(value) : undefined),
  );
}

/** Whether a line can hold anything that `takeOut` would change; most lines are not worth a walk. */
export function mayHoldPayload(line: string): boolean {
  return line.length > maxInlineChars || line.includes('"$');
}

function isReference(value: object): value is PayloadReference {
  const keys = Object.keys(value);
  if (keys.length !== 2 || !("$payload" in value) || !("chars" in value)) return false;
  return typeof value.$payload === "string" && typeof value.chars === "number";
}

function mapStrings(
  value: unknown,
  onText: (text: string) => unknown,
  onKey: (key: string) => string,
  onObject: (value: object) => unknown = () => undefined,
  depth = 0,
): unknown {
  if (typeof value === "string") return onText(value);
  if (value === null || typeof value !== "object") return value;
  if (depth > maxDepth) throw new RangeError(`nested more than ${maxDepth} deep`);
  const walk = (each: unknown): unknown => mapStrings(each, onText, onKey, onObject, depth + 1);
  if (Array.isArray(value)) return value.map(walk);
  const replaced = onObject(value);
  if (replaced !== undefined) return replaced;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [onKey(key), walk(each)]));
}
