import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { startAppServer } from "../../src/server/app-server.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("server");
const fake = path.resolve(import.meta.dirname, "../support/fake-server.mjs");
afterAll(() => folder.remove());

/** Starts the fake (see its first line) and returns the error that must come. */
async function refusal(env: Record<string, string>, command = fake) {
  const error: unknown = await startAppServer({ command, env, startTimeoutMs: 1500 }).then(
    () => new Error("was accepted"),
    (thrown: unknown) => thrown,
  );
  expect(runningBelow(process.pid)).toEqual([]);
  return error;
}

describe("starting a server", () => {
  it("hands out the real one with its version and stops it", async () => {
    const server = await startAppServer({ codexHome: path.join(folder.path, "home") });
    expect(server.info.version).toMatch(/^0\.\d+\.\d+$/);
    expect(server.process?.binary.origin).toBe("managed");
    expect(runningBelow(process.pid)).toContain(server.process?.pid);
    await server.stop();
    expect(runningBelow(process.pid)).toEqual([]);
    await expect(server.closed).resolves.toMatchObject({ code: "server_exited" });
    await expect(server.request("thread/list", {})).rejects.toMatchObject({ code: "server_exited" });
  });

  it("refuses one that is too old", async () => {
    const FAKE_USER_AGENT = JSON.stringify("codex/0.124.9 (Linux; x86_64) xterm (codex-bridge; 1)");
    expect(await refusal({ FAKE_USER_AGENT })).toMatchObject({ code: "server_too_old" });
  });

  it("refuses one without a version", async () => {
    expect(await refusal({})).toMatchObject({ code: "server_version_missing" });
  });

  it("refuses a missing file", async () => {
    expect(await refusal({}, path.join(folder.path, "nowhere", "codex"))).toMatchObject({
      code: "codex_binary_not_found",
    });
  });

  it("refuses a file that is not executable", async () => {
    const file = path.join(folder.path, "plain");
    writeFileSync(file, "text");
    expect(await refusal({}, file)).toMatchObject({ code: "codex_binary_not_executable" });
  });

  it("refuses a file the system cannot run", async () => {
    const file = path.join(folder.path, "garbage");
    writeFileSync(file, "\u0001\u0002 not a program");
    chmodSync(file, 0o755);
    expect(await refusal({}, file)).toMatchObject({
      code: expect.stringMatching(/^server_(spawn_failed|exited_early)$/),
    });
  });

  it("says what a server that ended early said, without its secrets", async () => {
    const error = await refusal({ FAKE_MODE: "exit" });
    expect(error).toMatchObject({ code: "server_exited_early", facts: { exitCode: 3 } });
    expect(String(error)).toContain("cannot start");
    expect(String(error)).not.toContain("planted");
  });

  it("gives up on a server that stays silent", async () => {
    expect(await refusal({ FAKE_MODE: "silent" })).toMatchObject({ code: "server_start_timeout" });
  });
});
