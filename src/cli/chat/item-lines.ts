import { truncateToWidth } from "@earendil-works/pi-tui";
import { AnswerLines } from "./answer-lines.ts";
import { clean } from "./clean.ts";
import type { Item, NoteLevel } from "./items.ts";
import { hanging, marked } from "./lines.ts";
import { planLines } from "./plan-lines.ts";
import type { Theme } from "./theme.ts";
import { agentLines, toolLines } from "./tool-lines.ts";

export interface ItemLinesOptions {
  readonly theme: Theme;
  /** Paths below it are shown without it. */
  readonly cwd: string;
}

const marks: Record<NoteLevel, string> = { info: "·", good: "✓", warning: "!", error: "✗" };

/**
 * How an item looks, as lines that are not wider than the screen. Every foreign text is cleaned here, and nowhere else
 * does anything reach the screen.
 */
export class ItemLines {
  readonly #options: ItemLinesOptions;
  readonly #answers: AnswerLines;
  readonly #known = new WeakMap<Item, { readonly width: number; readonly lines: readonly string[] }>();

  constructor(options: ItemLinesOptions) {
    this.#options = options;
    this.#answers = new AnswerLines(options.theme);
  }

  render(item: Item, width: number): readonly string[] {
    const known = this.#known.get(item);
    if (known?.width === width) return known.lines;
    const lines = this.#lines(item, width).map((line) => truncateToWidth(line, width, "…"));
    this.#known.set(item, { width, lines });
    return lines;
  }

  #lines(item: Item, width: number): string[] {
    const { theme } = this.#options;
    switch (item.kind) {
      case "user":
        return hanging("› ", clean(item.text), width, theme.bold, theme.accent);
      case "answer":
        return marked(
          "• ",
          this.#answers.render(item.id, item.text, Math.max(8, width - 2)),
          item.commentary ? theme.dim : theme.accent,
        );
      case "thought":
        return hanging("· ", clean(item.text).trim(), width, theme.thought);
      case "tool":
        return toolLines(item, width, this.#options);
      case "agent":
        return agentLines(item, width, theme);
      case "plan":
        return planLines(item.steps, width, theme);
      case "note": {
        const paint = { info: theme.dim, good: theme.good, warning: theme.warn, error: theme.bad }[item.level];
        return hanging(`${marks[item.level]} `, clean(item.text), width, paint);
      }
      case "told":
        return hanging("  ", clean(item.text), width, (text) => text);
    }
  }
}
