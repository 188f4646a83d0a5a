import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/*
 * An operator's client of the gateway, as docs/gateway/protocol of the host describes it: JSON frames on a WebSocket,
 * events kept in the order they came.
 */

export interface GatewayEvent {
  /** Milliseconds since the client was made. */
  readonly atMs: number;
  readonly event: string;
  readonly payload: Answer;
}

/**
 * Whatever a gateway sends, as a tree of fields: nothing is known of a field but what a scenario asserts of it. A leaf
 * is a text, a number, a truth or a list, and has to be made one (`String(…)`, `list(…)`) before it is used as such.
 */
export interface Answer {
  readonly [field: string]: Answer | undefined;
}

/** The entries of a list; none if it is no list. */
export function list(value: unknown): readonly Answer[] {
  return Array.isArray(value) ? value : [];
}

/** True when the event has this name and its payload these fields. */
export function isEvent(found: GatewayEvent, name: string, fields: Record<string, unknown> = {}): boolean {
  return found.event === name && Object.entries(fields).every(([field, value]) => found.payload[field] === value);
}

export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: string;
  readonly details: unknown;
  constructor(method: string, error: { code?: string; message?: string; details?: unknown }) {
    super(`${method}: ${error.code ?? "error"}: ${error.message ?? "no message"}`);
    this.code = error.code ?? "";
    this.details = error.details;
  }
}

type Frame =
  | { type: "res"; id: string; ok: boolean; payload?: Answer; error?: { code?: string; message?: string } }
  | { type: "event"; event: string; payload?: Answer };

interface Pending {
  readonly method: string;
  readonly resolve: (payload: Answer | undefined) => void;
  readonly reject: (error: Error) => void;
}

interface Watcher {
  readonly test: (event: GatewayEvent) => boolean;
  readonly resolve: (event: GatewayEvent) => void;
}

const scopes = ["read", "write", "admin", "approvals", "questions", "pairing"].map((name) => `operator.${name}`);

export class GatewayClient {
  readonly events: GatewayEvent[] = [];
  hello: Answer = {};
  readonly #startedAt = performance.now();
  readonly #pending = new Map<string, Pending>();
  readonly #watchers = new Set<Watcher>();
  #socket: WebSocket | undefined;

  /**
   * Connects, again and again while the gateway is starting.
   * @throws Error when it is not ready within `timeoutMs` or `alive` says that it is gone
   */
  static async connect(
    url: string,
    token: string,
    options: { timeoutMs: number; alive: () => boolean },
  ): Promise<GatewayClient> {
    const deadline = Date.now() + options.timeoutMs;
    for (let last = "nothing answered"; ; await sleep(150)) {
      if (!options.alive()) throw new Error(`The gateway ended before it was ready: ${last}`);
      if (Date.now() > deadline) throw new Error(`The gateway was not ready in ${options.timeoutMs} ms: ${last}`);
      const client = new GatewayClient();
      try {
        await client.#open(url, token);
        return client;
      } catch (thrown) {
        last = thrown instanceof Error ? thrown.message : String(thrown);
        client.close();
      }
    }
  }

  async #open(url: string, token: string): Promise<void> {
    const socket = new WebSocket(url);
    this.#socket = socket;
    const challenged = this.waitFor(({ event }) => event === "connect.challenge", 30_000, "a challenge");
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
      socket.addEventListener("close", ({ code, reason }) => {
        const error = new Error(`the connection was closed (${code} ${reason})`);
        reject(error);
        for (const { reject: refuse } of this.#pending.values()) refuse(error);
        this.#pending.clear();
      });
      socket.addEventListener("error", () => reject(new Error("no connection")));
      challenged.then(() => resolve(), reject);
    });
    this.hello = await this.call("connect", {
      minProtocol: 3,
      maxProtocol: 4,
      client: { id: "gateway-client", version: "1.0.0", platform: process.platform, mode: "backend" },
      role: "operator",
      scopes,
      caps: ["tool-events", "approvals", "exec-approvals", "plugin-approvals"],
      auth: { token },
    });
  }

  #receive(text: string): void {
    const frame = JSON.parse(text) as Frame;
    if (frame.type === "res") {
      const pending = this.#pending.get(frame.id);
      this.#pending.delete(frame.id);
      if (frame.ok) pending?.resolve(frame.payload);
      else pending?.reject(new GatewayError(pending.method, frame.error ?? {}));
      return;
    }
    if (frame.type !== "event" || frame.event === "tick" || frame.event === "health") return;
    const event = { atMs: performance.now() - this.#startedAt, event: frame.event, payload: frame.payload ?? {} };
    this.events.push(event);
    for (const watcher of this.#watchers) {
      if (!watcher.test(event)) continue;
      this.#watchers.delete(watcher);
      watcher.resolve(event);
    }
  }

  /**
   * Calls a method and waits for its answer.
   * @throws GatewayError with the gateway's code, or Error when the connection ends or nothing came in `timeoutMs`
   */
  call(method: string, params: object = {}, timeoutMs = 90_000): Promise<Answer> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new Error(`${method} was not answered in ${timeoutMs} ms`));
      }, timeoutMs);
      const settle = (done: () => void): void => {
        clearTimeout(timer);
        done();
      };
      this.#pending.set(id, {
        method,
        resolve: (payload) => settle(() => resolve(payload ?? {})),
        reject: (error) => settle(() => reject(error)),
      });
      this.#socket?.send(JSON.stringify({ type: "req", id, method, params }));
    });
  }

  /** The first event after index `from` that passes; events that came before the call count too when `from` is given. */
  waitFor(
    test: (event: GatewayEvent) => boolean,
    timeoutMs: number,
    what: string,
    from?: number,
  ): Promise<GatewayEvent> {
    const seen = from === undefined ? undefined : this.events.slice(from).find(test);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const watcher: Watcher = {
        test,
        resolve: (event) => {
          clearTimeout(timer);
          resolve(event);
        },
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(watcher);
        reject(new Error(`Expected ${what} within ${timeoutMs} ms; the last events were ${this.#lastEvents()}`));
      }, timeoutMs);
      this.#watchers.add(watcher);
    });
  }

  #lastEvents(): string {
    const names = this.events.slice(-12).map(({ event, payload }) => {
      const about = payload?.stream ?? payload?.state ?? payload?.phase ?? "";
      return about ? `${event}/${about}` : event;
    });
    return names.join(", ") || "none";
  }

  close(): void {
    this.#socket?.close();
  }
}
