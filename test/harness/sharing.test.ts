import { chmodSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type CodexHarness, type CodexHarnessOptions, createCodexHarness } from "../../src/harness/codex-harness.ts";
import type { AttemptResult } from "../../src/harness/types.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";
import { findCodexBinary } from "../../src/server/binary.ts";
import { Ledger, ledgerFolder } from "../../src/server/ledger.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";
import { scriptedThread } from "../support/scripted-thread.ts";

const codex = findCodexBinary(process.env.CODEX_UNDER_TEST).file;
const folder = testFolder("sharing");
const ledger = new Ledger(ledgerFolder(folder.path));
let model: ScriptedModel;
const harnesses: CodexHarness[] = [];
/** Prompts whose answer waits until it is let go. */
const held = new Map<string, () => void>();

beforeAll(async () => {
  model = await startScriptedModel({
    async script({ lastUserText, step }) {
      if (lastUserText.startsWith("hold")) await new Promise<void>((letGo) => held.set(lastUserText, letGo));
      if (lastUserText === "background" && step === 0) return [{ shell: "(setsid sleep 313 &)" }];
      return [{ say: `heard ${lastUserText}` }];
    },
  });
});
afterEach(async () => {
  for (const letGo of held.values()) letGo();
  held.clear();
  await Promise.all(harnesses.splice(0).map((harness) => harness.dispose()));
  expect(runningBelow(process.pid)).toEqual([]);
  expect(await ledger.entries()).toEqual([]);
});
afterAll(async () => {
  await model.close();
  folder.remove();
});

interface Changed extends Omit<CodexHarnessOptions, "stateDir" | "server"> {
  readonly server?: CodexHarnessOptions["server"];
  readonly create?: typeof createCodexHarness;
}

function open({ server, create = createCodexHarness, ...changed }: Changed = {}): CodexHarness {
  const harness = create({
    stateDir: folder.path,
    ...changed,
    server: {
      command: codex,
      codexHome: path.join(folder.path, "home"),
      configOverrides: scriptedOverrides(model.url),
      ...server,
      env: { HOME: folder.path, ...server?.env },
    },
  });
  harnesses.push(harness);
  return harness;
}

function turn(harness: CodexHarness, prompt: string, session = prompt): Promise<AttemptResult> {
  return harness.runAttempt({
    session: { key: session, id: session },
    prompt,
    cwd: folder.path,
    ...scriptedThread,
    transcript: { append: async () => undefined },
  });
}

async function pids(): Promise<number[]> {
  return (await ledger.entries()).map(({ server }) => server.pid);
}

async function until(look: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await look())) await new Promise((done) => setTimeout(done, 20));
}

describe("harnesses of one process", () => {
  it("share a server when they mean the same, until the last one goes", async () => {
    const one = open();
    const two = open();
    await turn(one, "first");
    const [pid] = await pids();
    expect((await turn(two, "second")).phases.spawnMs).toBeUndefined();
    // A session goes on with the thread as it is, whichever harness it comes through.
    expect((await turn(two, "third", "first")).thread.resumed).toBe(true);
    expect(await pids()).toEqual([pid]);
    await one.dispose();
    await expect(turn(one, "too late")).rejects.toThrow(/disposed/);
    expect((await turn(two, "fourth")).ok).toBe(true);
    expect(await pids()).toEqual([pid]);
    await two.dispose();
    expect(await pids()).toEqual([]);
  });

  it("end their own turns when they are disposed, and nobody else's", async () => {
    const one = open();
    const two = open();
    const mine = turn(one, "hold mine");
    const other = turn(two, "hold other");
    await until(() => held.size === 2);
    await one.dispose();
    expect((await mine).outcome.kind).toBe("interrupted");
    held.get("hold other")!();
    expect((await other).text).toBe("heard hold other");
  });

  it("have servers of their own when account, environment, configuration or home differ, or one is recorded", async () => {
    const login = (apiKey: string) => ({ login: { type: "apiKey" as const, apiKey } });
    const recorder = {
      spawned: () => ({ line() {}, ready() {}, closing() {}, exited() {} }),
      host() {},
      close: async () => undefined,
    };
    const all: Changed[] = [
      {},
      login("sk-one"),
      login("sk-two"),
      { server: { env: { A: "b" } } },
      { server: { configOverrides: [...scriptedOverrides(model.url), 'model_verbosity="low"'] } },
      { server: { codexHome: path.join(folder.path, "other-home") } },
      { recorder },
      { recorder },
    ];
    for (const changed of all) {
      await open(changed).prewarm();
      await open(changed.recorder ? {} : changed).prewarm();
    }
    expect(new Set(await pids()).size).toBe(all.length);
    expect(await pids()).toHaveLength(all.length);
    expect(JSON.stringify(await ledger.entries())).not.toContain("sk-");
  });

  it("share it across two copies of the modules, and understand each other's errors", async () => {
    const one = open();
    await turn(one, "first");
    const before = await pids();
    vi.resetModules();
    const copy = await import("../../src/harness/codex-harness.ts");
    const errors = await import("../../src/wire/errors.ts");
    expect(copy.createCodexHarness).not.toBe(createCodexHarness);
    const two = open({ create: copy.createCodexHarness });
    expect((await turn(two, "second")).ok).toBe(true);
    expect(await pids()).toEqual(before);
    // An API key or nobody has no limits: Codex refuses, in the words of the copy that started the server.
    const refusal: unknown = await two.limits().catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(errors.RpcError);
    expect(refusal).not.toBeInstanceOf(errors.WireTimeoutError);
    vi.resetModules();
  });
});

