import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Check, runChecks } from "../../src/doctor/check.ts";
import { hostProbes } from "../../src/openclaw/doctor/host-checks.ts";
import type { HostFacts } from "../../src/openclaw/doctor/host-facts.ts";
import { hostOnDisk } from "../../src/openclaw/doctor/host-on-disk.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("doctor-host");
afterAll(() => folder.remove());
const repository = path.resolve(import.meta.dirname, "../..");

async function checked(facts: Partial<HostFacts>): Promise<Record<string, Check>> {
  const host = { version: "2026.9.6", stateDir: folder.path, plugins: { "codex-bridge": repository }, ...facts };
  const checks = await runChecks(hostProbes(host), { timeoutMs: 5_000 });
  return Object.fromEntries(checks.map((check) => [check.id, check]));
}

const config = (plugins: object, more: object = {}) => ({
  agents: { defaults: { model: "openai/gpt-5.5" } },
  plugins: { entries: { codex: { enabled: false }, "codex-bridge": { enabled: true } }, ...plugins },
  ...more,
});
const bridge = (settings: object) => ({ entries: { codex: { enabled: false }, "codex-bridge": { config: settings } } });
const pinned = (id: string) => ({ models: { providers: { openai: { agentRuntime: { id } } } } });

describe("the checks of a host", () => {
  it("say nothing against one that has no plugin, beyond that", async () => {
    const checks = await checked({ config: { agents: {} }, plugins: {} });
    expect(Object.keys(checks)).toEqual(["host", "host_plugin"]);
    expect(checks.host_plugin).toMatchObject({
      status: "warning",
      remedy: expect.stringContaining("openclaw plugins install"),
    });
    expect(Object.keys(await checked({ plugins: {} }))).toEqual(["host"]);
  });

  it.each([
    ["a host that is too old", { version: "2026.7.35" }, {}, "host", "openclaw update"],
    ["a package that is gone", { plugins: {} }, {}, "host_plugin", "openclaw plugins install --link"],
    ["plugins that are all off", {}, { enabled: false }, "host_plugin", "Remove plugins.enabled"],
    ["a list that forbids it", {}, { deny: ["codex-bridge"] }, "host_plugin", "out of plugins.deny"],
    ["a list that does not allow it", {}, { allow: ["x"] }, "host_plugin", "to plugins.allow"],
    ["a wrong field", {}, bridge({ harnesId: "x" }), "host_plugin", "Write harnessId instead."],
    [
      "the official plugin",
      { plugins: { codex: "/x", "codex-bridge": "/y" } },
      { entries: {} },
      "host_harness_id",
      "disable codex",
    ],
  ])("fail for %s, with the remedy", async (_name, facts, plugins, id, remedy) => {
    const checks = await checked({ config: config(plugins), ...facts });
    expect(checks[id]).toMatchObject({ status: "failed", remedy: expect.stringContaining(remedy) });
  });

  it.each([
    ["nothing is pinned", {}, {}, "ok"],
    ["the provider is pinned to us", {}, pinned("codex"), "ok"],
    ["the provider is pinned to the host", {}, pinned("openclaw"), "warning"],
    ["another id is not pinned", bridge({ harnessId: "codex-bridge" }), {}, "warning"],
    ["another id is pinned", bridge({ harnessId: "codex-bridge" }), pinned("codex-bridge"), "ok"],
    ["another model is used", {}, { agents: { defaults: { model: { primary: "anthropic/x" } } } }, "warning"],
    ["nothing is configured", {}, { agents: {} }, "warning"],
  ])("tell whether turns come here when %s", async (_name, plugins, more, status) => {
    const { host_policy: policy } = await checked({ config: config(plugins, more) });
    expect(policy?.status).toBe(status);
    expect(policy?.remedy === undefined).toBe(status === "ok");
  });

  it("know that the policy of a model stands before that of its provider", async () => {
    const agents = {
      defaults: {
        model: { primary: "openai/a", fallbacks: ["openai/b"] },
        models: { "openai/b": { agentRuntime: { id: "openclaw" } } },
      },
    };
    const { host_policy: policy } = await checked({ config: config({}, { agents, ...pinned("codex") }) });
    expect(policy).toMatchObject({ status: "warning", found: "openai/a on codex, openai/b on openclaw" });
  });
});

describe("a host on disk", () => {
  it("is read with comments, and with the plugins that npm has put into it", async () => {
    const stateDir = path.join(folder.path, "state");
    const plugin = path.join(stateDir, "npm/projects/x/node_modules/@openclaw/codex");
    mkdirSync(plugin, { recursive: true });
    writeFileSync(path.join(plugin, "openclaw.plugin.json"), JSON.stringify({ id: "codex" }));
    writeFileSync(
      path.join(stateDir, "openclaw.json"),
      '// by hand\n{ plugins: { load: { paths: ["/gone",], }, }, }\n',
    );
    const host = await hostOnDisk({ env: { HOME: folder.path }, from: [repository], stateDir });
    expect(host).toMatchObject({ plugins: { codex: plugin }, config: { plugins: { load: { paths: ["/gone"] } } } });
    writeFileSync(path.join(stateDir, "openclaw.json"), "{ broken");
    const broken = await hostOnDisk({ env: { HOME: folder.path }, from: [repository], stateDir });
    const checks = await checked({ ...broken });
    expect(checks.host_plugin).toMatchObject({ status: "failed", found: expect.stringContaining("openclaw.json") });
  });

  it("is none where there is neither a program nor a configuration", async () => {
    expect(await hostOnDisk({ env: { HOME: folder.path }, from: [] })).toBeUndefined();
  });
});
