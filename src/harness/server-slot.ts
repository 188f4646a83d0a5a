import { BridgeError } from "../errors.ts";
import { AnswerLog } from "../requests/answer-log.ts";
import { startAppServer } from "../server/app-server.ts";
import { binaryStamp } from "../server/binary-stamp.ts";
import type { Breaker } from "../server/breaker.ts";
import { settlesWithin } from "../server/child-process.ts";
import { ThreadRouter } from "../thread/router.ts";
import type { BegunServer, LiveServer } from "./live-server.ts";
import { logIn } from "./login.ts";
import { part } from "./part.ts";
import type { Lessee } from "./sharing-key.ts";
import { threadsWork } from "./threads-work.ts";
import { unroutedRequests } from "./unrouted-requests.ts";
import { Work } from "./work.ts";

export type { BegunServer, LiveServer } from "./live-server.ts";

/** What a slot needs of the pool it is in. */
export interface SlotSurroundings {
  readonly breaker: Breaker;
  /** Resolves when there is room for one more server. */
  room(slot: ServerSlot, maxServers: number): Promise<void>;
  /** Something ended: there may be room now. */
  changed(): void;
}

/** How long a server that is given up may finish the turns of other threads. */
const drainMs = 30_000;

/** Keeps one app-server running for all who lease it: started when first needed, started again after it is gone. */
export class ServerSlot {
  readonly home: string;
  /** Whether it counts as a running server: granted by the pool before a start. */
  hasRoom = false;
  readonly #around: SlotSurroundings;
  readonly #lessees = new Set<Lessee>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #work = new Work();
  #lessee: Lessee;
  #current: Promise<LiveServer> | undefined;
  #begun: Promise<void> = Promise.resolve();
  #live: LiveServer | undefined;
  #binary: string | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastUsed = 0;

  constructor(home: string, first: Lessee, around: SlotSurroundings) {
    this.home = home;
    this.#around = around;
    this.#lessee = first;
  }

  /** The one who came last has the newest tokens and the log that is read. */
  join(lessee: Lessee): void {
    this.#lessees.add(lessee);
    this.#lessee = lessee;
  }

  /** @returns whether anybody is left */
  leave(lessee: Lessee): boolean {
    this.#lessees.delete(lessee);
    this.#lessee = [...this.#lessees].at(-1) ?? lessee;
    return this.#lessees.size > 0;
  }

  get shared(): boolean {
    return this.#lessees.size > 1;
  }

  /** The running server; concurrent callers share one start. A failed start is remembered by the breaker alone. */
  acquire(): Promise<LiveServer> {
    this.#current ??= this.#start();
    return this.#current;
  }

