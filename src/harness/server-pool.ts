import { Breaker } from "../server/breaker.ts";
import { settlesWithin } from "../server/child-process.ts";
import { ServerStartError } from "../server/errors.ts";
import { remember } from "./remember.ts";
import { type BegunServer, type LiveServer, ServerSlot } from "./server-slot.ts";
import { homeOf, type Lessee, sharingKey } from "./sharing-key.ts";

/** How long a start waits for another server to become idle. */
const roomMs = 30_000;
/** Breakers of servers that nobody has any more. */
const maxBreakers = 100;

/** Every app-server of this process, each shared by all who want the same one. */
class ServerPool {
  /** Servers on their way out, by a thread they must not run beside its next server. */
  readonly leaving = new Map<string, Promise<void>>();
  readonly #slots = new Map<string, ServerSlot>();
  /** They outlive their slots: who comes again and again is to be held back as well. */
  readonly #breakers = new Map<string, Breaker>();
  readonly #waiting = new Set<() => void>();

  lease(lessee: Lessee): ServerLease {
    const key = sharingKey(lessee);
    let slot = this.#slots.get(key);
    if (!slot) {
      slot = new ServerSlot(homeOf(lessee.options), lessee, {
        breaker: this.#breakerOf(key),
        room: (starting, maxServers) => this.#room(starting, maxServers),
        changed: () => this.#changed(),
      });
      this.#slots.set(key, slot);
    }
    slot.join(lessee);
    return new ServerLease(this, key, slot, lessee);
  }

  /** The last one to go stops the server. */
  async release(key: string, slot: ServerSlot, lessee: Lessee): Promise<void> {
    if (slot.leave(lessee)) return;
    if (this.#slots.get(key) === slot) this.#slots.delete(key);
    await slot.dispose();
    this.#changed();
  }

  /**
   * A thread that another server still has in its memory would be out of date there after the next turn: that server
   * puts it away first, and reads it again when it is needed.
   */
  async handOver(threadId: string, to: ServerSlot): Promise<void> {
    for (const slot of this.#slots.values()) if (slot !== to && slot.home === to.home) await slot.putAway(threadId);
  }

  /** Lets a start go ahead, after the server that was idle for longest has made room for it where needed. */
  async #room(starting: ServerSlot, maxServers: number): Promise<void> {
    const until = performance.now() + roomMs;
    while (this.#servers() >= maxServers) {
      const idle = [...this.#slots.values()]
        .filter((slot) => slot.idleSince !== undefined)
        .toSorted((one, other) => one.idleSince! - other.idleSince!)[0];
      if (idle) await idle.stopIdle();
      else if (!(await this.#change(until - performance.now()))) throw tooMany(maxServers);
    }
    starting.hasRoom = true;
  }

  #servers(): number {
    let servers = 0;
    for (const slot of this.#slots.values()) servers += slot.servers;
    return servers;
  }

  async #change(waitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    return settlesWithin(promise, Math.max(0, waitMs)).finally(() => this.#waiting.delete(resolve));
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
  }

  #breakerOf(key: string): Breaker {
    const breaker = this.#breakers.get(key) ?? new Breaker();
    remember(this.#breakers, key, breaker, maxBreakers);
    return breaker;
  }
}

/** One user's right to a server that others may use as well. */
export class ServerLease {
  readonly #pool: ServerPool;
  readonly #key: string;
  readonly #slot: ServerSlot;
  readonly #lessee: Lessee;
  #released = false;

  constructor(pool: ServerPool, key: string, slot: ServerSlot, lessee: Lessee) {
    this.#pool = pool;
    this.#key = key;
    this.#slot = slot;
    this.#lessee = lessee;
  }

  /** @see ServerSlot.acquire */
  acquire(): Promise<LiveServer> {
    return this.#released ? Promise.reject(disposed()) : this.#slot.acquire();
  }

  /** @see ServerSlot.begin */
  begin(): BegunServer {
    if (!this.#released) return this.#slot.begin();
    const live = Promise.reject(disposed());
    live.catch(() => undefined);
    return { live, started: Promise.resolve() };
  }

  /** @see ServerSlot.during */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.#released ? Promise.reject(disposed()) : this.#slot.during(work);
  }

  /** @see ServerSlot.retire */
  retire(live: LiveServer): Promise<void> {
    return this.#slot.retire(live);
  }

  /** The running server, if there is one; none is started. */
  get live(): LiveServer | undefined {
    return this.#slot.live;
  }

  /** Whether somebody else has this server as well. */
  get shared(): boolean {
    return this.#slot.shared;
  }

  /** @see ServerPool.leaving */
  get leaving(): Map<string, Promise<void>> {
    return this.#pool.leaving;
  }

  /** Starts the server before it is needed. */
  async prewarm(): Promise<void> {
    // Nobody's attempt waited for it.
    (await this.#slot.during(() => this.acquire())).fresh = false;
  }

  /** @see ServerPool.handOver */
  handOver(threadId: string): Promise<void> {
    return this.#pool.handOver(threadId, this.#slot);
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#pool.release(this.#key, this.#slot, this.#lessee);
  }
}

function disposed(): Error {
  return new Error("the harness is disposed");
}

function tooMany(maxServers: number): ServerStartError {
  return new ServerStartError(
    "server_limit",
    `${maxServers} Codex servers are running and all of them work; there is no room for another.`,
    { remedy: "Wait for a turn to end, or raise maxServers.", facts: { maxServers, waitedMs: roomMs } },
  );
}

const slot = Symbol.for("codex-bridge.servers.v1");

/**
 * The servers of the whole process. A host loads a plugin several times, each time as a new copy of its modules: module
 * scope would start a server per copy.
 */
export function serverPool(): ServerPool {
  const holder = globalThis as { [slot]?: ServerPool };
  holder[slot] ??= new ServerPool();
  return holder[slot];
}
