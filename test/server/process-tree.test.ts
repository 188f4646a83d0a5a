import { describe, expect, it } from "vitest";
import {
  commandDigest,
  endsWithDigest,
  type ProcessRow,
  type ServerMark,
  treeOf,
} from "../../src/server/process-table.ts";
import { macos } from "../../src/server/process-table-macos.ts";
import { windows } from "../../src/server/process-table-windows.ts";
import { processTable } from "../../src/server/processes.ts";

const args = ["-c", 'model="x y"', "app-server"];
const server: ServerMark = { id: "server-one", pid: 100, started: 1000, digest: commandDigest(args), seen: 2000 };
const self = 9999;

function row(pid: number, more: Partial<ProcessRow> = {}): ProcessRow {
  return { pid, parent: 1, group: pid, session: pid, started: 1500, ...more };
}
const alive = row(100, { started: 1000, command: `/bin/codex ${args.join(" ")}` });
const pids = (rows: readonly ProcessRow[]) =>
  treeOf(rows, server, self)
    .map(({ pid }) => pid)
    .toSorted((a, b) => a - b);

describe("what belongs to a server", () => {
  it("is itself and what it started, also in other groups and sessions", () => {
    expect(pids([alive, row(101, { parent: 100 }), row(102, { parent: 101 }), row(103)])).toEqual([100, 101, 102]);
  });

  it("is what carries its marker, and what that started", () => {
    expect(
      pids([row(101, { marker: "server-one" }), row(102, { parent: 101 }), row(103, { marker: "other" })]),
    ).toEqual([101, 102]);
  });

  it("is what shares a session with one of its commands", () => {
    const command = row(101, { parent: 100 });
    expect(pids([alive, command, row(102, { session: 101, group: 102 })])).toEqual([100, 101, 102]);
  });

  it("is what is left of its group, as far as it is older than its last sign of life", () => {
    const old = row(101, { group: 100, session: 100, started: 1999 });
    expect(pids([old, row(102, { group: 100, session: 100, started: 2001 })])).toEqual([101]);
  });

  it("is nothing that got its pid later, and nothing that one started", () => {
    const recycled = row(100, { started: 1400, command: alive.command! });
    const young = row(101, { parent: 100, group: 100, session: 100, started: 1500 });
    expect(pids([recycled, young])).toEqual([]);
    expect(pids([recycled, { ...young, group: 0, session: 0 }])).toEqual([]);
  });

  it("is not a process with other arguments, whatever its pid and start", () => {
    expect(pids([{ ...alive, command: "/bin/codex exec" }, row(101, { parent: 100 })])).toEqual([]);
  });

  it("is nothing older than the server, whatever its environment says", () => {
    expect(pids([row(101, { marker: "server-one", started: 999 })])).toEqual([]);
  });

  it("is never ourselves, nor what we descend from or started", () => {
    const shell = row(101, { marker: "server-one" });
    const us = row(self, { parent: 101, marker: "server-one" });
    const ours = row(102, { parent: self });
    const beside = row(104, { parent: 101 });
    expect(pids([shell, us, ours, beside, row(103, { marker: "server-one" })])).toEqual([103]);
  });

  it("is followed through dead parents where the system keeps their pids", () => {
    const flat = { group: 0, session: 0 };
    const child = row(101, { parent: 100, ...flat });
    expect(pids([child, row(102, { parent: 101, ...flat })])).toEqual([101, 102]);
    expect(pids([{ ...child, started: 2001 }])).toEqual([]);
  });
});

describe("a command's digest", () => {
  it("is the same for what systems list behind an interpreter, quoted or escaped", () => {
    const digest = commandDigest(args);
    expect(endsWithDigest('node /x/codex.js -c model="x y" app-server', digest)).toBe(true);
    expect(endsWithDigest('"C:\\codex.exe" -c "model=\\"x y\\"" app-server', digest)).toBe(true);
    expect(endsWithDigest("codex -c model=xz app-server", digest)).toBe(false);
    expect(endsWithDigest("server", digest)).toBe(false);
  });
});

describe("the process tables", () => {
  it("of this machine knows this process, and leaves one alone that is not there", async () => {
    const table = processTable();
    const me = (await table.read(0)).find(({ pid }) => pid === process.pid)!;
    expect(me).toMatchObject({ parent: process.ppid, command: expect.stringContaining("node") });
    expect(me.rssBytes).toBeGreaterThan(1_000_000);
    expect(me.started).toBeLessThanOrEqual(table.now());
    expect(table.readSync().find(({ pid }) => pid === process.pid)?.started).toBe(me.started);
    expect(() => table.kill(2 ** 22 + 1, "SIGKILL")).not.toThrow();
    expect(() => table.kill(0, "SIGKILL")).not.toThrow();
  });

  it("of macOS is read from ps", () => {
    const listed = [
      "    1     0     1  9000 Ss   Sat Nov 21 08:00:00 2026     /sbin/launchd",
      "  501     1   501  2048 S+   Sat Nov  1 22:03:18 2026     /x/codex -c a=1 app-server",
      "  502   501   502     0 Z    Sat Nov 21 22:03:18 2026     (sleep)",
      "garbage",
    ].join("\n");
    const environments =
      "  501 /x/codex -c a=1 app-server HOME=/h CODEX_BRIDGE_SERVER=id-1 PATH=/bin\n    1 /sbin/launchd\n";
    const rows = macos.parse([listed, environments]);
    expect(rows).toEqual([
      expect.objectContaining({ pid: 1, parent: 0, command: expect.stringContaining("/sbin/launchd") }),
      expect.objectContaining({ pid: 501, parent: 1, group: 501, rssBytes: 2_097_152, marker: "id-1" }),
    ]);
    expect(rows[1]?.started).toBe(Math.floor(new Date(2026, 10, 1, 22, 3, 18).getTime() / 1000));
    expect(endsWithDigest(rows[1]!.command!, commandDigest(["-c", "a=1", "app-server"]))).toBe(true);
  });

  it("of Windows is read from CIM, and ends trees by taskkill", () => {
    const calls: unknown[] = [];
    const table = windows((file, more) => calls.push([file, ...more]));
    const json = JSON.stringify([
      { ProcessId: 8, ParentProcessId: 4, WorkingSetSize: 4096, CommandLine: '"codex.exe" app-server', Started: 17 },
      { ProcessId: 9, ParentProcessId: 8, CommandLine: null, Started: 18 },
      { ProcessId: 0, ParentProcessId: 0, Started: null },
    ]);
    expect(table.parse([json])).toEqual([
      { pid: 8, parent: 4, group: 0, session: 0, started: 17, command: '"codex.exe" app-server', rssBytes: 4096 },
      { pid: 9, parent: 8, group: 0, session: 0, started: 18 },
    ]);
    expect(table.parse([""])).toEqual([]);
    table.kill(8, "SIGTERM");
    table.kill(8, "SIGKILL");
    expect(calls).toEqual([["taskkill.exe", "/PID", "8", "/T", "/F"]]);
  });
});
