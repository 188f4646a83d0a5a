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

  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
