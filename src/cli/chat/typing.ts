/** So long after a key somebody is taken to be still typing. */
export const pauseMs = 600;

/**
 * Whether somebody is in the middle of typing. What is typed into a question that has only just appeared was not meant
 * for it, and must not allow anything.
 */
export class Typing {
  readonly #now: () => number;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Something was typed into the line of the prompt. */
  typed(): void {
    this.#lastMs = this.#now();
  }

  /** What was typed is sent, or gone: whatever comes next is meant for what is on the screen. */
  finished(): void {
    this.#lastMs = Number.NEGATIVE_INFINITY;
  }

  /** How long to wait until the keys are free; 0: they are. */
  get waitMs(): number {
    return Math.max(0, this.#lastMs + pauseMs - this.#now());
  }
}
