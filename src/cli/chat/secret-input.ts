import { type Component, type Focusable, Input } from "@earendil-works/pi-tui";

/** One line whose letters are not shown. */
export class SecretInput implements Component, Focusable {
  focused = false;
  readonly #input = new Input();

  constructor(onDone: (text: string) => void) {
    this.#input.onSubmit = onDone;
  }

  invalidate(): void {
    // Nothing is kept.
  }

  handleInput(data: string): void {
    this.#input.handleInput(data);
  }

  render(width: number): string[] {
    // How long it is may be seen, up to where the screen ends.
    const dots = "•".repeat(Math.min([...this.#input.getValue()].length, Math.max(0, width - 3)));
    return [`> ${dots}\u001b[7m \u001b[27m`];
  }
}
