import type { TapeEvent } from "./tape.ts";

/** Tells the answers in a cut-out of a connection whose requests came before it. */
export class LateAnswers {
  readonly #asked = new Set<string>();

  /** Every message of the cut-out, in order. */
  isLate({ dir, server }: TapeEvent, message: object): boolean {
    const { id, method } = message as { id?: unknown; method?: unknown };
    if (id === undefined) return false;
    const asker = (dir === "c2s") === (method !== undefined) ? "client" : "server";
    const key = `${server} ${asker} ${JSON.stringify(id)}`;
    if (method === undefined) return !this.#asked.delete(key);
    this.#asked.add(key);
    return false;
  }
}
