import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Ledger, type LedgerEntry, whereabouts } from "../../src/server/ledger.ts";
import type { Place, ProcessRow, ProcessTable } from "../../src/server/process-table.ts";
import { reapLeftovers } from "../../src/server/reap.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("ledger");
afterAll(() => folder.remove());
const here: Place = { host: "h", boot: "b", namespace: "n" };
let folders = 0;

function newLedger(warnings: string[] = []): Ledger {
  folders += 1;
  return new Ledger(path.join(folder.path, String(folders)), (message) => warnings.push(message));
}

function entry(id: string, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    v: 1,
    id: `server-${id}`,
    server: { pid: 70, started: 700, group: 70, digest: `0:${"0".repeat(64)}` },
    owner: { pid: 60, started: 600 },
    place: here,
    seen: 800,
    startedAtMs: Date.now(),
    binary: "/codex",
    ...more,
  };
}

/** A machine on which nothing happens but what the test says; a process ends when it is killed for good. */
function machine(rows: ProcessRow[]) {
  const signals: string[] = [];
  const table: ProcessTable = {
    place: here,
    now: () => 1000,
    read: async () => [...rows, row(process.pid, { started: 1 })],
    find: async (pids) => (await table.read()).filter(({ pid }) => pids.includes(pid)),
    readSync: () => rows,
    kill(pid, signal) {
      signals.push(`${signal} ${pid}`);
      if (signal === "SIGKILL")
        rows.splice(
          rows.findIndex((each) => each.pid === pid),
          1,
        );
    },
  };
  return { table, signals, rows };
}

function row(pid: number, more: Partial<ProcessRow> = {}): ProcessRow {
  return { pid, parent: 1, group: pid, session: pid, started: 750, ...more };
}

describe("the ledger", () => {
  it("puts damaged entries aside, leaves those of newer bridges, and goes on", async () => {
    const warnings: string[] = [];
    const ledger = newLedger(warnings);
    await ledger.write(entry("good"));
    const other = (name: string, text: string) => writeFileSync(path.join(ledger.folder, name), text);
    other("half.json", '{"v":1,"id":"ha');
    other("server-renamed.json", JSON.stringify(entry("another")));
    other("no-fields.json", '{"v":1}');
    other("newer.json", '{"v":2,"anything":true}');
    expect((await ledger.entries()).map(({ id }) => id)).toEqual(["server-good"]);
    expect(warnings).toHaveLength(3);
    expect(readdirSync(ledger.folder).toSorted()).toEqual([
      "half.json.damaged",
      "newer.json",
      "no-fields.json.damaged",
      "server-good.json",
      "server-renamed.json.damaged",
    ]);
    // What a machine that went down had not pressed onto its disk: nothing of its processes is left either.
    other("empty.json", "");
    expect(await ledger.entries()).toHaveLength(1);
    expect(readdirSync(ledger.folder)).not.toContain("empty.json");
    expect(warnings).toHaveLength(3);
  });

  it("knows which system an entry is about", () => {
    const of = (place: Partial<Place>) => whereabouts(entry("x", { place: { ...here, ...place } }), here);
    expect(of({})).toBe("here");
    expect(of({ boot: "earlier", namespace: "other" })).toBe("before_reboot");
    expect(of({ namespace: "another container" })).toBe("elsewhere");
    expect(of({ host: "another", boot: "another" })).toBe("elsewhere");
    expect(of({ host: "renamed since" })).toBe("here");
  });
});

describe("reaping", () => {
  it("asks, then kills what a dead owner left, and strikes it out", async () => {
    const ledger = newLedger();
    await ledger.write(entry("dead"));
    const { table, signals } = machine([row(71, { marker: "server-dead" }), row(72)]);
    expect(await reapLeftovers(ledger, table)).toMatchObject([{ ended: 1, left: 0 }]);
    expect(signals[0]).toBe("SIGTERM 71");
    expect(signals.at(-1)).toBe("SIGKILL 71");
    expect(signals.join()).not.toContain("72");
    expect(await ledger.entries()).toEqual([]);
  });

  it("leaves servers with a living owner, of other machines, and of a table that cannot be read", async () => {
    const ledger = newLedger();
    const owner = row(60, { started: 600 });
    const marked = row(71, { marker: "server-alive" });
    await ledger.write(entry("alive"));
    await ledger.write(entry("far", { place: { ...here, namespace: "container" } }));
    const { table, signals } = machine([owner, marked]);
    expect(await reapLeftovers(ledger, table)).toEqual([]);
    // The same pid, but another process.
    const blind: ProcessTable = { ...table, read: async () => [], find: async () => [] };
    expect(await reapLeftovers(ledger, blind)).toEqual([]);
    expect(signals).toEqual([]);
    expect(await ledger.entries()).toHaveLength(2);
    const recycled = machine([{ ...owner, started: 601 }, marked]);
    expect(await reapLeftovers(ledger, recycled.table)).toMatchObject([{ ended: 1 }]);
    expect(recycled.rows.map(({ pid }) => pid)).toEqual([60]);
  });

  it("forgets what a reboot ended, and what nobody has asked about for a month", async () => {
    const ledger = newLedger();
    await ledger.write(entry("boot", { place: { ...here, boot: "earlier" } }));
    await ledger.write(entry("old", { place: { ...here, host: "x", boot: "x" }, startedAtMs: 0 }));
    const { table, signals } = machine([row(70, { started: 700, marker: "server-boot" })]);
    expect(await reapLeftovers(ledger, table)).toEqual([]);
    expect(signals).toEqual([]);
    expect(readdirSync(ledger.folder)).toEqual([]);
  });

  it("keeps the entry of what will not go", { timeout: 20_000 }, async () => {
    const ledger = newLedger();
    await ledger.write(entry("stuck"));
    const { table } = machine([row(71, { marker: "server-stuck" })]);
    const deaf: ProcessTable = { ...table, kill: () => undefined };
    expect(await reapLeftovers(ledger, deaf)).toMatchObject([{ ended: 0, left: 1 }]);
    expect(await ledger.entries()).toHaveLength(1);
  });
});
