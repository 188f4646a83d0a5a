/** How much of a growing text is looked at together. Longer secrets than this are found by their halves. */
const windowChars = 8192;
/** Texts that grow at the same time; an older one is over. */
const maxTexts = 200;

/** Lines are searched and not parsed: there are thousands of these, and our own writer made them. */
const deltaIn = /"delta":"((?:[^"\\]|\\.)*)"/;
const itemIn = /"itemId":"((?:[^"\\]|\\.)*)"/;

/** A secret that is cut by deltas is in no line, but in the text they add up to. */
export class StreamedScan {
  readonly #kindsOf: (text: string) => string[];
  readonly #texts = new Map<string, string>();

  constructor(kindsOf: (text: string) => string[]) {
    this.#kindsOf = kindsOf;
  }

  /** @returns the kinds found in texts that are now too long to be kept whole, or over */
  line(line: string): string[] {
    const delta = deltaIn.exec(line)?.[1];
    if (delta === undefined) return [];
    const key = line.slice(line.indexOf('"method":"')).slice(0, 60) + (itemIn.exec(line)?.[1] ?? "");
    const text = (this.#texts.get(key) ?? "") + unescaped(delta);
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

/** A payload may look like a line without being one. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}
