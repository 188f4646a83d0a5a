import type { LoopbackApi } from "../loopback.ts";
import { stateSeal } from "./conversation/state-item.ts";
import { GatewayError } from "./errors.ts";
import { startServer } from "./server.ts";
import type { GatewaySession, Sessions } from "./sessions.ts";

export interface EndpointOptions {
  /** Private folder of the bridge; the key that signs state is kept there. */
  readonly stateDir: string;
  readonly warn?: (message: string, facts: Record<string, unknown>) => void;
  readonly heartbeatMs?: number;
}

/**
 * The loopback endpoint of a process, started with the first turn that needs it. Gateways with different configurations
 * share it: while one is replaced, turns of the old one go on.
 */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #groups = new Set<Sessions>();
  #server: Promise<LoopbackApi> | undefined;
  #closed = false;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** True once something was served. */
  get running(): boolean {
    return this.#server !== undefined && !this.#closed;
  }

  /**
   * Serves these sessions, too.
   * @returns its address
   * @throws GatewayError `gateway_closed` | `gateway_listen`
   */
  async serve(sessions: Sessions): Promise<string> {
    if (this.#closed) throw new GatewayError("gateway_closed", "The gateway is closed.");
    this.#groups.add(sessions);
    this.#server ??= this.#start().catch((thrown: unknown) => {
      this.#server = undefined;
      throw thrown;
    });
    return (await this.#server).url;
  }

  /** Their tokens open nothing any more. */
  forget(sessions: Sessions): void {
    this.#groups.delete(sessions);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#groups.clear();
    const server = await this.#server?.catch(() => undefined);
    await server?.close();
  }

  #find(authorization: string | undefined): GatewaySession | undefined {
    for (const sessions of this.#groups) {
      const found = sessions.find(authorization);
      if (found) return found;
    }
    return undefined;
  }

  async #start(): Promise<LoopbackApi> {
    const { stateDir, warn = () => undefined, heartbeatMs } = this.#options;
    const seal = await stateSeal(stateDir);
    const beat = heartbeatMs === undefined ? {} : { heartbeatMs };
    return startServer({ find: (authorization) => this.#find(authorization), seal, warn, ...beat });
  }
}
