import { toBridgeError } from "../errors.ts";
import { ServerStartError } from "./errors.ts";

/** After this many failed starts in a row nobody waits for another one. */
const patience = 3;
const firstMs = 250;
const longestMs = 60_000;

/** Restraint after failed starts: first a pause before the next one, then a refusal at once until it is time to try again. */
export class Breaker {
  #failures = 0;
  #notBefore = 0;
  #last: unknown;

  /** Nothing has failed since the last good start. */
  get closed(): boolean {
    return this.#failures === 0;
  }

  /**
   * Waits until a start may be tried.
   * @throws ServerStartError `server_start_suspended`, which says how often it failed and when it is tried again
   */
  async ready(): Promise<void> {
    const waitMs = this.#notBefore - Date.now();
    if (waitMs <= 0) return;
    if (this.#failures >= patience) throw this.#suspended(waitMs);
    await new Promise((passed) => setTimeout(passed, waitMs));
  }

  failed(error: unknown): void {
    this.#last = error;
    this.#failures += 1;
    this.#notBefore = Date.now() + Math.min(firstMs * 2 ** (this.#failures - 1), longestMs);
  }

  /** A good start makes up for all failures before it. */
  succeeded(): void {
    this.#failures = 0;
    this.#notBefore = 0;
    this.#last = undefined;
  }

  #suspended(waitMs: number): ServerStartError {
    const last = toBridgeError(this.#last);
    const retryAtMs = this.#notBefore;
    return new ServerStartError(
      "server_start_suspended",
      `Codex could not be started ${this.#failures} times in a row; it is tried again in ${Math.ceil(waitMs / 1000)} s. ` +
        `The last time: ${last.message}`,
      {
        ...(last.remedy === undefined ? {} : { remedy: last.remedy }),
        facts: { failures: this.#failures, retryAtMs, lastCode: last.code },
        cause: last,
      },
    );
  }
}
