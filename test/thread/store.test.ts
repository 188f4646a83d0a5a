import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ThreadBinding } from "../../src/thread/binding.ts";
import { leaseHolder, takeLease } from "../../src/thread/lease.ts";
import { BindingStore, migrations } from "../../src/thread/store.ts";
import { testFolder } from "../support/home.ts";

let folder: ReturnType<typeof testFolder>;
let file: string;
let store: BindingStore;
beforeEach(() => {
  folder = testFolder("store");
  file = path.join(folder.path, "sessions.db");
  store = new BindingStore(file);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const owner = { agentId: "main", sessionKey: "k" };
const binding = (over: Partial<ThreadBinding> = {}): ThreadBinding => ({
  ...owner,
  sessionId: "s1",
  threadId: "t1",
  codexVersion: "0.169.0",
  cwd: "/w",
  policy: "never/read-only",
  tools: { message: "abc" },
  instructions: "i",
  state: "active",
  createdAtMs: 1,
  updatedAtMs: 2,
  ...over,
});

describe("the binding store", () => {
  it("keeps a binding, its changes and why its thread was replaced, over a reopening", async () => {
    await store.bind(binding());
    await store.patch(owner, { lastTurnId: "u", lastTurnStatus: "completed", contextTokens: 7 });
    await store.bind(binding({ threadId: "t2", updatedAtMs: 9 }), { reason: "why", from: "t1" });
    await store.close();
    expect(await store.get(owner)).toEqual(binding({ threadId: "t2", updatedAtMs: 9 }));
    expect(await store.rotations(owner)).toEqual([{ ...owner, reason: "why", from: "t1", to: "t2", atMs: 9 }]);
  });

  it("keeps agents apart that use the same session key", async () => {
    await store.bind(binding());
    await store.bind(binding({ agentId: "other", threadId: "t2" }));
    expect((await store.get(owner))?.threadId).toBe("t1");
    expect(await store.list()).toHaveLength(2);
  });

  it("refuses a thread that another session uses, and changes nothing", async () => {
    await store.bind(binding());
    const thief = binding({ sessionKey: "thief" });
    await expect(store.bind(thief, { reason: "r", from: "x" })).rejects.toMatchObject({
      code: "thread_bound_elsewhere",
      facts: { sessionKey: "k" },
    });
    expect(await store.list()).toHaveLength(1);
    expect(await store.rotations(thief)).toEqual([]);
    await store.patch(owner, { state: "retired" });
    await store.bind(thief);
    await expect(store.patch(owner, { state: "active" })).rejects.toThrow();
  });

  it("removes what is no longer used, with its history, and nothing else", async () => {
    await store.bind(binding({ state: "retired", updatedAtMs: 5 }), { reason: "r", from: "t0" });
    await store.bind(binding({ sessionKey: "kept", threadId: "t9" }));
    expect(await store.prune(["retired"], 5)).toBe(0);
    expect(await store.prune(["retired"], 6)).toBe(1);
    expect((await store.list()).map(({ sessionKey }) => sessionKey)).toEqual(["kept"]);
    expect(await store.rotations(owner)).toEqual([]);
  });

  it.each([
    ["no database", Buffer.from("this is not a database, but it is long enough to look at".repeat(40))],
    ["an empty page", Buffer.alloc(4096, 7)],
  ])("sets a file aside that is %s, says so, and starts anew", async (_, content) => {
    writeFileSync(file, content);
    const moved: string[] = [];
    store = new BindingStore(file, { onSetAside: (to) => void moved.push(to) });
    expect(await store.get(owner)).toBeUndefined();
    expect(moved).toHaveLength(1);
    expect(existsSync(moved[0]!)).toBe(true);
    expect([store.takeRebuild(), store.takeRebuild()]).toEqual([true, false]);
    await store.bind(binding());
  });

  it("sets a database aside whose inside is damaged", async () => {
    for (let n = 0; n < 200; n += 1) await store.bind(binding({ sessionKey: `k${n}`, threadId: `t${n}` }));
    await store.close();
    const { readFileSync } = await import("node:fs");
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096, bytes.length - 100);
    writeFileSync(file, bytes);
    expect(await store.list()).toEqual([]);
    expect(readdirSync(folder.path).some((name) => name.includes(".damaged-"))).toBe(true);
  });

  it("refuses a store of a newer release, and leaves it as it is", async () => {
    await store.bind(binding());
    await store.close();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    db.close();
    await expect(store.get(owner)).rejects.toMatchObject({ code: "session_store_newer" });
    expect(readdirSync(folder.path).some((name) => name.includes(".damaged-"))).toBe(false);
  });

  it("tells a store it cannot have, typed and with a remedy", async () => {
    const blocked = path.join(folder.path, "blocked");
    writeFileSync(blocked, "a file where a folder should be");
    const refusal = new BindingStore(path.join(blocked, "sessions.db")).get(owner);
    await expect(refusal).rejects.toMatchObject({ code: "session_store_unusable", remedy: expect.any(String) });
  });

  it("tells a read-only store, and keeps what it has", async () => {
    await store.bind(binding());
    // The same result code as a read-only disk, which root could write to all the same.
    (await store.database()).get("PRAGMA query_only = ON");
    await expect(store.patch(owner, { cwd: "/x" })).rejects.toMatchObject({
      code: "session_store_unusable",
      message: expect.stringContaining("read-only"),
    });
    expect((await store.get(owner))?.cwd).toBe("/w");
  });

  it("writes nothing when the disk is full, and says so", async () => {
    await store.bind(binding());
    const database = await store.database();
    // The same result code as a full disk, which a test cannot fill.
    database.get("PRAGMA max_page_count = 12");
    const long = "x".repeat(200_000);
    await expect(store.bind(binding({ cwd: long }))).rejects.toMatchObject({
      code: "session_store_unusable",
      message: expect.stringContaining("full"),
    });
    expect((await store.get(owner))?.cwd).toBe("/w");
  });

  it("waits for another writer, and names the lock when it stays", async () => {
    await store.bind(binding());
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const waiting = store.patch(owner, { cwd: "/later" });
    setTimeout(() => other.exec("COMMIT"), 200);
    await waiting;
    expect((await store.get(owner))?.cwd).toBe("/later");
    other.close();
  });
});

describe("a lease", () => {
  it("has one holder, and is free again after its release", async () => {
    const database = await store.database();
    const first = await takeLease(database, owner, 0);
    await expect(takeLease(database, owner, 50)).rejects.toMatchObject({
      code: "session_busy",
      facts: { pid: process.pid },
    });
    const second = takeLease(database, owner, 2000);
    await first.release();
    await (await second).release();
    expect(leaseHolder(database, owner)).toBeUndefined();
  });

  it("is taken over at once from a process that is gone, and from a pid that means another process now", async () => {
    const database = await store.database();
    const held = (pid: number, started: string) =>
      database.write((run) =>
        run(
          "INSERT OR REPLACE INTO leases VALUES ('main', 'k', 'x', ?, ?, ?, ?, ?)",
          hostname(),
          pid,
          started,
          Date.now(),
          Date.now() + 60_000,
        ),
      );
    for (const [pid, started] of [
      [999_999, "1"],
      [process.pid, "long ago"],
    ] as const) {
      await held(pid, started);
      await (await takeLease(database, owner, 0)).release();
    }
  });

  it("of another machine is taken over when it has expired and is not renewed either", async () => {
    const database = await store.database();
    const elsewhere = (expires: number) =>
      database.write((run) =>
        run("INSERT OR REPLACE INTO leases VALUES ('main', 'k', 'x', 'elsewhere', 1, '1', 0, ?)", expires),
      );
    await elsewhere(Date.now() + 60_000);
    await expect(takeLease(database, owner, 0)).rejects.toMatchObject({ facts: { host: "elsewhere" } });
    // Its clock may be behind ours: it looks expired whenever it is renewed.
    let behind = Date.now() - 3_600_000;
    await elsewhere(behind);
    const renewal = setInterval(() => {
      behind += 1;
      void elsewhere(behind);
    }, 20);
    try {
      await expect(takeLease(database, owner, 700, undefined, 400)).rejects.toMatchObject({ code: "session_busy" });
    } finally {
      clearInterval(renewal);
    }
    await (await takeLease(database, owner, 5000, undefined, 400)).release();
  });

  it("of this process that could not be given back is nobody's", async () => {
    const database = await store.database();
    const lost = await takeLease(database, owner, 0);
    database.get("PRAGMA query_only = 1");
    await expect(lost.release()).rejects.toMatchObject({ code: "session_store_unusable" });
    database.get("PRAGMA query_only = 0");
    await (await takeLease(database, owner, 0)).release();
  });
});
