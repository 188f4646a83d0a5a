import type { BridgeError } from "../errors.ts";
import type { ServerEvent } from "../protocol/events.ts";
import type { AppServer } from "../server/app-server.ts";
import { settlesWithin } from "../server/child-process.ts";
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
  readonly #active = new Set<string>();
  readonly #forRest = new Map<string, (() => void)[]>();
  readonly #waiting: (() => void)[] = [];
  #unrouted = 0;

  constructor(server: AppServer, fallback: (request: IncomingRequest) => void) {
    server.onEvent((event) => {
      if (event.type === "thread.status") this.noteStatus(event.threadId, event.status);
      const threadId = "threadId" in event ? event.threadId : undefined;
      const route = threadId === undefined ? undefined : this.#routes.get(threadId);
      if (route) return route.onEvent(event);
      if (threadId !== undefined) this.#unrouted += 1;
      // The account's limits concern whoever is running.
      else if (event.type === "limits") for (const each of new Set(this.#routes.values())) void each.onEvent(event);
      return undefined;
    });
    server.onRequest((request) => {
      const threadId = (request.params as { threadId?: unknown } | null | undefined)?.threadId;
      const route = typeof threadId === "string" ? this.#routes.get(threadId) : undefined;
      if (route) route.onRequest(request);
      else fallback(request);
    });
    void server.closed.then((reason) => {
      const routes = new Set(this.#routes.values());
      this.#routes.clear();
      for (const route of routes) route.onClosed(reason);
      this.#drained();
    });
  }

  /** Events of threads that nobody follows: sub-agents, or turns that are over. */
  get unroutedEvents(): number {
    return this.#unrouted;
  }

  /** Threads that were last said to be at work, also those that nobody follows. */
  get atWork(): readonly string[] {
    return [...this.#active];
  }

  noteStatus(threadId: string, status: string): void {
    if (status === "active") {
      this.#active.add(threadId);
      return;
    }
    this.#active.delete(threadId);
    for (const waiter of this.#forRest.get(threadId) ?? []) waiter();
    this.#forRest.delete(threadId);
  }

  /** Waits for a turn that the server, or another client, has running on this thread. @returns false when it goes on */
  async rests(threadId: string, waitMs: number): Promise<boolean> {
    if (!this.#active.has(threadId)) return true;
    const rest = new Promise<void>((resolve) => {
      this.#forRest.set(threadId, [...(this.#forRest.get(threadId) ?? []), resolve]);
    });
    return settlesWithin(rest, waitMs);
  }

  /** The threads somebody follows: those of turns that run, and of their sub-agents. */
  get followed(): readonly string[] {
    return [...this.#routes.keys()];
  }

  /** Resolves when nobody follows a thread of this server any more. */
  drained(): Promise<void> {
    return this.#routes.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  #drained(): void {
    if (this.#routes.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Follows a thread until the returned function is called. One route per thread; a route may follow several. */
  follow(threadId: string, route: ThreadRoute): () => void {
    if (this.#routes.has(threadId)) throw new Error(`thread ${threadId} is already followed`);
    this.#routes.set(threadId, route);
    return () => {
      if (this.#routes.get(threadId) === route) this.#routes.delete(threadId);
      this.#drained();
    };
  }
}
