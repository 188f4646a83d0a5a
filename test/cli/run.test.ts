import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli");
const fake = path.resolve(import.meta.dirname, "../support/fake-server.mjs");
afterAll(() => {
  folder.remove();
  expect(runningBelow(process.pid)).toEqual([]);
});

const run = (args: string[], env?: Record<string, string>) => codexBridge(folder.path, args, env);
const scripted = (...args: string[]) =>
  run(["run", "--scripted", "--json", "--state", path.join(folder.path, "state"), ...args]);

describe("codex-bridge run", () => {
  it("prints one JSON document and resumes the session in a new process", async () => {
    const first = await scripted("--session", "a", "hello");
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    const document = JSON.parse(first.stdout);
    expect(document).toMatchObject({
      ok: true,
      harness: "codex",
      session: { key: "a", id: "a" },
      thread: { id: expect.any(String), resumed: false },
      turn: { id: expect.any(String), status: "completed" },
      server: {
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        userAgent: expect.any(String),
        binary: expect.any(String),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      text: expect.stringContaining("hello"),
      usage: { turn: { totalTokens: expect.any(Number) } },
      transcript: [
        { id: expect.any(String), kind: "user", text: "hello" },
        { id: expect.any(String), kind: "assistant", text: document.text },
      ],
    });
    expect(Object.keys(document.phases)).toEqual(["spawnMs", "initializeMs", "threadMs", "firstTokenMs", "turnMs"]);
    const second = JSON.parse((await scripted("--session", "a", "hello again")).stdout);
    expect(second.thread).toEqual({ id: document.thread.id, resumed: true });
  });

  it("streams for people and exits 0", async () => {
    const result = await run(["run", "--scripted", "--state", path.join(folder.path, "state"), "hi there"]);
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("hi there") });
    expect(result.stderr).toContain("completed");
  });

  it("tells where the time of a cold and of a warm turn went", async () => {
    const { profile } = JSON.parse((await scripted("--profile", "--turns", "2", "hello")).stdout);
    const [cold, warm] = profile.turns;
    expect(profile.turns.map((turn: { cold: boolean }) => turn.cold)).toEqual([true, false]);
    for (const { phases, totalMs } of profile.turns) {
      const names = phases.map(({ name }: { name: string }) => name);
      expect(names).toEqual(["session", "server", "thread", "accepted", "first word", "answer", "result"]);
      const sum = phases.reduce((all: number, { ms }: { ms: number }) => all + ms, 0);
      expect(sum).toBeCloseTo(totalMs, 3);
    }
    const asked = (turn: typeof cold) => turn.calls.map(({ method }: { method: string }) => method);
    expect(asked(cold)).toEqual(expect.arrayContaining(["thread/start", "turn/start"]));
    // A warm turn asks the server for nothing but the turn.
    expect(asked(warm)).toEqual(["turn/start"]);
    for (const { projection, transcript, cpuMs } of profile.turns) {
      expect(projection.count).toBeGreaterThan(5);
      expect(transcript.count).toBe(2);
      expect(cpuMs).toBeGreaterThan(0);
    }
    const shown = await run(["run", "--scripted", "--state", path.join(folder.path, "state"), "--profile", "hi"]);
    expect(shown.stderr).toMatch(/cold turn: \d+ ms[\s\S]*host preparation[\s\S]*requests: thread\/start/);
    expect((await scripted("--turns", "0", "hi")).exitCode).toBe(2);
  });

  const refusals: [string, string[], Record<string, string>, string][] = [
    ["a server that is too old", ["--codex", fake], { FAKE: "codex/0.124.9 (x) y (z; 1)" }, "server_too_old"],
    ["a server without a version", ["--codex", fake], {}, "server_version_missing"],
    ["a missing file", ["--codex", "./no/such/codex"], {}, "codex_binary_not_found"],
    ["a missing folder", ["--cwd", "./nowhere"], {}, "cwd_not_found"],
  ];
  it.each(refusals)("refuses %s", async (_name, args, env, code) => {
    // The bridge scrubs the environment, so the fake is told through a wrapper of its own.
    const codex = env.FAKE ? await wrapper(env.FAKE) : undefined;
    const result = await scripted(...(codex ? ["--codex", codex] : args), "hello");
    expect(result.exitCode).toBe(1);
    const { ok, error } = JSON.parse(result.stdout);
    expect({ ok, code: error.code }).toEqual({ ok: false, code });
    expect(error.remedy).toBeTruthy();
  });

  it("says in one line how to get credentials when there are none", async () => {
    const result = await run(["run", "hello"]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    for (const way of ["codex login", "OPENAI_API_KEY", "--scripted"]) expect(result.stderr).toContain(way);
  });

  it("explains wrong usage with exit code 2", async () => {
    expect(await run(["run"])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("prompt") });
    expect(await run(["run", "--timeout", "soon", "x"])).toMatchObject({ exitCode: 2 });
  });

  it("plays a script file and names what is wrong with a bad one", async () => {
    const { writeFileSync } = await import("node:fs");
    const script = path.join(folder.path, "script.json");
    writeFileSync(script, JSON.stringify({ turns: [{ steps: [[{ say: "from the file" }]] }] }));
    const args = ["run", "--json", "--state", path.join(folder.path, "state"), "--scripted"];
    expect(JSON.parse((await run([...args, script, "x"])).stdout).text).toBe("from the file");
    writeFileSync(script, JSON.stringify({ turns: [{ steps: [[{ shout: "no" }]] }] }));
    expect(JSON.parse((await run([...args, script, "x"])).stdout).error.code).toBe("script_invalid");
  });

  it("interrupts the turn on SIGINT and keeps what there is", async () => {
    const { writeFileSync } = await import("node:fs");
    const script = path.join(folder.path, "slow.json");
    writeFileSync(
      script,
      JSON.stringify({ turns: [{ steps: [[{ say: "so far", chunkChars: 1, delayMs: 20 }, { stall: true }]] }] }),
    );
    const state = path.join(folder.path, "state");
    const child = run(["run", "--state", state, "--session", "int", "--scripted", script, "x"]);
    child.stdout.on("data", (chunk: Buffer) => {
      if (String(chunk).includes("r")) child.kill("SIGINT");
    });
    const result = await child;
    expect(result).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("so far") });
    expect(result.stderr).toContain("interrupted");
  });
});

async function wrapper(userAgent: string): Promise<string> {
  const { writeFileSync } = await import("node:fs");
  const file = path.join(folder.path, "fake-old.mjs");
  writeFileSync(
    file,
    `process.env.FAKE_USER_AGENT=${JSON.stringify(JSON.stringify(userAgent))};\nawait import(${JSON.stringify(fake)});\n`,
  );
  return file;
}
