import { type Component, getKeybindings, matchesKey, wrapTextWithAnsi } from "@earendil-works/pi-tui";
import type { Theme } from "./theme.ts";

export interface ListChoice {
  readonly name: string;
  readonly description?: string;
}

export interface ChoiceListOptions {
  readonly choices: readonly ListChoice[];
  readonly theme: Theme;
  /** Index of the one that Enter takes. */
  readonly at?: number;
  /** Space marks any number of them, Enter takes these. */
  readonly several?: boolean;
  /** So many are seen at a time. */
  readonly visible?: number;
  onDone(chosen: readonly number[]): void;
}

/** A list to choose from: by arrows and Enter, or by the number that stands before a choice. Names may be long. */
export class ChoiceList implements Component {
  readonly #options: ChoiceListOptions;
  readonly #marked = new Set<number>();
  #at: number;

  constructor(options: ChoiceListOptions) {
    this.#options = options;
    this.#at = options.at ?? 0;
  }

  invalidate(): void {
    // Nothing is kept.
  }

  handleInput(data: string): void {
    const { choices, several, onDone } = this.#options;
    const keys = getKeybindings();
    const last = choices.length - 1;
    const page = this.#options.visible ?? 10;
    if (keys.matches(data, "tui.select.up")) this.#at = this.#at === 0 ? last : this.#at - 1;
    else if (keys.matches(data, "tui.select.down")) this.#at = this.#at === last ? 0 : this.#at + 1;
    else if (keys.matches(data, "tui.select.pageUp")) this.#at = Math.max(0, this.#at - page);
    else if (keys.matches(data, "tui.select.pageDown")) this.#at = Math.min(last, this.#at + page);
    else if (keys.matches(data, "tui.select.confirm"))
      onDone(several ? [...this.#marked].sort((a, b) => a - b) : [this.#at]);
    else if (several && matchesKey(data, "space")) this.#toggle(this.#at);
    else if (/^[1-9]$/.test(data) && Number(data) <= choices.length) {
      this.#at = Number(data) - 1;
      if (several) this.#toggle(this.#at);
      else onDone([this.#at]);
    }
  }

  render(width: number): string[] {
    const { choices, visible = 10 } = this.#options;
    const first = Math.max(0, Math.min(this.#at - Math.floor(visible / 2), choices.length - visible));
    const lines = choices.slice(first, first + visible).flatMap((_, index) => this.#lines(first + index, width));
    const { dim } = this.#options.theme;
    return choices.length > visible ? [...lines, dim(`  ${this.#at + 1} of ${choices.length}`)] : lines;
  }

  #lines(index: number, width: number): string[] {
    const { choices, several, theme } = this.#options;
    const { name, description = "" } = choices[index]!;
    const here = index === this.#at;
    const box = several ? (this.#marked.has(index) ? "[x] " : "[ ] ") : "";
    const head = `${here ? "❯" : " "} ${index < 9 ? `${index + 1}. ` : "   "}${box}`;
    const room = Math.max(1, width - head.length);
    const text = wrapTextWithAnsi(name, room).map((line, n) => `${n === 0 ? head : " ".repeat(head.length)}${line}`);
    const about = description === "" ? [] : wrapTextWithAnsi(description, room);
    return [
      ...text.map((line) => (here ? theme.accent(line) : line)),
      ...about.map((line) => theme.dim(`${" ".repeat(head.length)}${line}`)),
    ];
  }

  #toggle(index: number): void {
    if (!this.#marked.delete(index)) this.#marked.add(index);
  }
}