  /** As `acquire`, for who has something else to do until then: `started` resolves when waiting is all there is to do. */
  begin(): BegunServer {
    const live = this.acquire();
    const over = live.then(
      () => undefined,
      () => undefined,
    );
    return { live, started: Promise.race([this.#begun, over]) };
  }

  /**
   * Does something with the server; as long as it lasts, the server is not stopped for want of work. When the executable
   * is another one by now, what is begun gets a new server.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    const stamp = this.#live && binaryStamp(this.#live.server.process);
    if (this.#live && stamp !== undefined && stamp !== this.#binary) void this.#drain(this.#live);
    try {
      const done = this.#work.during(work);
      this.#note();
      return await done;
    } finally {
      this.#lastUsed = performance.now();
      this.#rest();
    }
  }

  /**
   * Takes a server out of use: the next attempt starts another one, and turns of other threads may finish on this one.
   * @returns when the server is gone
   */
  retire(live: LiveServer): Promise<void> {
    this.#forget(live);
    return this.#leave(settlesWithin(live.router.drained(), drainMs).then(() => part(live)));
  }

  /** The same without haste: nothing is wrong with it. */
  #drain(live: LiveServer): Promise<void> {
    this.#forget(live);
    const over = this.#work.present().then(() => live.router.drained());
    return this.#leave(Promise.race([over, live.server.closed]).then(() => live.server.stop()));
  }

  #leave(gone: Promise<void>): Promise<void> {
    const leaving = gone.finally(() => {
      this.#leaving.delete(leaving);
      this.#around.changed();
    });
    this.#leaving.add(leaving);
    return leaving;
  }

  /** The running server, if there is one; none is started. */
  get live(): LiveServer | undefined {
    return this.#live;
  }

  /** Servers that run, are started or on their way out. */
  get servers(): number {
    return this.#leaving.size + (this.hasRoom ? 1 : 0);
  }

  /** When a server that nobody works with was last used; undefined when there is none, or it works. */
  get idleSince(): number | undefined {
    const idle = this.#live && this.#work.size === 0 && this.#live.router.followed.length === 0;
    return idle ? this.#lastUsed : undefined;
  }

  /** Stops the server when nobody works with it. The next work starts another. */
  async stopIdle(): Promise<void> {
    const live = this.#live;
    if (!live || this.idleSince === undefined) return;
    this.#forget(live);
    await this.#leave(live.server.stop());
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

  /** Stops every server of this slot at once. */
  async dispose(): Promise<void> {
    clearTimeout(this.#idle);
    const live = await this.#current?.catch(() => undefined);
    if (live) await part(live);
    await Promise.allSettled(this.#leaving);
  }

  #forget(live: LiveServer): void {
    if (this.#live !== live) return;
    clearTimeout(this.#idle);
    this.#live = undefined;
    this.#current = undefined;
    this.hasRoom = false;
  }

  /** From now on the server has nothing to do, unless something is begun. */
  #rest(): void {
    this.#around.changed();
    const live = this.#live;
    if (!live) return;
    this.#note();
    clearTimeout(this.#idle);
    if (this.#work.size > 0 || this.#lessees.size === 0) return;
    const idleStopMs = Math.max(...[...this.#lessees].map((lessee) => lessee.idleStopMs));
    this.#idle = setTimeout(() => void this.#stopUnlessBusy(live), idleStopMs).unref();
  }

  #note(): void {
    this.#live?.server.process?.note({ threads: this.#live.loaded.size, turns: this.#work.size });
  }

  /** Nobody waits for anything, but a sub-agent may still be at work, or a command that a turn left running. */
  async #stopUnlessBusy(live: LiveServer): Promise<void> {
    const busy = (await threadsWork(live)) || (await live.server.process?.hasCommands());
    if (this.#live !== live || this.#work.size > 0) return;
    if (busy || this.idleSince === undefined) this.#rest();
    else await this.stopIdle();
  }

  async #start(): Promise<LiveServer> {
    const { breaker } = this.#around;
    const begun = Promise.withResolvers<void>();
    this.#begun = begun.promise;
    try {
      await breaker.ready();
      await this.#around.room(this, this.#lessee.maxServers);
      const { log: _, ...options } = this.#lessee.options;
      const server = await startAppServer({
        ...options,
        log: (level, message, facts) => this.#lessee.options.log?.(level, message, facts),
        onStarted: begun.resolve,
      }).catch((thrown: unknown) => {
        // What is missing can be put there at any moment, and looking costs nothing.
        if (!(thrown instanceof BridgeError && thrown.code.startsWith("codex_binary_"))) breaker.failed(thrown);
        throw thrown;
      });
      breaker.succeeded();
      const live: LiveServer = {
        server,
        router: new ThreadRouter(
          server,
          unroutedRequests(() => this.#lessee.login),
        ),
        loaded: new Map(),
        answers: new AnswerLog(),
        fresh: true,
      };
      this.#live = live;
      this.#binary = binaryStamp(server.process);
      // One whose pipe is closed may still be a process for a moment.
      void server.closed.then(() => {
        this.#forget(live);
        void this.#leave(server.stop());
      });
      const { login } = this.#lessee;
      if (login) await logIn(server, login);
      this.#lastUsed = performance.now();
      this.#rest();
      return live;
    } catch (thrown) {
      this.#current = undefined;
      this.hasRoom = this.#live !== undefined;
      this.#around.changed();
      throw thrown;
    }
  }
}
