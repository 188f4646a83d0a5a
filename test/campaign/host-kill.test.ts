import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";
import { startAppServer } from "../../src/server/app-server.ts";
import { Ledger, type LedgerEntry, ledgerFolder } from "../../src/server/ledger.ts";
import { commandDigest, type ProcessRow } from "../../src/server/process-table.ts";
import { processTable } from "../../src/server/processes.ts";
import { testFolder } from "../support/home.ts";
import { dice, pause } from "./support.ts";

/** `HOST_KILLS=50` is the whole campaign; the sample is part of every test run. */
const rounds = Number(process.env.HOST_KILLS ?? 10);
const command = process.env.CODEX_UNDER_TEST ?? "";
const table = processTable();

/** Four that want to stay: in another session, deaf to SIGTERM, deaf to SIGHUP, and one that Codex waits for. */
const shell = [
  "(setsid sleep 30731 &)",
  "(setsid sh -c 'trap \"\" TERM HUP; sleep 30731; sleep 30731' &)",
  "(nohup sleep 30731 >/dev/null 2>&1 &)",
  "sleep 30731",
].join("; ");
const sleepersPerTurn = 4;

const folder = testFolder("host-kill");
const ledger = new Ledger(ledgerFolder(folder.path));
let model: ScriptedModel;
const decoys: ChildProcess[] = [];
const hosts: ChildProcess[] = [];

beforeAll(async () => {
  model = await startScriptedModel({ script: ({ step }) => (step === 0 ? [{ shell }] : [{ say: "done" }]) });
});
afterAll(async () => {
  for (const host of hosts) host.kill("SIGKILL");
  // With its child: it leads a group of its own.
  for (const { pid } of decoys) if (pid !== undefined) process.kill(-pid, "SIGKILL");
  await model.close();
  folder.remove();
});

function startHost(): ChildProcess {
  const script = path.join(import.meta.dirname, "../support/working-host.ts");
  const host = spawn(process.execPath, [script, folder.path, model.url, command], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  hosts.push(host);
  return host;
}

/** What is listed of a server, once all its commands run. */
async function atWork(host: ChildProcess): Promise<LedgerEntry> {
  for (;;) {
    expect(host.exitCode).toBe(null);
    const entry = (await ledger.entries()).find(({ owner }) => owner.pid === host.pid);
    const sleepers = entry ? belonging(await table.read(entry.server.started), entry).filter(isSleeper) : [];
    if (entry && sleepers.length >= 2 * sleepersPerTurn) return entry;
    await pause(100);
  }
}

function belonging(rows: readonly ProcessRow[], { id }: LedgerEntry): ProcessRow[] {
  return rows.filter(({ marker }) => marker === id);
}

function isSleeper({ command: line = "" }: ProcessRow): boolean {
  return line.startsWith("sleep 30731");
}

async function isGone(host: ChildProcess): Promise<void> {
  if (host.exitCode === null && host.signalCode === null) await once(host, "exit");
}

/** An innocent that looks like an app-server to whoever only reads command lines, and has children like one. */
async function decoyOf(args: readonly string[]): Promise<ProcessRow> {
  const idle = "require('node:child_process').spawn('sleep', ['30731']); setInterval(() => {}, 1e6)";
  const decoy = spawn(process.execPath, ["-e", idle, "--", ...args], {
    argv0: "codex",
    stdio: "ignore",
    detached: true,
  });
  decoys.push(decoy);
  for (;;) {
    const rows = await table.read(0);
    const found = rows.find(({ pid }) => pid === decoy.pid);
    if (found && rows.some(({ parent }) => parent === decoy.pid)) return found;
    await pause(20);
  }
}

/** Pids with their start times: what is the same in two lists is the same process. */
function living(rows: readonly ProcessRow[], pids: readonly number[]): string[] {
  return rows.filter(({ pid, parent }) => pids.includes(pid) || pids.includes(parent)).map(identity);
}

function identity({ pid, started }: ProcessRow): string {
  return `${pid}@${started}`;
}

describe.skipIf(process.platform !== "linux")("a host that is killed with turns running", () => {
  it(`leaves nothing after the next start, and no innocent is ended: ${rounds} times`, {
    timeout: 60_000 + rounds * 30_000,
  }, async () => {
    const random = dice("host-kill");
    const args = ["-c", "features.goals=false", "app-server"];
    const lookalike = await decoyOf(args);
    // Another host on the same state folder: it lives, so nobody else touches its server.
    const neighbour = startHost();
    const neighbours = await atWork(neighbour);
    const innocents = [lookalike.pid, neighbour.pid!, neighbours.server.pid];
    const orphans: number[] = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        const host = startHost();
        const entry = await atWork(host);
        const before = await table.read(0);
        const guiltless = [...living(before, innocents), ...belonging(before, neighbours).map(identity)];
        expect(guiltless.length).toBeGreaterThan(2 * sleepersPerTurn + 3);
        // Now and then the server is stuck as well, and does not notice that its host is gone.
        const stuck = round % 5 === 4;
        if (stuck) process.kill(entry.server.pid, "SIGSTOP");
        await pause(random(200));
        host.kill("SIGKILL");
        await isGone(host);
        await pause(random(200));
        orphans.push(belonging(await table.read(entry.server.started), entry).length);
        // The pid of a dead server may be anybody's by now.
        const { id: _, ...rest } = entry;
        const recycled = { pid: lookalike.pid, started: lookalike.started - 1 - random(1000), group: lookalike.pid };
        const seen = lookalike.started + random(1000);
        const server = { ...recycled, digest: commandDigest(args) };
        await ledger.write({ ...rest, id: `recycled-${round}`, server, seen });

        const next = await startAppServer({
          ...(command ? { command } : {}),
          codexHome: path.join(folder.path, "home"),
          ledger: ledger.folder,
        });
        const after = await table.read(0);
        expect(belonging(after, entry).map(({ command: line }) => line)).toEqual([]);
        expect(after.map(identity)).toEqual(expect.arrayContaining(guiltless));
        expect((await ledger.entries()).map(({ server: { pid } }) => pid).toSorted()).toEqual(
          [neighbours.server.pid, next.process?.pid].toSorted(),
        );
        await next.stop();
      }
    } finally {
      neighbour.kill("SIGKILL");
      await isGone(neighbour);
      const last = await startAppServer({ ...(command ? { command } : {}), ledger: ledger.folder });
      await last.stop();
    }
    expect((await table.read(0)).filter((row) => belonging([row], neighbours).length > 0)).toEqual([]);
    expect(await ledger.entries()).toEqual([]);
    console.log(
      `host-kill: ${rounds} kills left ${orphans.join(" ")} processes; after the next start 0, innocents ended 0`,
    );
    // Every kill must have left something, or nothing was tested.
    expect(Math.min(...orphans)).toBeGreaterThan(0);
  });
});
