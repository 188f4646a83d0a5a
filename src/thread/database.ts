import { existsSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { setImmediate as immediately, setTimeout as sleep } from "node:timers/promises";
import { BridgeError } from "../errors.ts";
import { makePrivateFile } from "../files/private.ts";

export type Row = Record<string, string | number | bigint | null | Uint8Array>;

export interface DatabaseOptions {
  /** One script per schema version, oldest first; a file is brought forward step by step. */
  readonly migrations: readonly string[];
  /** Told when a file that cannot be read was set aside under another name. */
  onSetAside?(movedTo: string): void;
  /** How long a write waits for other processes. Default 5 s. */
  readonly lockMs?: number;
}

/** SQLite's primary result codes that have a remedy of their own. */
const codes = { busy: 5, locked: 6, readonly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

/**
 * A small SQLite file shared by processes (WAL, so that readers never wait). `node:sqlite` because every Node that a
 * host runs on has it: nothing to compile, nothing to install, and it is loaded only when a session is looked up.
 */
export class Database {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #lockMs: number;
  readonly #statements = new Map<string, StatementSync>();
  #closed = false;

  private constructor(db: DatabaseSync, file: string, lockMs: number) {
    this.#db = db;
    this.#file = file;
    this.#lockMs = lockMs;
  }

  /**
   * Opens or creates the file and brings its schema forward. A file that is no readable database is set aside, never
   * overwritten.
   * @throws BridgeError `session_store_newer` | `session_store_unusable` | `session_store_locked`
   */
  static async open(file: string, options: DatabaseOptions): Promise<Database> {
    const lockMs = options.lockMs ?? 5000;
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      return await Database.#opened(file, options, lockMs);
    } catch (thrown) {
      const code = primaryCode(thrown);
      if (code !== codes.corrupt && code !== codes.notADatabase) throw storeError(file, thrown);
    }
    const movedTo = setAside(file);
    options.onSetAside?.(movedTo);
    try {
      return await Database.#opened(file, options, lockMs);
    } catch (thrown) {
      throw storeError(file, thrown);
    }
  }

  static async #opened(file: string, options: DatabaseOptions, lockMs: number): Promise<Database> {
    const { DatabaseSync } = await import("node:sqlite");
    // The files beside it (WAL) get the mode this one has.
    makePrivateFile(file);
    // SQLite's own waiting would block the process, and sleeps longer than a write takes.
    const db = new DatabaseSync(file, { timeout: 0 });
    const database = new Database(db, file, lockMs);
    try {
      await database.#retrying(() => db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"));
      const [check] = db.prepare("PRAGMA quick_check(1)").all() as { quick_check: string }[];
      if (check?.quick_check !== "ok") throw Object.assign(new Error("quick_check failed"), { errcode: codes.corrupt });
      await database.#migrate(options.migrations);
      return database;
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guarded(() => this.#prepare(sql).get(...values) as Row | undefined);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guarded(() => this.#prepare(sql).all(...values) as Row[]);
  }

  /**
   * Runs `work` as one write transaction; it is done wholly or not at all. Waits for other writers without blocking
   * the process.
   * @throws BridgeError `session_store_locked` | `session_store_unusable`
   */
  async write<T>(work: (run: (sql: string, ...values: SQLInputValue[]) => number) => T): Promise<T> {
    if (this.#closed) throw new BridgeError("session_store_closed", "The session store is closed.");
    const run = (sql: string, ...values: SQLInputValue[]): number => Number(this.#prepare(sql).run(...values).changes);
    try {
      return await this.#transaction(() => work(run));
    } catch (thrown) {
      throw storeError(this.#file, thrown);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.#db.close();
  }

  async #migrate(migrations: readonly string[]): Promise<void> {
    const version = (): number => Number((this.#db.prepare("PRAGMA user_version").get() as Row).user_version);
    if (version() > migrations.length) {
      throw new BridgeError("session_store_newer", `The session store ${this.#file} is of a newer codex-bridge.`, {
        remedy: "Update codex-bridge, or give it another state folder.",
        facts: { found: version(), known: migrations.length },
      });
    }
    if (version() === migrations.length) return;
    await this.#transaction(() => {
      for (let next = version(); next < migrations.length; next += 1) {
        this.#db.exec(`${migrations[next]}; PRAGMA user_version = ${next + 1}`);
      }
    });
  }

  /** Wholly or not at all, as the only writer. */
  #transaction<T>(work: () => T): Promise<T> {
    return this.#retrying(() => {
      this.#db.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        this.#db.exec("COMMIT");
        return result;
      } catch (thrown) {
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw thrown;
      }
    });
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (thrown) {
      throw storeError(this.#file, thrown);
    }
  }

  /** Another process holds the lock for microseconds; one that died holds none. */
  async #retrying<T>(work: () => T): Promise<T> {
    const until = performance.now() + this.#lockMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return work();
      } catch (thrown) {
        const code = primaryCode(thrown);
        if ((code !== codes.busy && code !== codes.locked) || performance.now() > until) throw thrown;
      }
      if (attempt < 50) await immediately();
      else await sleep(1 + Math.random() * 10);
    }
  }
}

function primaryCode(thrown: unknown): number | undefined {
  const code = (thrown as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** What SQLite or the system said, as an error with a remedy; what neither of them said stays as it is. */
export function storeError(file: string, thrown: unknown): unknown {
  const code = primaryCode(thrown);
  if (thrown instanceof BridgeError) return thrown;
  // A file system error before SQLite had a say (a folder that cannot be made).
  const system = (thrown as NodeJS.ErrnoException | null)?.syscall !== undefined;
  if (code === undefined && !system) return thrown;
  if (code === codes.busy || code === codes.locked) {
    return new BridgeError("session_store_locked", `The session store ${file} stayed locked by another process.`, {
      remedy: "Close the program that holds it (a database browser, a backup), and try again.",
      cause: thrown,
    });
  }
  const what: Record<number, string> = {
    [codes.readonly]: "is read-only",
    [codes.full]: "is on a full disk",
    [codes.cannotOpen]: "cannot be opened",
    [codes.corrupt]: "is damaged; the next start sets it aside and rebuilds it",
    [codes.notADatabase]: "is no database; the next start sets it aside and rebuilds it",
  };
  const how = (code === undefined ? undefined : what[code]) ?? "cannot be read or written";
  return new BridgeError("session_store_unusable", `The session store ${file} ${how}.`, {
    remedy: "Check the folder's permissions and free space; nothing was half-written.",
    facts: { sqliteCode: code },
    cause: thrown,
  });
}

function setAside(file: string): string {
  const movedTo = `${file}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(file + suffix)) renameSync(file + suffix, movedTo + suffix);
  }
  return movedTo;
}
