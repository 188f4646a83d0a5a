import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { type Check, ok, type Probe, runChecks } from "../../src/doctor/check.ts";
import { diskProbe } from "../../src/doctor/folder-checks.ts";
import { BindingStore } from "../../src/thread/store.ts";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli-doctor");
const repository = path.resolve(import.meta.dirname, "../..");
afterAll(() => {
  folder.remove();
  expect(runningBelow(process.pid)).toEqual([]);
});

/** A set-up of its own: home, state, host. */
function place(name: string, host?: object) {
  const home = path.join(folder.path, name);
  const at = {
    home,
    state: path.join(home, "state"),
    codexHome: path.join(home, ".codex"),
    host: path.join(home, ".openclaw"),
  };
  for (const each of [at.state, at.codexHome]) mkdirSync(each, { recursive: true });
  if (host) write(path.join(at.host, "openclaw.json"), `${JSON.stringify(host, null, 2)}\n`);
  return at;
}

function write(file: string, text: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o700 });
  return file;
}

/** A labelled stand-in for a host program: doctor reads name and version of its package, and never starts it. */
function hostProgram(home: string, version: string): string {
  write(path.join(home, "host/package.json"), JSON.stringify({ name: "openclaw", version }));
  write(path.join(home, "host/openclaw"), "");
  return path.join(home, "host");
}

/** What the host writes when a plugin is linked and the official one is off. */
const linked = (entry: object, official?: object) => ({
  agents: { defaults: { model: "openai/gpt-5.5" } },
  plugins: {
    entries: { ...(official ? { codex: official } : {}), "codex-bridge": entry },
    load: { paths: [repository] },
  },
});

async function doctor(
  { home, state }: { home: string; state: string },
  args: string[],
  env: Record<string, string> = {},
) {
  const result = await codexBridge(home, ["doctor", "--json", "--timeout", "100", "--state", state, ...args], env);
  const { checks } = JSON.parse(result.stdout) as { checks: Check[] };
  return { ...result, checks, check: (id: string) => checks.find((each) => each.id === id) };
}

/** Every file below a folder with what is in it. */
function contents(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" }).map((name) => {
    const file = path.join(dir, name);
    return statSync(file).isFile() ? `${name} ${createHash("sha256").update(readFileSync(file)).digest("hex")}` : name;
  });
}

