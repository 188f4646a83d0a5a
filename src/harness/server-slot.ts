import { answerSafely } from "../requests/defaults.ts";
import { type AppServer, type AppServerOptions, startAppServer } from "../server/app-server.ts";
import type { LoadedThreads } from "../thread/open.ts";
import { ThreadRouter } from "../thread/router.ts";
import { type Login, logIn } from "./login.ts";

/** A server with what the harness keeps per connection. */
export interface LiveServer {
  readonly server: AppServer;
  readonly router: ThreadRouter;
  /** Threads this connection has loaded, each with the model it was last told to use. */
  readonly loaded: LoadedThreads;
  /** True for the first user of a server: its start is part of that attempt's time. */
  fresh: boolean;
}

/** Keeps one app-server running for a harness: started when first needed, started again after it is gone. */
export class ServerSlot {
  readonly #options: AppServerOptions;
  readonly #login: Login | undefined;
  #current: Promise<LiveServer> | undefined;
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

  async dispose(): Promise<void> {
    this.#disposed = true;
    const live = await this.#current?.catch(() => undefined);
    await live?.server.stop();
  }

  async #start(): Promise<LiveServer> {
    try {
      const server = await startAppServer(this.#options);
      const live: LiveServer = {
        server,
        router: new ThreadRouter(server, (request) => answerSafely(request, "No turn is waiting for this request.")),
        loaded: new Map(),
        fresh: true,
      };
      void server.closed.then(() => {
        this.#current = undefined;
      });
      if (this.#login) await logIn(server, this.#login);
      return live;
    } catch (thrown) {
      this.#current = undefined;
      throw thrown;
    }
  }
}
