import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BridgeError } from "../../src/errors.ts";
import { register } from "../../src/openclaw/register.ts";
import type { HostAttempt } from "../../src/openclaw/sdk.ts";
import { testFolder } from "../support/home.ts";
import { fakeHost } from "./fake-host.ts";

/** A labelled fake: loading the host's own SDK takes seconds, and only its error type is needed here. */
vi.mock("../../src/openclaw/sdk.ts", () => ({
  loadHostRuntime: async () => ({
    AgentHarnessPreflightError: class extends Error {
      constructor(message: string, options: object) {
        super(message);
        Object.assign(this, { name: "AgentHarnessPreflightError" }, options);
      }
    },
  }),
  loadHostTranscripts: async () => ({}),
}));

let folder: ReturnType<typeof testFolder>;
beforeEach(() => {
  folder = testFolder("register");
});
afterEach(() => folder.remove());

const capabilities = {
  createToolSurface: () => [],
  runBeforeToolCall: async () => undefined,
  requestApproval: async () => undefined,
  waitForApproval: async () => undefined,
};
const attempt = (extra: object = {}): HostAttempt =>
  ({
    hostCapabilities: capabilities,
    sessionKey: "agent:main:main",
    sessionId: "one",
    provider: "openai",
    modelId: "gpt-5.5",
    model: { api: "openai-responses" },
    ...extra,
  }) as unknown as HostAttempt;
const refusal = (work: () => unknown): BridgeError => {
  try {
    work();
  } catch (thrown) {
    return thrown as BridgeError;
  }
  throw new Error("it was accepted");
};

describe("register", () => {
  it("registers one harness with everything a host may ask of it", () => {
    const host = fakeHost(folder.path);
    register(host.api);
    expect(host.harnesses).toHaveLength(1);
    expect(host.harness).toMatchObject({
      id: "codex",
      authBootstrap: "harness",
      autoSelection: { providerIds: ["openai", "codex"] },
    });
    const able = Object.entries(host.harness).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
    expect(able.sort()).toEqual([
      "compact",
      "fetchUsageSnapshot",
      "finalizeSettledTurn",
      "loadMcpToolCatalog",
      "loadModelCatalog",
      "readModelCatalogReadiness",
      "reset",
      "runAttempt",
      "runIsolatedCompletionV2",
      "runSideQuestion",
      "supports",
      "withSessionContextReset",
      "withSessionDeletion",
    ]);
    expect(host.logged).toEqual([]);
  });

  it("keeps older model refs working, as that model of OpenAI; beside the official plugin those are its own", () => {
    const { api, providers } = fakeHost(folder.path);
    register(api);
    const { providers: declared } = JSON.parse(readFileSync("openclaw.plugin.json", "utf8"));
    expect(providers.map(({ id }) => id)).toEqual(declared);
    const known = { id: "gpt-5.5", provider: "openai", contextWindow: 400_000, input: ["text"] };
    const find = (provider: string, id: string) => (provider === "openai" && id === known.id ? known : undefined);
    const resolve = (modelId: string) =>
      providers[0]?.resolveDynamicModel?.({ provider: "codex", modelId, modelRegistry: { find } } as never);
    expect(resolve("gpt-5.5")).toMatchObject({
      id: "gpt-5.5",
      provider: "codex",
      contextWindow: 400_000,
      input: ["text"],
    });
    expect(resolve("gpt-99")).toMatchObject({ id: "gpt-99", provider: "codex", reasoning: true });
    const beside = fakeHost(folder.path, { harnessId: "codex-bridge" });
    register(beside.api);
    expect(beside.providers).toEqual([]);
  });

  it("is asked for by name only under another id", () => {
    const host = fakeHost(folder.path, { harnessId: "codex-bridge" });
    register(host.api);
    expect(host.harness).toMatchObject({ id: "codex-bridge", autoSelection: { providerIds: [] } });
  });

  it.each(["registerAgentHarness", "registerSessionCatalog", "runtime"])("refuses a host without %s", (name) => {
    const { api } = fakeHost(folder.path);
    const error = refusal(() => register({ ...api, [name]: undefined }));
    expect(error.code).toBe("host_too_old");
    expect(error.message).toContain(name);
    expect(error.remedy).toContain("2026.8.2");
  });

  it("says who has the id, and what to do", () => {
    const error = refusal(() => register(fakeHost(folder.path, {}, ["codex"]).api));
    expect(error).toMatchObject({ code: "harness_id_taken", remedy: expect.stringContaining("harnessId") });
  });

  it("a change of the configuration is no reason to reload, but for the id", () => {
    const host = fakeHost(folder.path);
    register(host.api);
    // Also of a field that does not exist: its name is told by the next turn.
    expect(host.reloads).toEqual([
      {
        noopPrefixes: ["plugins.entries.codex-bridge.config"],
        restartPrefixes: ["plugins.entries.codex-bridge.config.harnessId"],
      },
    ]);
  });
});

describe("a turn", () => {
  const failure = async (host: ReturnType<typeof fakeHost>, extra: object = {}) =>
    (await host.harness.runAttempt(attempt(extra)).catch((thrown: unknown) => thrown)) as Error & {
      scope?: string;
      userMessage?: string;
    };

  it("is refused with the right spelling while the configuration is wrong, and not otherwise", async () => {
    const host = fakeHost(folder.path, { apserver: {} });
    register(host.api);
    expect(host.logged.join("\n")).toContain("Write appServer instead.");
    // Hosts list models on the way to a turn: that must not fail in words without a remedy.
    const where = { agentId: "main" } as Parameters<NonNullable<typeof host.harness.loadModelCatalog>>[0];
    expect(await host.harness.loadModelCatalog!(where)).toEqual([]);
    const wrong = await failure(host);
    expect(wrong.name).toBe("AgentHarnessPreflightError");
    expect(wrong).toMatchObject({ scope: "harness", userMessage: expect.stringContaining("Write appServer instead.") });
    host.configure({ appServer: { command: path.join(folder.path, "no-codex") } });
    expect((await failure(host)).message).not.toContain("plugin_config_invalid");
    await host.dispose();
  });

  it("is refused by a host that does not lend it what it needs", async () => {
    const host = fakeHost(folder.path);
    register(host.api);
    const error = await failure(host, { hostCapabilities: { createToolSurface: () => [] } });
    expect(error.message).toContain("host_too_old");
    expect(error.message).toContain("hostCapabilities.requestApproval");
  });
});

describe("what fails before a server runs", () => {
  const compacted = async (config: object, stateDir = folder.path) => {
    const host = fakeHost(stateDir, config);
    register(host.api);
    const params = { sessionKey: "agent:main:main", sessionId: "one", agentId: "main" };
    const result = await host.harness.compact!(params as Parameters<NonNullable<typeof host.harness.compact>>[0]);
    await host.dispose();
    return result;
  };

  it("a state folder that cannot be written is named", async () => {
    const file = path.join(folder.path, "a-file");
    writeFileSync(file, "");
    expect(await compacted({}, file)).toMatchObject({
      ok: false,
      compacted: false,
      reason: expect.stringContaining("OPENCLAW_STATE_DIR"),
      failure: { reason: "state_unwritable" },
    });
  });

  it("a session without a thread has nothing to compact, and no server is started for it", async () => {
    expect(await compacted({ appServer: { command: "/no/codex" } })).toEqual({
      ok: true,
      compacted: false,
      reason: "the session has no thread yet",
    });
  });
});
