import type { BridgeError } from "../errors.ts";
import type { ServerEvent } from "../protocol/events.ts";
import type { AppServer } from "../server/app-server.ts";
import type { IncomingRequest } from "../wire/connection.ts";

/** What a route gets of the connection it shares. */
export interface ThreadRoute {
  onEvent(event: ServerEvent): void | Promise<void>;
  onRequest(request: IncomingRequest): void;
  onClosed(reason: BridgeError): void;
}

/**
 * Splits one server's stream by thread. A route is registered before the request that makes its thread talk, because
 * events may arrive in the same chunk as the response.
 */
export class ThreadRouter {
  readonly #routes = new Map<string, ThreadRoute>();
  #unrouted = 0;

  constructor(server: AppServer, fallback: (request: IncomingRequest) => void) {
    server.onEvent((event) => {
      const threadId = "threadId" in event ? event.threadId : undefined;
      const route = threadId === undefined ? undefined : this.#routes.get(threadId);
      if (route) return route.onEvent(event);
      if (threadId !== undefined) this.#unrouted += 1;
      return undefined;
    });
    server.onRequest((request) => {
      const threadId = (request.params as { threadId?: unknown } | null | undefined)?.threadId;
      const route = typeof threadId === "string" ? this.#routes.get(threadId) : undefined;
      if (route) route.onRequest(request);
      else fallback(request);
    });
    void server.closed.then((reason) => {
      for (const route of [...this.#routes.values()]) route.onClosed(reason);
      this.#routes.clear();
    });
  }

  /** Events of threads that nobody follows: sub-agents, or turns that are over. */
  get unroutedEvents(): number {
    return this.#unrouted;
  }

  /** Follows a thread until the returned function is called. One route per thread. */
  follow(threadId: string, route: ThreadRoute): () => void {
    if (this.#routes.has(threadId)) throw new Error(`thread ${threadId} is already followed`);
    this.#routes.set(threadId, route);
    return () => {
      if (this.#routes.get(threadId) === route) this.#routes.delete(threadId);
    };
  }
}
