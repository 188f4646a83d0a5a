import type { TraceModel } from "../trace-model.ts";

/** The data that stands in the page. */
export class PageRecording {
  readonly model: TraceModel;
  readonly #lines: readonly string[];
  #lowerCased: readonly string[] | undefined;
  readonly #bySeq = new Map<number, unknown>();

  constructor(document: Document) {
    this.model = JSON.parse(document.getElementById("model")?.textContent ?? "") as TraceModel;
    const text = document.getElementById("lines")?.textContent ?? "";
    this.#lines = text === "" ? [] : text.split("\n");
  }

  /** Parsed when it is looked at: of a long recording that is a small part. */
  line(seq: number): { readonly message: unknown; readonly chars: number } {
    const raw = this.#lines[seq] ?? "{}";
    if (!this.#bySeq.has(seq)) {
      if (this.#bySeq.size > 2_000) this.#bySeq.clear();
      this.#bySeq.set(seq, (JSON.parse(raw) as { message?: unknown }).message);
    }
    return { message: this.#bySeq.get(seq), chars: raw.length };
  }

  /** For searching. */
  readonly lowerCased = (): readonly string[] => {
    this.#lowerCased ??= this.#lines.map((line) => line.toLowerCase());
    return this.#lowerCased;
  };
}
