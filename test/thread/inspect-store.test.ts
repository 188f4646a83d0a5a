import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspectStore } from "../../src/thread/inspect-store.ts";
import { BindingStore } from "../../src/thread/store.ts";
import { testFolder } from "../support/home.ts";

let folder: ReturnType<typeof testFolder>;
let file: string;
beforeEach(() => {
  folder = testFolder("inspect-store");
  file = path.join(folder.path, "sessions.db");
});
afterEach(() => folder.remove());

async function made(): Promise<void> {
  const store = new BindingStore(file);
  await store.list();
  await store.close();
}

describe("looking at a session store", () => {
  it("makes none", async () => {
    expect(await inspectStore(file, 100)).toBeUndefined();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it("counts, and leaves every byte as it was", async () => {
    await made();
    const before = readFileSync(file);
    expect(await inspectStore(file, 100)).toEqual({ sessions: 0, active: 0 });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder.path)).toEqual(["sessions.db"]);
  });

  it("waits for a lock that goes, and names one that stays", async () => {
    await made();
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    await expect(inspectStore(file, 100)).rejects.toMatchObject({ code: "session_store_locked" });
    setTimeout(() => other.exec("ROLLBACK"), 100);
    expect(await inspectStore(file, 60_000)).toEqual({ sessions: 0, active: 0 });
    other.close();
  });

  it("tells of a newer one, and of what is no database, and touches neither", async () => {
    await made();
    const newer = new DatabaseSync(file);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    await expect(inspectStore(file, 100)).rejects.toMatchObject({ code: "session_store_newer" });
    writeFileSync(file, "this is no database, but long enough to be looked at as one".repeat(40));
    await expect(inspectStore(file, 100)).rejects.toMatchObject({
      code: "session_store_unusable",
      message: expect.stringContaining("sets it aside and rebuilds it"),
    });
    expect(readdirSync(folder.path)).toEqual(["sessions.db"]);
  });
});