describe("codex-bridge doctor", () => {
  it("finds nothing wrong where nothing is, and changes nothing", { timeout: 240_000 }, async () => {
    const at = place(
      "healthy",
      linked(
        {
          enabled: true,
          config: { appServer: { homeScope: "user" }, recording: { dir: path.join(folder.path, "rec") } },
        },
        { enabled: false },
      ),
    );
    write(path.join(at.codexHome, "auth.json"), JSON.stringify({ OPENAI_API_KEY: "sk-not-a-key-at-all-0000" }));
    const store = new BindingStore(path.join(at.state, "sessions.db"));
    await store.list();
    await store.close();
    const before = contents(at.home);
    const codex = process.env.CODEX_UNDER_TEST === undefined ? [] : ["--codex", process.env.CODEX_UNDER_TEST];
    const result = await doctor(at, codex, {
      CODEX_HOME: at.codexHome,
      PATH: `${hostProgram(folder.path, "2026.9.6")}:${process.env.PATH}`,
    });
    expect(result.checks.filter(({ status }) => status !== "ok")).toEqual([]);
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.checks.map(({ id }) => id)).toEqual([
      ...["node", "codex_binary", "codex_start", "login", "codex_home", "endpoint", "state_folder", "state_store"],
      ...["orphans", "disk", "recording", "host", "host_plugin", "host_harness_id", "host_policy", "harness_config"],
    ]);
    expect(result.check("codex_binary")?.found).toMatch(/ sha256 [0-9a-f]{64}$/);
    expect(result.check("codex_start")?.found).toMatch(/^Codex \d+\.\d+\.\d+, answered after \d+ ms/);
    expect(result.check("login")?.found).toMatch(/^logged in with an API key/);
    expect(result.check("state_store")?.found).toContain("0 sessions");
    expect(result.check("host_policy")?.found).toBe("openai/gpt-5.5 on codex (auto)");
    for (const check of result.checks) expect(check.meaning).not.toBe("");
    expect(result.stdout).not.toContain("sk-not");
    expect(contents(at.home)).toEqual(before);
  });

  it("names the remedy: no binary, no login, store locked, home read-only, host too old, plugin disabled", {
    timeout: 240_000,
  }, async () => {
    const at = place("broken", linked({ enabled: false }, { enabled: false }));
    const file = path.join(at.state, "sessions.db");
    const store = new BindingStore(file);
    await store.list();
    await store.close();
    // A database browser that holds a transaction open.
    const browser = new DatabaseSync(file);
    browser.exec("BEGIN IMMEDIATE");
    try {
      const result = await doctor(at, ["--codex", path.join(at.home, "no/codex")], {
        // Nobody can make a folder there, not even root.
        CODEX_HOME: "/proc/codex-home",
        PATH: `${hostProgram(at.home, "2026.7.35")}:${process.env.PATH}`,
      });
      expect(result).toMatchObject({ exitCode: 1, stderr: "" });
      const remedies: [string, RegExp, RegExp][] = [
        ["codex_binary", /^codex_binary_not_found: .*no\/codex/, /path of a Codex executable/],
        ["codex_start", /^codex_binary_not_found/, /path of a Codex executable/],
        [
          "login",
          /^nobody is logged in: .*\/proc\/codex-home has no auth\.json/,
          /codex login.*OPENAI_API_KEY.*--scripted/,
        ],
        ["codex_home", /^\/proc\/codex-home cannot be written \(E\w+\)/, /write access.*CODEX_HOME/],
        ["state_store", /^session_store_locked: .*sessions\.db/, /Close the program that holds it/],
        ["host", /^OpenClaw 2026\.7\.35/, /Update OpenClaw to 2026\.8\.2 or newer/],
        ["host_plugin", /^the plugin is disabled/, /openclaw plugins enable codex-bridge/],
      ];
      for (const [id, found, remedy] of remedies) {
        const check = { status: "failed", found: expect.stringMatching(found), remedy: expect.stringMatching(remedy) };
        expect(result.check(id)).toMatchObject(check);
      }
      const failed = result.checks.filter(({ status }) => status === "failed").map(({ id }) => id);
      expect(failed).toEqual(remedies.map(([id]) => id));
    } finally {
      browser.close();
    }
  });

  it("names the remedy: old binary, harness id taken, and says it to people in words", {
    timeout: 240_000,
  }, async () => {
    const at = place("taken", linked({ enabled: true }, { enabled: true }));
    const fake = path.join(repository, "test/support/fake-server.mjs");
    const said = JSON.stringify(JSON.stringify("codex/0.124.9 (x) y (z; 1)"));
    // A labelled fake: there is no release older than the floor that could be kept for tests.
    const old = write(
      path.join(at.home, "old.mjs"),
      `process.env.FAKE_USER_AGENT=${said};\nawait import(${JSON.stringify(fake)});\n`,
    );
    const args = ["--codex", old];
    const { check, exitCode } = await doctor(at, args);
    expect(exitCode).toBe(1);
    const remedy = expect.stringContaining("npm install @openai/codex@latest");
    expect(check("codex_start")).toMatchObject({ status: "failed", found: expect.stringContaining("0.124.9"), remedy });
    expect(check("host_harness_id")).toMatchObject({
      status: "failed",
      remedy: expect.stringMatching(/openclaw plugins disable codex.*harnessId.*agentRuntime\.id/),
    });
    const people = await codexBridge(at.home, ["doctor", ...args]);
    expect(people.stdout).toMatch(
      /^✗ codex_start .*0\.124\.9.*\n +The app-server must .*\n +→ Install a current Codex/m,
    );
    expect(people.stdout).toMatch(/\d+ ok, \d+ to look at, \d+ failed$/);
    expect(people.stdout).not.toContain("\u001b");
  });

  it("names the remedy: the port of the endpoint is taken by another program", { timeout: 240_000 }, async () => {
    const other = createServer((_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const { checks, check, exitCode } = await doctor(place("port"), [
        "--no-host",
        "--connect",
        `ws://127.0.0.1:${port}`,
      ]);
      expect(exitCode).toBe(1);
      expect(check("endpoint")).toMatchObject({
        status: "failed",
        found: expect.stringMatching(/^endpoint_not_codex: /),
        remedy: expect.stringMatching(/Another program has this port.*codex app-server --listen/),
      });
      // A server that runs elsewhere has its own executable, account and home.
      expect(checks.map(({ id }) => id)).not.toContain("codex_binary");
    } finally {
      other.close();
    }
  });
});

describe("checks", () => {
  /** A labelled fake of statfs: filling a disk of the machine that tests run on would fail other tests. */
  const free = (bytes: number) => ({ statfs: async () => ({ blocks: 1_000_000, bavail: bytes / 4096, bsize: 4096 }) });
  const one = async (probe: Probe) => (await runChecks([probe], { timeoutMs: 5_000 }))[0];

  it.each([
    [50 * 1024 ** 2, "failed", "50.0 MiB free"],
    [500 * 1024 ** 2, "warning", "500 MiB free"],
    [5 * 1024 ** 3, "ok", "5.0 GiB free"],
  ])("tell of a disk with %d bytes", async (bytes, status, found) => {
    const check = await one(diskProbe([folder.path], free(bytes)));
    expect(check).toMatchObject({ status, found: expect.stringContaining(found) });
    if (status !== "ok") expect(check?.remedy).toMatch(/Make room on that disk.*--state/);
  });

  it("are bounded in time, run side by side, and say what they wait for", async () => {
    const waiting: string[] = [];
    const probe = (id: string, look: Probe["look"]): Probe => ({ id, meaning: "m", look });
    const checks = await runChecks(
      [
        probe("stuck", () => new Promise(() => undefined)),
        probe(
          "hurries",
          (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(ok("partly")))),
        ),
        probe("throws", async () => {
          throw new Error("unexpected");
        }),
        probe("fine", async () => ({ status: "ok", found: "f" })),
      ],
      { timeoutMs: 30, onWaiting: (ids) => waiting.push(ids.join(",")) },
    );
    expect(checks.map(({ status }) => status)).toEqual(["failed", "ok", "failed", "ok"]);
    expect(checks[0]).toMatchObject({ found: "no answer within 0.03 s", remedy: expect.stringContaining("--timeout") });
    expect(checks[2]?.found).toBe("internal: unexpected");
    expect(waiting[0]).toBe("stuck,hurries,throws,fine");
    expect(waiting.at(-1)).toBe("");
  });
});
