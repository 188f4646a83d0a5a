/** How much of a growing text is looked at together. Longer secrets than this are found by their halves. */
const windowChars = 8192;
/** Texts that grow at the same time; an older one is over. */
const maxTexts = 200;

/** A secret that is cut by deltas is in no line, but in the text they add up to. */
export class StreamedScan {
  readonly #kindsOf: (text: string) => string[];
  readonly #texts = new Map<string, string>();

  constructor(kindsOf: (text: string) => string[]) {
    this.#kindsOf = kindsOf;
  }

  /** @returns the kinds found in texts that are now too long to be kept whole, or over */
  line(line: string): string[] {
    if (!line.includes('"delta":"')) return [];
    const { method, params } = messageOf(line);
    if (typeof params?.delta !== "string") return [];
    const key = JSON.stringify([method, params.itemId]);
    const text = (this.#texts.get(key) ?? "") + params.delta;
    this.#texts.delete(key);
    if (text.length > 2 * windowChars) {
      this.#texts.set(key, text.slice(-windowChars));
      return this.#kindsOf(text);
    }
    this.#texts.set(key, text);
    const [oldest] = this.#texts.keys();
    return this.#texts.size > maxTexts && oldest !== undefined ? this.#take(oldest) : [];
  }

  /** What is in the texts that are still kept. */
  rest(): string[] {
    return [...new Set([...this.#texts.keys()].flatMap((key) => this.#take(key)))];
  }

  #take(key: string): string[] {
    const text = this.#texts.get(key) ?? "";
    this.#texts.delete(key);
    return this.#kindsOf(text);
  }
}

interface Delta {
  readonly method?: unknown;
  readonly params?: { readonly delta?: unknown; readonly itemId?: unknown } | null;
}

function messageOf(line: string): Delta {
  try {
    return (JSON.parse(line) as { message?: Delta }).message ?? {};
  } catch {
    return {};
  }
}
