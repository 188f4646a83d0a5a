import { type DeltaShape, partsIn, shapeOf } from "../format/delta-shape.ts";
import { isFieldName } from "../redact/fields.ts";

/** A line of the pipe with one delta, and the same line as it is recorded. */
interface Known {
  readonly raw: DeltaShape;
  readonly clean: DeltaShape;
}

/** Items that stream at the same time. */
const maxShapes = 8;
/** A model's words are short and come again. */
const maxWordChars = 64;
const maxWords = 4096;
/** A longer one may have to become a payload. */
const maxDeltaChars = 8192;

/**
 * Redacts deltas without parsing their lines: what is around a delta was redacted with the first one of its shape. Gives
 * exactly what parsing, redacting and stringifying gives.
 */
export class DeltaLines {
  readonly #redact: (delta: string) => string;
  readonly #words = new Map<string, string>();
  #shapes: Known[] = [];

  /** @param redact what the delta of a notification is recorded as */
  constructor(redact: (delta: string) => string) {
    this.#redact = redact;
  }

  /** @returns undefined for a line that has to be parsed */
  text(line: string): string | undefined {
    for (const [index, { raw, clean }] of this.#shapes.entries()) {
      const parts = partsIn(line, raw);
      if (!parts) continue;
      const delta = this.#word(parts.delta);
      if (delta === undefined) return undefined;
      if (index > 0) this.#toFront(index);
      return clean.head + delta + clean.tail + (clean.stamped ? `${parts.stamp}}` : "");
    }
    return undefined;
  }

  /** A line was parsed: the next of its shape need not be. */
  learn(line: string, message: object, recorded: string): void {
    if (!isFlat(message)) return;
    const raw = shapeOf(line);
    const clean = raw && shapeOf(recorded);
    if (!clean || raw.stamped !== clean.stamped || `${clean.head}${clean.tail}`.includes('"$')) return;
    this.#shapes = [{ raw, clean }, ...this.#shapes.slice(0, maxShapes - 1)];
  }

  #word(delta: string): string | undefined {
    const known = this.#words.get(delta);
    if (known !== undefined) return known;
    if (delta.length > maxDeltaChars) return undefined;
    const value = unquoted(delta);
    if (value === undefined) return undefined;
    const clean = JSON.stringify(this.#redact(value)).slice(1, -1);
    if (delta.length <= maxWordChars) {
      if (this.#words.size >= maxWords) this.#words.clear();
      this.#words.set(delta, clean);
    }
    return clean;
  }

  #toFront(index: number): void {
    const [used] = this.#shapes.splice(index, 1);
    if (used) this.#shapes.unshift(used);
  }
}

/** @returns undefined for what is no JSON: then the line is none either */
function unquoted(delta: string): string | undefined {
  try {
    return JSON.parse(`"${delta}"`) as string;
  } catch {
    return undefined;
  }
}

/**
 * Whether what a message has besides its delta is recorded the same each time: plain fields of the protocol. The text of an
 * error and keys that are nobody's schema depend on what was seen before.
 */
function isFlat(message: object): boolean {
  const { method, params, emittedAtMs: _, ...rest } = message as Record<string, unknown>;
  if (typeof method !== "string" || Object.keys(rest).length > 0) return false;
  if (params === null || typeof params !== "object" || Array.isArray(params)) return false;
  return Object.entries(params).every(
    ([name, value]) => isFieldName(name) && name !== "message" && (value === null || typeof value !== "object"),
  );
}
