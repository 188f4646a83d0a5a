import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { BridgeError } from "../errors.ts";
import { storeError } from "./database.ts";
import { migrations } from "./store.ts";

/** A session store as it is. */
export interface StoreFacts {
  readonly sessions: number;
  readonly active: number;
}

/**
 * Looks at a session store without changing it: nothing is made, brought forward or set aside. Opened for writing all the
 * same, because only asking for the write lock shows whether somebody holds it.
 *
 * @param lockMs how long another program's lock may last; a bridge holds it for microseconds
 * @returns undefined when there is no store yet
 * @throws BridgeError `session_store_locked` | `session_store_newer` | `session_store_unusable`
 */
export async function inspectStore(file: string, lockMs: number): Promise<StoreFacts | undefined> {
  if (!existsSync(file)) return undefined;
  const { DatabaseSync } = await import("node:sqlite");
  const until = performance.now() + lockMs;
  for (;;) {
    try {
      return look(new DatabaseSync(file, { timeout: 0 }), file);
    } catch (thrown) {
      const error = storeError(file, thrown);
      const locked = error instanceof BridgeError && error.code === "session_store_locked";
      if (!locked || performance.now() > until) throw error;
    }
    await sleep(50);
  }
}

function look(db: DatabaseSync, file: string): StoreFacts | undefined {
  try {
    const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
    db.exec("BEGIN IMMEDIATE");
    const version = number("PRAGMA user_version");
    const whole = String(Object.values(db.prepare("PRAGMA quick_check(1)").get() ?? {})[0]) === "ok";
    const facts = whole && version > 0 && version <= migrations.length;
    const counted = facts && {
      sessions: number("SELECT count(*) FROM bindings"),
      active: number("SELECT count(*) FROM bindings WHERE state = 'active'"),
    };
    db.exec("ROLLBACK");
    if (!whole) throw Object.assign(new Error("quick_check failed"), { errcode: 11 });
    if (version > migrations.length) {
      throw new BridgeError("session_store_newer", `The session store ${file} is of a newer codex-bridge.`, {
        remedy: "Update codex-bridge, or give it another state folder.",
        facts: { found: version, known: migrations.length },
      });
    }
    return counted || undefined;
  } finally {
    db.close();
  }
}
