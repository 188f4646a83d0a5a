import { factOf } from "../protocol/facts.ts";
import { RpcError } from "../wire/errors.ts";

const invalidRequest = -32600;

/** The server has no such method at all: nothing to retry, and nothing wrong with the request. */
export class MethodUnsupportedError extends RpcError {
  override readonly code = "method_unsupported";
  override readonly remedy: string;

  constructor(method: string, version: string) {
    const missing = `Codex ${version} has no ${method}.`;
    super(method, invalidRequest, missing);
    this.message = missing;
    const since = factOf(method)?.since;
    this.remedy = since === undefined ? "Use another release of Codex." : `Use Codex ${since} or newer.`;
  }
}

/** Methods a server turned out not to have: learnt once from its own words, and not asked for again. */
export class MissingMethods {
  readonly #version: string;
  readonly #missing = new Set<string>();

  constructor(version: string) {
    this.#version = version;
  }

  /** @throws MethodUnsupportedError when the server is known not to have the method, or says so now */
  async ask<T>(method: string, send: () => Promise<T>): Promise<T> {
    if (this.#missing.has(method)) throw new MethodUnsupportedError(method, this.#version);
    try {
      return await send();
    } catch (thrown) {
      if (!(thrown instanceof RpcError) || !saysUnknown(thrown, method)) throw thrown;
      this.#missing.add(method);
      throw new MethodUnsupportedError(method, this.#version);
    }
  }
}

/** An unknown method is an invalid request that names it, and all the others. `-32601` is said of states, too. */
function saysUnknown({ rpcCode, rpcMessage }: RpcError, method: string): boolean {
  return rpcCode === invalidRequest && rpcMessage.includes(`unknown variant \`${method}\``);
}
