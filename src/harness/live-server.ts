import type { AnswerLog } from "../requests/answer-log.ts";
import type { AppServer } from "../server/app-server.ts";
import type { LoadedThreads } from "../thread/open.ts";
import type { ThreadRouter } from "../thread/router.ts";

/** A server with what its users keep per connection. */
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

/** A server that is there, or on its way. */
export interface BegunServer {
  readonly live: Promise<LiveServer>;
  /** Resolves when it prepares itself, is there, or cannot be had; never rejects. */
  readonly started: Promise<void>;
}
