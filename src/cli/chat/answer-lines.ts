import { Markdown, setCapabilityOverrides } from "@earendil-works/pi-tui";
import { clean } from "./clean.ts";
import type { Theme } from "./theme.ts";

/** A paragraph that is shorter is rendered with the next one: two are cheaper than their border. */
const blockChars = 2_000;

/**
 * Renders answers while they stream. What is finished of one is rendered once: doing all of it again with every word
 * would take a time that grows with the square of its length.
 */
export class AnswerLines {
  readonly #theme: Theme;
  #id = "";
  #width = 0;
  #done = "";
  #lines: string[] = [];

  constructor(theme: Theme) {
    this.#theme = theme;
    // A link says where it leads in words: an address behind a text is hidden from who would follow it.
    setCapabilityOverrides({ hyperlinks: false, images: null });
  }

  render(id: string, text: string, width: number): string[] {
    if (id !== this.#id || width !== this.#width || !text.startsWith(this.#done)) {
      [this.#id, this.#width, this.#done, this.#lines] = [id, width, "", []];
    }
    const end = finishedEnd(text, this.#done.length);
    if (end > this.#done.length) {
      const block = this.#block(text.slice(this.#done.length, end), width);
      this.#lines = this.#lines.length > 0 ? [...this.#lines, "", ...block] : block;
      this.#done = text.slice(0, end);
    }
    const rest = this.#block(text.slice(this.#done.length), width);
    if (rest.length === 0) return [...this.#lines];
    return this.#lines.length > 0 ? [...this.#lines, "", ...rest] : rest;
  }

  #block(text: string, width: number): string[] {
    const markdown = new Markdown(clean(text).trim(), 0, 0, this.#theme.markdown, undefined, {
      preserveOrderedListMarkers: true,
      // Money is written with dollar signs, too.
      renderLatex: false,
    });
    return markdown.render(width).map((line) => line.trimEnd());
  }
}

/**
 * Where the part of a text ends that what follows cannot change: behind the last empty line that stands in no fence and
 * has no part of a list or an indented block behind it.
 * @param from everything before is finished already
 */
export function finishedEnd(text: string, from: number): number {
  if (text.length - from < blockChars) return from;
  let fence: string | undefined;
  let end = from;
  let at = from;
  let afterEmpty = false;
  for (;;) {
    const next = text.indexOf("\n", at);
    // The last line may still grow, and become what it is not yet.
    if (next < 0) return end;
    const line = text.slice(at, next);
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (afterEmpty && fence === undefined && at - end >= blockChars && !/^(?:\s|[-*+>|]|\d+[.)])/.test(line)) end = at;
    if (mark !== undefined && fence === undefined) fence = mark;
    else if (fence !== undefined && mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    afterEmpty = line.trim() === "";
    at = next + 1;
  }
}
