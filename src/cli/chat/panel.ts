import { type Component, type Focusable, Input, isFocusable, wrapTextWithAnsi } from "@earendil-works/pi-tui";
import { ChoiceList } from "./choice-list.ts";
import { clean } from "./clean.ts";
import { hanging } from "./lines.ts";
import { SecretInput } from "./secret-input.ts";
import type { Theme } from "./theme.ts";

/** What takes the place of the prompt's line for a while: a question, with what it is about above it. */
export interface PanelContent {
  /** The same array for all questions of one request. */
  readonly about: readonly string[];
  readonly message: string;
  readonly hint: string;
  readonly body: Component;
}

export class Panel implements Component, Focusable {
  readonly content: PanelContent;
  readonly #theme: Theme;
  /** Says that keys go elsewhere for now. */
  resting = false;
  /** What was wrong with the last answer. */
  fault = "";

  constructor(content: PanelContent, theme: Theme) {
    this.content = content;
    this.#theme = theme;
  }

  get focused(): boolean {
    return isFocusable(this.content.body) && this.content.body.focused;
  }

  set focused(focused: boolean) {
    if (isFocusable(this.content.body)) this.content.body.focused = focused;
  }

  invalidate(): void {
    this.content.body.invalidate();
  }

  handleInput(data: string): void {
    this.fault = "";
    this.content.body.handleInput?.(data);
  }

  render(width: number): string[] {
    const { about, message, hint, body } = this.content;
    const { dim, bold, bad, warn, accent } = this.#theme;
    const [head = "", ...lines] = about.join("\n").split("\n");
    const wrapped = (text: string, paint: (text: string) => string): string[] =>
      wrapTextWithAnsi(clean(text), width).map(paint);
    return [
      dim("─".repeat(width)),
      ...(about.length === 0 ? [] : wrapped(head, accent)),
      ...lines.flatMap((line) => {
        const [indent = ""] = /^ */.exec(line) ?? [];
        return hanging(indent, clean(line.trimStart()), width, (text) => text);
      }),
      ...(about.length === 0 ? [] : [""]),
      ...wrapped(message, bold),
      ...body.render(width),
      ...(this.fault === "" ? [] : wrapped(this.fault, bad)),
      ...(this.resting ? wrapped("You are typing; the answer is taken when you pause.", warn) : wrapped(hint, dim)),
    ];
  }
}

/** A panel with a list; the hint says what Esc does. */
export function listPanel(
  options: ConstructorParameters<typeof ChoiceList>[0] & Pick<PanelContent, "about" | "message">,
  escapeHint: string,
): Panel {
  const { about, message, theme, several, choices } = options;
  const numbers = choices.length > 1 ? ` or 1–${Math.min(9, choices.length)}` : "";
  const keys = several ? "Space marks, Enter is done" : `↑ ↓ Enter${numbers}`;
  return new Panel({ about, message, hint: `${keys} · ${escapeHint}`, body: new ChoiceList(options) }, theme);
}

/** A panel with a line to write into. */
export function wordsPanel(
  content: Pick<PanelContent, "about" | "message"> & { readonly theme: Theme; readonly secret?: boolean },
  escapeHint: string,
  onDone: (text: string) => void,
): Panel {
  let body: Component;
  if (content.secret) body = new SecretInput(onDone);
  else {
    const input = new Input();
    input.onSubmit = onDone;
    body = input;
  }
  const { about, message, theme, secret } = content;
  return new Panel({ about, message, hint: `Enter answers${secret ? ", unseen" : ""} · ${escapeHint}`, body }, theme);
}
