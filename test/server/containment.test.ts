import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCodexHarness } from "../../src/harness/codex-harness.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";
import { startAppServer } from "../../src/server/app-server.ts";
import { Ledger, type LedgerEntry, ledgerFolder } from "../../src/server/ledger.ts";
import type { ProcessRow } from "../../src/server/process-table.ts";
import { processTable } from "../../src/server/processes.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";
import { scriptedThread } from "../support/scripted-thread.ts";

const command = process.env.CODEX_UNDER_TEST;
const fake = path.resolve(import.meta.dirname, "../support/fake-server.mjs");
const table = processTable();
const folder = testFolder("containment");
let model: ScriptedModel;
/** In another session, deaf to what is polite, without its environment but still below its shell, and waited for. */
const shell = [
  "(setsid sleep 311 &)",
  "(setsid sh -c 'trap \"\" TERM HUP; sleep 311; sleep 311' &)",
  "env -i setsid sleep 311 &",
  "sleep 311",
].join("\n");

beforeAll(async () => {
  model = await startScriptedModel({ script: ({ step }) => (step === 0 ? [{ shell }] : [{ say: "done" }]) });
});
afterAll(async () => {
  await model.close();
  folder.remove();
  expect(runningBelow(process.pid)).toEqual([]);
});

const since = table.now();
async function sleepers(): Promise<ProcessRow[]> {
  return (await table.read(since)).filter((row) => row.command?.trim() === "sleep 311");
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Runs the command in a turn of a harness of this process; resolves when all of it runs. */
async function working(name: string, overrides: readonly string[] = []) {
  const stateDir = path.join(folder.path, name);
  const harness = createCodexHarness({
    stateDir,
    server: {
      ...(command ? { command } : {}),
      codexHome: path.join(stateDir, "home"),
      configOverrides: [...scriptedOverrides(model.url), ...overrides],
      env: { HOME: folder.path },
    },
  });
  const turn = harness.runAttempt({
    session: { key: "a", id: "a" },
    prompt: "work",
    cwd: folder.path,
    ...scriptedThread,
    transcript: { append: async () => undefined },
  });
  const ledger = new Ledger(ledgerFolder(stateDir));
  const entry = await until(async () => ((await sleepers()).length >= 4 ? (await ledger.entries())[0] : undefined));
  return { harness, turn, ledger, entry };
}

async function expectNothing(ledger: Ledger, entry: LedgerEntry): Promise<void> {
  expect(await sleepers()).toEqual([]);
  expect((await table.read(0)).filter(({ marker, pid }) => marker === entry.id || pid === entry.server.pid)).toEqual(
    [],
  );
  expect(await ledger.entries()).toEqual([]);
}

describe.skipIf(process.platform !== "linux")("what a server started", () => {
  it("ends with it, wherever it moved to", async () => {
    const { harness, turn, ledger, entry } = await working("stop");
    await harness.dispose();
    await expectNothing(ledger, entry);
    expect((await turn).outcome.kind).toBe("server_exit");
  });

  it("is found when the configuration lets commands inherit little", async () => {
    const { harness, turn, ledger, entry } = await working("inherit", ['shell_environment_policy.inherit="core"']);
    expect((await sleepers()).filter(({ marker }) => marker === entry.id)).toHaveLength(3);
    await harness.dispose();
    await expectNothing(ledger, entry);
    await turn;
  });

  it("ends when the server is killed", async () => {
    const { harness, turn, ledger, entry } = await working("crash");
    // Nobody can know any more whose this one is once its parents are gone: it is ended by hand.
    const unmarked = (await sleepers()).filter(({ marker }) => marker !== entry.id);
    process.kill(entry.server.pid, "SIGKILL");
    expect((await turn).outcome.kind).toBe("server_exit");
    for (const { pid } of unmarked) process.kill(pid, "SIGKILL");
    await harness.dispose();
    await expectNothing(ledger, entry);
  });

  it.each([
    ["exits", (host: ChildProcess) => host.stdin!.write("end\n"), { code: 7, signal: null }],
    ["is ended by a signal it does not handle", (host: ChildProcess) => host.kill("SIGTERM"), { signal: "SIGTERM" }],
  ])("ends when its host %s", async (how, end, expected) => {
    const stateDir = path.join(folder.path, `host ${how}`);
    const script = path.join(import.meta.dirname, "../support/working-host.ts");
    const host = spawn(process.execPath, [script, stateDir, model.url, command ?? ""], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    const ledger = new Ledger(ledgerFolder(stateDir));
    const entry = await until(async () => ((await sleepers()).length >= 8 ? (await ledger.entries())[0] : undefined));
    end(host);
    const [code, signal] = await once(host, "exit");
    expect({ code, signal }).toMatchObject(expected);
    await expectNothing(ledger, entry);
  });
});

describe("the ledger entry of a server", () => {
  it("is there before anything is asked of it, for nobody else's eyes, and goes with it", async () => {
    const ledger = new Ledger(path.join(folder.path, "silent", "servers"));
    const starting = startAppServer({
      command: fake,
      env: { FAKE_MODE: "silent" },
      ledger: ledger.folder,
      startTimeoutMs: 4000,
    }).catch((thrown: Error & { code?: string }) => thrown.code);
    const entry = await until(async () => (await ledger.entries())[0]);
    expect(entry).toMatchObject({ owner: { pid: process.pid }, binary: fake });
    expect(runningBelow(process.pid)).toContain(entry.server.pid);
    expect(statSync(ledger.fileOf(entry.id)).mode & 0o777).toBe(0o600);
    expect(statSync(ledger.folder).mode & 0o777).toBe(0o700);
    expect(await starting).toBe("server_start_timeout");
    expect(await ledger.entries()).toEqual([]);
  });

  it("is missed with a warning, and no more, when it cannot be written", async () => {
    const file = path.join(folder.path, "a file");
    writeFileSync(file, "");
    const warnings: string[] = [];
    const server = await startAppServer({
      ...(command ? { command } : {}),
      codexHome: path.join(folder.path, "unwritable-home"),
      ledger: path.join(file, "servers"),
      log: (level, message) => level === "warn" && warnings.push(message),
    });
    server.process?.note({ threads: 1 });
    await server.stop();
    expect(warnings).toEqual([expect.stringContaining("ledger cannot be written")]);
  });
});
