import { rememberSecrets } from "../redact.ts";
import { settlesWithin } from "../server/child-process.ts";
import type { IncomingRequest } from "../wire/connection.ts";

/** What Codex needs to speak for a ChatGPT account. Kept in memory only. */
export interface ChatgptTokens {
  readonly accessToken: string;
  readonly chatgptAccountId: string;
  readonly chatgptPlanType: string | null;
}

/** Codex gives up on an answer after ten seconds. */
const answerMs = 9000;
/** After this many failures in a row nobody is asked again for a while. */
const maxFailures = 2;
const restMs = 60_000;

/** Gets fresh tokens from the host: one question at a time, answered in time, and not for ever when it fails. */
export class TokenRefresh {
  readonly #refresh: () => Promise<ChatgptTokens>;
  #running: Promise<ChatgptTokens> | undefined;
  #failures = 0;
  #restUntil = 0;

  constructor(refresh: () => Promise<ChatgptTokens>) {
    this.#refresh = refresh;
  }

  async answer(request: IncomingRequest): Promise<void> {
    // The host's words may quote the token; they are not passed on.
    const refuse = (message: string): boolean => request.reject({ code: -32000, message });
    if (Date.now() < this.#restUntil) {
      refuse("the account's tokens could not be refreshed lately");
      return;
    }
    const tokens = this.#running ?? this.#once();
    this.#running = tokens;
    const forget = (): void => {
      if (this.#running === tokens) this.#running = undefined;
    };
    tokens.then(forget, forget);
    try {
      if (await settlesWithin(tokens, answerMs)) {
        request.respond(await tokens);
        return;
      }
      // Whoever asks next is not to wait for the same silence.
      if (this.#running === tokens) this.#running = undefined;
      refuse("the account's tokens were not refreshed in time");
    } catch {
      refuse("the account's tokens could not be refreshed");
    }
  }

  async #once(): Promise<ChatgptTokens> {
    try {
      const { accessToken, chatgptAccountId, chatgptPlanType } = await this.#refresh();
      rememberSecrets(accessToken);
      this.#failures = 0;
      return { accessToken, chatgptAccountId, chatgptPlanType };
    } catch (thrown) {
      this.#failures += 1;
      if (this.#failures >= maxFailures) {
        this.#failures = 0;
        this.#restUntil = Date.now() + restMs;
      }
      throw thrown;
    }
  }
}
