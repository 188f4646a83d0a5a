/** What is under way, so that nobody pulls the server away from under it. */
export class Work {
  readonly #running = new Set<Promise<unknown>>();

  during<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#running.add(running);
    const over = (): void => void this.#running.delete(running);
    running.then(over, over);
    return running;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Resolves when what runs now is over; what begins meanwhile is not waited for. */
  async present(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