describe("a server", () => {
  it("can be started before the first turn, which then does not wait for it", async () => {
    const harness = open();
    await harness.prewarm();
    expect(await pids()).toHaveLength(1);
    const { phases } = await turn(harness, "first");
    expect(phases.spawnMs).toBeUndefined();
  });

  it("is stopped when it is idle, not while a turn or a command runs, and the next turn has another", async () => {
    const harness = open({ clocks: { idleStopMs: 300 } });
    const long = turn(harness, "hold long", "a");
    await until(() => held.size === 1);
    const [pid] = await pids();
    await new Promise((done) => setTimeout(done, 1000));
    expect(await pids()).toEqual([pid]);
    held.get("hold long")!();
    const { thread } = await long;
    await until(async () => (await pids()).length === 0);
    expect((await turn(harness, "background", "a")).thread).toMatchObject({ id: thread.id, resumed: true });
    const [second] = await pids();
    expect(second).not.toBe(pid);
    await new Promise((done) => setTimeout(done, 1000));
    expect(await pids()).toEqual([second]);
  });

  it("makes room for another when there are too many: an idle one goes, a working one is waited for", async () => {
    const one = open({ maxServers: 1 });
    const two = open({ maxServers: 1, server: { env: { WHO: "two" } } });
    await turn(one, "first");
    const [first] = await pids();
    const working = turn(two, "hold room");
    await until(() => held.size === 1);
    const [second, ...more] = await pids();
    expect([second === first, more]).toEqual([false, []]);
    const waiting = turn(one, "again", "first");
    await new Promise((done) => setTimeout(done, 500));
    expect(await pids()).toEqual([second]);
    held.get("hold room")!();
    expect((await working).ok).toBe(true);
    expect((await waiting).thread.resumed).toBe(true);
    expect(await pids()).toHaveLength(1);
  });

  it("gives way to a new executable: running turns finish, new ones get a new server", async () => {
    const command = path.join(folder.path, "codex-link");
    writeFileSync(command, `#!/bin/sh\nexec '${codex}' "$@"\n`);
    chmodSync(command, 0o755);
    const harness = open({ server: { command } });
    const old = turn(harness, "hold old");
    await until(() => held.size === 1);
    const [pid] = await pids();
    writeFileSync(`${command}.new`, `#!/bin/sh\n# newer\nexec '${codex}' "$@"\n`);
    chmodSync(`${command}.new`, 0o755);
    renameSync(`${command}.new`, command);
    expect((await turn(harness, "new")).ok).toBe(true);
    const both = await pids();
    expect(both).toHaveLength(2);
    expect(both).toContain(pid);
    held.get("hold old")!();
    expect((await old).text).toBe("heard hold old");
    await until(async () => !(await pids()).includes(pid!));
    expect(await pids()).toHaveLength(1);
  });

  it("that cannot be started is refused at once after three times, for a while; a good start makes up for it", async () => {
    const command = path.join(folder.path, "codex-broken");
    const broken = path.join(folder.path, "is-broken");
    const counted = path.join(folder.path, "counted");
    writeFileSync(
      command,
      `#!/bin/sh\nif [ -e '${broken}' ]; then echo x >> '${counted}'; exit 3; fi\nexec '${codex}' "$@"\n`,
    );
    chmodSync(command, 0o755);
    writeFileSync(broken, "");
    const code = (harness: CodexHarness) =>
      turn(harness, "first").then(
        () => "ok",
        (thrown: Error & { code?: string; facts?: object }) => thrown,
      );
    for (let failure = 0; failure < 3; failure += 1) {
      // A new harness each time: who made it does not matter.
      expect(await code(open({ server: { command } }))).toMatchObject({ code: "server_exited_early" });
    }
    const harness = open({ server: { command } });
    const refused = await code(harness);
    expect(refused).toMatchObject({
      code: "server_start_suspended",
      facts: { failures: 3 },
      remedy: expect.any(String),
    });
    expect((refused as { facts: { retryAtMs: number } }).facts.retryAtMs).toBeGreaterThan(Date.now() - 1000);
    expect(existsSync(counted)).toBe(true);
    rmSync(broken);
    await until(async () => (await code(harness)) === "ok");
    expect(await pids()).toHaveLength(1);
  });
});
