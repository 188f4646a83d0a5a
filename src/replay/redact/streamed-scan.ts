import { type DeltaShape, partsIn, shapeOf } from "../format/delta-shape.ts";

/** How much of a growing text is looked at together. Longer secrets than this are found by their halves. */
const windowChars = 8192;
/** Texts that grow at the same time; an older one is over. */
const maxTexts = 200;
/** Lines are told apart by no more shapes than this. */
const maxShapes = 16;
/** Deltas that were looked at by themselves; a model's words come again. */
const maxWords = 4096;
const maxWordChars = 64;

/** `{"seq":…,"tUs":…` is not longer. */
const longestCount = 48;
const itemIn = /"itemId":"((?:[^"\\]|\\.)*)"/;
const noKinds: readonly string[] = [];

/** Of a line that was found clean: where its message begins, what is around its delta, and which text the delta is of. */
interface CleanShape {
  readonly shape: DeltaShape;
  readonly key: string;
}

/**
 * Looks for secrets in lines of which most are deltas. What is around a delta is looked at once for all lines that have it
 * in common. A secret that is cut by deltas is in no line, but in the text they add up to.
 */
export class StreamedScan {
  readonly #kindsOf: (text: string) => string[];
  readonly #texts = new Map<string, string>();
  readonly #words = new Set<string>();
  #clean: CleanShape[] = [];

  constructor(kindsOf: (text: string) => string[]) {
    this.#kindsOf = kindsOf;
  }

  /** @returns the kinds found in the line, and in texts that are now too long to be kept whole, or over */
  line(line: string): readonly string[] {
    const from = messageAt(line);
    for (const { shape, key } of this.#clean) {
      const parts = partsIn(line, shape, from);
      if (parts) return joined(this.#word(parts.delta), this.#grown(key, parts.delta));
    }
    const kinds = this.#kindsOf(line);
    const shape = shapeOf(line, from);
    const parts = shape && partsIn(line, shape, from);
    if (!parts) return kinds;
    const key = line.slice(line.indexOf('"method":"')).slice(0, 60) + (itemIn.exec(line)?.[1] ?? "");
    if (kinds.length === 0) this.#clean = [{ shape, key }, ...this.#clean.slice(0, maxShapes - 1)];
    return joined(kinds, this.#grown(key, parts.delta));
  }

  /** What is in the texts that are still kept. */
  rest(): string[] {
    return [...new Set([...this.#texts.keys()].flatMap((key) => this.#take(key)))];
  }

  /** A delta by itself: what it begins with may look like a secret only there. */
  #word(delta: string): readonly string[] {
    if (this.#words.has(delta)) return noKinds;
    const kinds = this.#kindsOf(`"${delta}"`);
    if (kinds.length > 0 || delta.length > maxWordChars) return kinds;
    if (this.#words.size >= maxWords) this.#words.clear();
    this.#words.add(delta);
    return noKinds;
  }

  #grown(key: string, delta: string): readonly string[] {
    const text = (this.#texts.get(key) ?? "") + unescaped(delta);
    this.#texts.delete(key);
    if (text.length > 2 * windowChars) {
      this.#texts.set(key, text.slice(-windowChars));
      return this.#kindsOf(text);
    }
    this.#texts.set(key, text);
    if (this.#texts.size <= maxTexts) return noKinds;
    const [oldest] = this.#texts.keys();
    return oldest === undefined ? noKinds : this.#take(oldest);
  }

  #take(key: string): string[] {
    const text = this.#texts.get(key) ?? "";
    this.#texts.delete(key);
    return this.#kindsOf(text);
  }
}

/** Behind the number and the time of a recorded line. */
function messageAt(line: string): number {
  const at = line.startsWith('{"seq":') ? line.indexOf(',"dir":"') : 0;
  return at > longestCount ? 0 : Math.max(0, at);
}

function joined(one: readonly string[], other: readonly string[]): readonly string[] {
  return one.length === 0 ? other : [...one, ...other];
}

/** A payload may look like a line without being one. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
