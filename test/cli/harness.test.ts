import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { startUpstream } from "../gateway/support/upstream.ts";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("cli-harness");
afterAll(() => folder.remove());

const cli = (args: string[], env?: Record<string, string>) => codexBridge(folder.path, args, env);

describe("codex-bridge harness", () => {
  it("lists every harness", async () => {
    const lines = JSON.parse((await cli(["harness", "list", "--json"])).stdout);
    expect(lines).toContainEqual(expect.objectContaining({ id: "minimal", wire: "chat" }));
    expect(lines).toHaveLength(8);
  });

  it("explains a route, and refuses a wrong one with what to configure", async () => {
    const good = await cli(["harness", "explain", "--model", "kimi-k2", "--provider", "moonshot", "--json"]);
    expect(JSON.parse(good.stdout)).toMatchObject({
      transport: "harness",
      harness: "kimi-cli",
      selected: "inferred",
      provider: { key: "missing" },
    });
    const bad = await cli([
      "harness",
      "explain",
      "--model",
      "x",
      "--provider",
      "anthropic",
      "--harness",
      "minimal",
      "--json",
    ]);
    expect(bad.exitCode).toBe(1);
    expect(JSON.parse(bad.stdout).error).toMatchObject({ code: "route_invalid", remedy: expect.any(String) });
    expect(await cli(["harness", "explain", "--model", "x", "--provider", "nosuch"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("moonshot"),
    });
  });

  it("shows what a harness would send", async () => {
    const shown = JSON.parse((await cli(["harness", "show", "minimal", "--json"])).stdout);
    expect(shown).toMatchObject({
      id: "minimal",
      tools: expect.arrayContaining(["exec_command"]),
      body: { stream: true },
    });
    expect(await cli(["harness", "show", "nosuch"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("minimal"),
    });
  });
});

describe("codex-bridge run --provider", () => {
  it("runs a turn on a chat model, and says which key is missing", async () => {
    const upstream = await startUpstream("chat", () => ({ say: "from upstream" }));
    const file = path.join(folder.path, "harness.json");
    writeFileSync(
      file,
      JSON.stringify({ model_providers: { up: { base_url: upstream.url, env_key: "UP_KEY", wire_api: "chat" } } }),
    );
    const args = [
      "run",
      "--json",
      "--state",
      path.join(folder.path, "state"),
      "--harness-config",
      file,
      "--provider",
      "up",
      "--harness",
      "minimal",
      "--model",
      "m",
      "hello",
    ];
    const result = JSON.parse((await cli(args, { UP_KEY: "k" })).stdout);
    expect(result).toMatchObject({ ok: true, text: "from upstream" });
    expect(upstream.requests[0]?.body.model).toBe("m");
    expect(JSON.parse((await cli(args)).stdout).error).toMatchObject({ code: "provider_key_missing" });
    await upstream.close();
  });
});
