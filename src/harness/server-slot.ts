import { AnswerLog } from "../requests/desk.ts";
import { answerSafely } from "../requests/table.ts";
import { TokenRefresh } from "../requests/token-refresh.ts";
import { type AppServer, type AppServerOptions, startAppServer } from "../server/app-server.ts";
import { settlesWithin } from "../server/child-process.ts";
import type { LoadedThreads } from "../thread/open.ts";
import { ThreadRouter } from "../thread/router.ts";
import type { IncomingRequest } from "../wire/connection.ts";
import { type Login, logIn } from "./login.ts";

/** A server with what the harness keeps per connection. */
export interface LiveServer {
  readonly server: AppServer;
  readonly router: ThreadRouter;
  /** Threads this connection has loaded, each with the model it was last told to use. */
  readonly loaded: LoadedThreads;
  /** Answers given on this connection, by request id. */
  readonly answers: AnswerLog;
  /** True for the first user of a server: its start is part of that attempt's time. */
  fresh: boolean;
}

/** How long a server that is given up may finish the turns of other threads. */
const drainMs = 30_000;

/** Keeps one app-server running for a harness: started when first needed, started again after it is gone. */
export class ServerSlot {
  readonly #options: AppServerOptions;
  readonly #login: Login | undefined;
  readonly #leaving = new Set<Promise<void>>();
  #current: Promise<LiveServer> | undefined;
  #live: LiveServer | undefined;
  #disposed = false;

  constructor(options: AppServerOptions, login: Login | undefined) {
    this.#options = options;
    this.#login = login;
  }

  /** The running server; concurrent callers share one start. A failed start is not remembered. */
  acquire(): Promise<LiveServer> {
    if (this.#disposed) return Promise.reject(new Error("the harness is disposed"));
    this.#current ??= this.#start();
    return this.#current;
  }

  /**
   * Takes a server out of use: the next attempt starts another one, and turns of other threads may finish on this one.
   * @returns when the server is gone
   */
  retire(live: LiveServer): Promise<void> {
    this.#forget(live);
    return this.#leave(settlesWithin(live.router.drained(), drainMs).then(() => live.server.stop()));
  }

  #leave(gone: Promise<void>): Promise<void> {
    const leaving = gone.finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    return leaving;
  }

  /** The running server, if there is one; none is started. */
  get live(): LiveServer | undefined {
    return this.#live;
  }

  /** Makes a running server forget a thread that another one is about to change. */
  async putAway(threadId: string): Promise<void> {
    const live = this.#live;
    if (!live?.loaded.delete(threadId)) return;
    try {
      // A thread that was archived is read from its file when it is needed again.
      await live.server.call("thread/archive", { threadId });
      await live.server.call("thread/unarchive", { threadId });
    } catch {
      void this.retire(live);
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const live = await this.#current?.catch(() => undefined);
    await live?.server.stop();
    await Promise.allSettled(this.#leaving);
  }

  #forget(live: LiveServer): void {
    if (this.#live !== live) return;
    this.#live = undefined;
    this.#current = undefined;
  }

  async #start(): Promise<LiveServer> {
    try {
      const server = await startAppServer(this.#options);
      const live: LiveServer = {
        server,
        router: new ThreadRouter(server, connectionRequests(this.#login)),
        loaded: new Map(),
        answers: new AnswerLog(),
        fresh: true,
      };
      this.#live = live;
      // One whose pipe is closed may still be a process for a moment.
      void server.closed.then(() => {
        this.#forget(live);
        void this.#leave(server.stop());
      });
      if (this.#login) await logIn(server, this.#login);
      return live;
    } catch (thrown) {
      this.#current = undefined;
      throw thrown;
    }
  }
}

/** Requests that belong to no turn: the account's, and those of threads nobody follows. */
function connectionRequests(login: Login | undefined): (request: IncomingRequest) => void {
  const refresh = login?.type === "chatgptAuthTokens" ? new TokenRefresh(login.refresh) : undefined;
  return (request) => {
    if (refresh && request.method === "account/chatgptAuthTokens/refresh") void refresh.answer(request);
    else answerSafely(request, "No turn is waiting for this request.");
  };
}
