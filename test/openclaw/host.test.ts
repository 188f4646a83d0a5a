import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTrialHost, type TrialHost } from "../../scripts/host-try.ts";

/** A host process takes 10 to 40 seconds for a turn, nearly all of it its own start. */
const minutes = 60_000;

describe("in a real OpenClaw host", () => {
  let host: TrialHost;

  beforeAll(async () => {
    host = await openTrialHost(`host-test-${process.pid}`);
  }, 2 * minutes);

  afterAll(async () => {
    await host?.close();
  });

  it("answers a turn, resumes the thread, and stores everything once", { timeout: 4 * minutes }, async () => {
    const first = await host.turn("first question");
    expect(first.reply?.meta?.agentMeta?.agentHarnessId, first.run.stdout + first.run.stderr).toBe("codex");
    const answer = first.reply?.meta?.finalAssistantVisibleText ?? "";
    expect(answer).not.toBe("");
    expect(first.run.exitCode).toBe(0);
    expect(host.transcript().map(({ role, text }) => ({ role, text }))).toEqual([
      { role: "user", text: expect.stringContaining("first question") },
      { role: "assistant", text: answer },
    ]);
    const threads = await host.threadIds();
    expect(threads).toHaveLength(1);
    expect((await host.leftovers()) ?? []).toEqual([]);

    const second = await host.turn("second question");
    expect(second.reply?.meta?.agentMeta?.agentHarnessId, second.run.stdout + second.run.stderr).toBe("codex");
    expect(await host.threadIds()).toEqual(threads);
    const rows = host.transcript();
    expect(rows.map((row) => row.role)).toEqual(["user", "assistant", "user", "assistant"]);
    const keys = rows.map((row) => row.idempotencyKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => key?.startsWith(`codex-bridge:${threads[0]}/`))).toHaveLength(2);
    expect((await host.leftovers()) ?? []).toEqual([]);
  });

  it("shows why a server that is too old is refused", { timeout: 3 * minutes }, async () => {
    const fake = path.join(host.stateDir, "old-codex");
    await mkdir(path.dirname(fake), { recursive: true });
    await writeFile(
      fake,
      `#!${process.execPath}
process.stdin.once("data", (line) => {
  const { id } = JSON.parse(String(line));
  console.log(JSON.stringify({ id, result: { userAgent: "codex_cli_rs/0.124.0 (test)" } }));
});
process.stdin.on("end", () => process.exit(0));
`,
    );
    await chmod(fake, 0o755);
    await host.configure({ appServer: { command: fake } });
    const { run } = await host.turn("anything");
    expect(run.exitCode).not.toBe(0);
    const said = run.stdout + run.stderr;
    expect(said).toContain("server_too_old");
    expect(said).toContain("0.124.0");
    expect((await host.leftovers()) ?? []).toEqual([]);
  });
});
