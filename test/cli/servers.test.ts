import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { runChecks } from "../../src/doctor/check.ts";
import { orphansProbe } from "../../src/doctor/folder-checks.ts";
import { startScriptedModel } from "../../src/scripted-model/server.ts";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli-servers");
const state = path.join(folder.path, "state");
afterAll(() => {
  folder.remove();
  expect(runningBelow(process.pid)).toEqual([]);
});

const servers = async (...args: string[]) => {
  const { exitCode, stdout, stderr } = await codexBridge(folder.path, ["servers", "--state", state, ...args]);
  expect(exitCode, stderr).toBe(0);
  return stdout;
};

it("lists running and left servers with owner, age, memory and work, and ends what is left", {
  timeout: 120_000,
}, async () => {
  expect(await servers()).toBe("no servers");
  expect(JSON.parse(await servers("--json"))).toEqual([]);
  const model = await startScriptedModel({
    script: ({ step }) => (step === 0 ? [{ shell: "(setsid sleep 317 &); sleep 317" }] : [{ say: "done" }]),
  });
  const script = path.join(import.meta.dirname, "../support/working-host.ts");
  const command = process.env.CODEX_UNDER_TEST ?? "";
  const host = spawn(process.execPath, [script, state, model.url, command], { stdio: ["pipe", "ignore", "inherit"] });
  try {
    type Listed = { turns?: number; threads?: number; processes: number };
    let listed: Listed[] = [];
    // Server and two turns, each with a shell's two commands; facts are noted a second later.
    while (!(listed[0]?.turns === 2 && listed[0].processes >= 5)) listed = JSON.parse(await servers("--json"));
    expect(listed).toEqual([
      expect.objectContaining({
        status: "running",
        owner: { pid: host.pid, alive: true, host: expect.any(String) },
        ageMs: expect.any(Number),
        version: expect.stringMatching(/^0\.\d+\.\d+/),
        home: path.join(state, "home"),
        threads: expect.any(Number),
      }),
    ]);
    expect((listed[0] as unknown as { rssBytes: number }).rssBytes).toBeGreaterThan(10_000_000);
    expect(await servers()).toMatch(
      new RegExp(`^running +pid \\d+ +of ${host.pid} .* codex 0\\..* MiB in \\d+ processes .* 2 at work`),
    );
    host.kill("SIGKILL");
    await once(host, "exit");
    let left = await servers();
    // Codex notices that its host is gone; the commands that left it do not.
    while (!/ in [12] process/.test(left)) left = await servers();
    expect(left).toMatch(new RegExp(`^leftover +pid \\d+ +of ${host.pid} \\(gone\\)`));
    const [checked] = await runChecks([orphansProbe(state)], { timeoutMs: 30_000 });
    expect(checked).toMatchObject({
      status: "warning",
      found: expect.stringMatching(/^left by killed processes: \d+ \(\d processes\)/),
      remedy: expect.stringContaining(`codex-bridge servers --reap --state ${state}`),
    });
    expect(JSON.parse(await servers("--json", "--reap"))).toEqual({ ended: 2, servers: [] });
    expect(await servers()).toBe("no servers");
  } finally {
    host.kill("SIGKILL");
    await model.close();
  }
});
