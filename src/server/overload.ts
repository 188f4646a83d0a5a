import { setTimeout as sleep } from "node:timers/promises";
import { BridgeError } from "../errors.ts";
import { RpcError } from "../wire/errors.ts";

const overloaded = -32001;
const firstWaitMs = 50;
const longestWaitMs = 2000;
/** Somebody who does not want to wait for ever is told after this; together about 5 s. */
const maxTries = 9;

/** The server refused a request, again and again, because it has too much to do. Nothing of it was done. */
export class ServerOverloadedError extends BridgeError {
  constructor(method: string, tries: number, cause: unknown) {
    super("server_overloaded", `Codex has too much to do: it refused ${method} ${tries} times.`, {
      remedy: "Try again in a moment, or run fewer sessions at once.",
      facts: { method, tries },
      cause,
    });
  }
}

/**
 * Asks again, later and later, while the server says that it is overloaded: it has done nothing of such a request.
 * @param goesOn whether there is still somebody to ask, and to be told
 * @throws ServerOverloadedError
 */
export async function askPatiently<T>(method: string, ask: () => Promise<T>, goesOn: () => boolean): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (thrown) {
      if (!(thrown instanceof RpcError) || thrown.rpcCode !== overloaded) throw thrown;
      if (tries === maxTries || !goesOn()) throw new ServerOverloadedError(method, tries, thrown);
    }
    // Many are refused at once; they must not all come back at once.
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1));
    await sleep(waitMs * (0.5 + Math.random() / 2));
  }
}
