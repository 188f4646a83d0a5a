import { createHash } from "node:crypto";
import type { IncomingRequest } from "../wire/contract.ts";

/** How many answers are remembered: a repetition comes soon, if it comes. */
const rememberedAnswers = 256;

/**
 * Answers of one connection by request. A resumed thread sends what it waits for again, under the same id, and may do so
 * while our answer is on its way: nobody is asked, and nothing is run, a second time.
 */
export class AnswerLog {
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #open = new Set<string>();

  /** @returns the answer to send; undefined when this very request is being answered already */
  once({ id, method, params }: IncomingRequest, work: () => Promise<unknown>): Promise<unknown> | undefined {
    const key = digest([id, method, params]);
    if (this.#open.has(key)) return undefined;
    const known = this.#answers.get(key);
    if (known) return known;
    this.#open.add(key);
    const answer = work().finally(() => this.#open.delete(key));
    this.#answers.set(key, answer);
    if (this.#answers.size > rememberedAnswers) this.#answers.delete(this.#answers.keys().next().value!);
    return answer;
  }
}

/** What was asked, in few bytes: it may be long. */
function digest(request: readonly unknown[]): string {
  return createHash("sha1").update(JSON.stringify(request)).digest("base64");
}
