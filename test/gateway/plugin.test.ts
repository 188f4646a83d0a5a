import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { processState } from "../../src/openclaw/shared-harness.ts";
import { supportsRoute } from "../../src/openclaw/supports.ts";
import { fakeRuntime } from "../openclaw/fake-attempt.ts";
import { capabilities, openPlugin, upstreamKey, visibleToChildren } from "./support/plugin.ts";
import { stepOf } from "./support/script.ts";
import type { UpstreamRequest } from "./support/upstream.ts";

/** A labelled fake of the host's functions: what real hosts do with a gateway is shown by test/host-e2e. */
vi.mock("../../src/openclaw/sdk.ts", () => ({
  loadHostRuntime: async () =>
    fakeRuntime({
      AgentHarnessPreflightError: class extends Error {
        constructor(message: string, options: object) {
          super(message);
          Object.assign(this, options);
        }
      },
      awaitAgentEndSideEffects: async () => undefined,
      buildAgentHookContextChannelFields: () => ({}),
      resolveAgentHarnessBeforePromptBuildResult: async (input: { prompt: string; developerInstructions: string }) =>
        input,
      resolveBootstrapContextForRun: async () => ({ contextFiles: [] }),
      runAgentEndSideEffects: () => undefined,
      runAgentHarnessLlmInputHook: () => undefined,
      runAgentHarnessLlmOutputHook: () => undefined,
    }),
  loadHostTranscripts: async () => ({
    withSessionTranscriptWriteLock: (_target: unknown, run: (transaction: object) => unknown) =>
      run({ appendMessage: async ({ message }: { message: object }) => ({ appended: true, messageId: "1", message }) }),
    publishSessionTranscriptUpdateByIdentity: async () => undefined,
  }),
}));

const words = (result: { assistantTexts?: readonly string[] }) => result.assistantTexts?.at(-1);
const tools = ({ body }: UpstreamRequest): string[] =>
  ((body.tools ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name);
/** Kimi's shape has `ReadFile`, the minimal one Codex's own names. */
const shapeOf = (request: UpstreamRequest | undefined): string =>
  request && tools(request).includes("ReadFile") ? "kimi-cli" : "other";

describe("the plugin with a provider of its own", () => {
  let plugin: Awaited<ReturnType<typeof openPlugin>>;
  const models = { "kimi-test": { contextWindow: 99_000 }, plain: { harness: "minimal" } };
  beforeAll(async () => {
    plugin = await openPlugin("plugin-gateway");
    plugin.host.configure(plugin.withProvider(models));
    writeFileSync(path.join(plugin.work, "a.txt"), "the word is plum\n");
  });
  afterAll(() => plugin.close());
  const asked = { sessionKey: "kimi", sessionId: "kimi", agentId: "main" };
  const aside = (model: string) =>
    plugin.host.harness.runSideQuestion!({
      ...asked,
      workspaceDir: plugin.work,
      provider: "codex",
      model,
      question: "which word?",
      preparedRuntimeAuth: { plan: {}, resolvedApiKey: "sk-lent-for-another-provider" },
      hostCapabilities: capabilities,
    } as never);

  it("runs a model in the shape it was trained for, and nobody but the provider sees the key", async () => {
    let seen = "";
    plugin.upstream.script = (request) => {
      seen += visibleToChildren();
      return stepOf(request) === 0
        ? { calls: [{ name: "ReadFile", args: { path: path.join(plugin.work, "a.txt") } }] }
        : { say: "The word is plum." };
    };
    const result = await plugin.turn("kimi", ["codex", "kimi-test"], {
      resolvedApiKey: "sk-lent-for-another-provider",
    });
    expect(words(result), JSON.stringify(result)).toBe("The word is plum.");
    const { requests } = plugin.upstream;
    expect(requests.map(shapeOf)).toEqual(["kimi-cli", "kimi-cli"]);
    expect(JSON.stringify(requests[1]?.body.messages)).toContain("the word is plum");
    expect(requests.map(({ headers, body }) => [headers.authorization, body.model])).toEqual([
      [`Bearer ${upstreamKey}`, "kimi-test"],
      [`Bearer ${upstreamKey}`, "kimi-test"],
    ]);
    for (const secret of [upstreamKey, "sk-lent-for-another-provider"]) {
      expect(seen).not.toContain(secret);
      expect(filesWith(plugin.folder, secret)).toEqual([]);
      expect(plugin.told.join("\n")).not.toContain(secret);
    }
    expect(seen).toContain("app-server");
    expect(plugin.told.join("\n")).toContain("is asked in the shape kimi-cli");
  });

  it("shapes each model as its own entry says, and lists them all", async () => {
    plugin.upstream.script = () => ({ say: "plainly" });
    expect(words(await plugin.turn("plain", ["codex", "plain"]))).toBe("plainly");
    expect(shapeOf(plugin.upstream.requests.at(-1))).toBe("other");
    const rows = await plugin.models();
    expect(rows).toContainEqual(expect.objectContaining({ provider: "codex", id: "kimi-test", contextWindow: 99_000 }));
    expect(rows.map(({ id }) => id)).toContain("plain");
  });

  it("answers on the side, completes in isolation and compacts through the same provider", async () => {
    plugin.upstream.script = ({ body }) =>
      JSON.stringify(body.messages).includes("on the side") ? { say: "plum, as I said" } : { say: "In short: plum." };
    const { harness } = plugin.host;
    const side = await aside("kimi-test");
    expect(side.text).toBe("plum, as I said");
    // The whole conversation is told, and no tool is offered that would do anything.
    const request = plugin.upstream.requests.at(-1)!;
    expect(JSON.stringify(request.body.messages)).toContain("the word is plum");
    expect(tools(request)).not.toContain("Shell");
    const isolated = await harness.runIsolatedCompletionV2!({
      ...asked,
      workspaceDir: plugin.work,
      prompt: "a title, please",
      systemPrompt: "Make titles.",
      provider: "codex",
      modelId: "plain",
      authorization: { owner: "host", auth: { apiKey: "sk-lent-for-another-provider" }, model: { api: "x", cost: {} } },
      timeoutMs: 120_000,
    } as never);
    expect(isolated.assistant.content).toEqual([{ type: "text", text: "In short: plum." }]);
    expect(plugin.upstream.requests.at(-1)?.body.model).toBe("plain");
    expect(JSON.stringify(plugin.upstream.requests.at(-1)?.body.messages)).toContain("Make titles.");
    const compacted = await harness.compact!({ ...asked, provider: "codex", model: "kimi-test" } as never);
    expect(compacted).toMatchObject({ ok: true, compacted: true });
    expect(plugin.upstream.requests.at(-1)?.body.model).toBe("kimi-test");
  });

  it("lets a turn end as it began when the configuration changes, and the next one begin anew", async () => {
    const shapes: string[] = [];
    let other: Promise<unknown> | undefined;
    plugin.upstream.script = async (request) => {
      const said = request.body.messages.findLast(({ role }) => role === "user")?.content;
      if (!JSON.stringify(said).includes("the long one")) return { say: "short" };
      shapes.push(shapeOf(request));
      if (stepOf(request) === 1) return { say: "long" };
      // While it runs: a question beside it to a model of another shape, and a session on a new configuration.
      expect((await aside("plain")).text).toBe("short");
      plugin.host.configure(plugin.withProvider({ ...models, "kimi-test": { harness: "minimal" } }));
      other = plugin.turn("next", ["codex", "kimi-test"], { prompt: "short" });
      expect(words((await other) as never)).toBe("short");
      return { calls: [{ name: "Shell", args: { command: "true" } }] };
    };
    expect(words(await plugin.turn("kimi", ["codex", "kimi-test"], { prompt: "the long one" }))).toBe("long");
    expect(shapes).toEqual(["kimi-cli", "kimi-cli"]);
    const after = await plugin.turn("kimi", ["codex", "kimi-test"], { prompt: "once more" });
    expect(words(after)).toBe("short");
    const last = plugin.upstream.requests.at(-1);
    expect(shapeOf(last)).toBe("other");
    expect(JSON.stringify(last?.body.messages)).toContain("the long one");
  });

  it("says what is missing before Codex is told anything", async () => {
    const asked = plugin.upstream.requests.length;
    delete process.env.UP_KEY;
    const failure = (config: object, route: [string, string] = ["codex", "plain"]) => {
      plugin.host.configure({ ...plugin.withProvider(models), ...config });
      return plugin.turn("refused", route).catch((thrown: Error & { userMessage?: string }) => thrown);
    };
    expect(await failure({})).toMatchObject({
      scope: "harness",
      message: expect.stringContaining("provider_key_missing"),
      userMessage: expect.stringContaining("UP_KEY"),
    });
    process.env.UP_KEY = upstreamKey;
    expect(await failure({ model_provider: "nosuch" })).toMatchObject({
      message: expect.stringContaining("provider_unknown"),
    });
    expect(await failure({ model_providers: { up: { base_url: "ftp://x" } }, model_provider: "up" })).toMatchObject({
      message: expect.stringContaining("gateway_config_invalid"),
    });
    const lent = { appServer: { env: { UP_KEY: "given-to-codex" } } };
    expect(await failure(lent)).toMatchObject({ userMessage: expect.stringContaining("appServer.env.UP_KEY") });
    const wire = plugin.withProvider({}, { model_provider: "up", harness: "claude-code" });
    expect(
      await failure({
        ...wire,
        model_providers: { up: { base_url: plugin.upstream.url, wire_api: "messages" } },
        harness: "kimi-cli",
      }),
    ).toMatchObject({
      message: expect.stringContaining("route_invalid"),
    });
    expect(plugin.upstream.requests).toHaveLength(asked);
  });

  it("ends with the plugin", async () => {
    const { pools } = processState();
    const endpoints = [...pools.values()].flatMap(({ endpoint }) => (endpoint ? [endpoint] : []));
    expect(endpoints.map(({ running }) => running)).toEqual([true]);
    await plugin.host.dispose();
    expect(endpoints.map(({ running }) => running)).toEqual([false]);
    expect(pools.size).toBe(0);
  });
});

describe("a route of a configured provider", () => {
  const modes = { model_providers: { up: { models: { listed: {} } } }, model_provider: "moonshot" };
  const asked = (provider: string, requestedRuntime: string, modelId = "m", id = "codex") =>
    supportsRoute(
      id,
      { provider, modelId, requestedRuntime, modelProvider: { api: "openai-completions" } },
      "agent",
      modes,
    ).supported;

  it.each([
    ["up", "codex", true],
    ["up", "auto", false],
    ["moonshot", "codex", true],
    ["anthropic", "codex", false],
    ["codex", "auto", true],
    ["openai", "auto", true],
  ])("of %s, asked of %s: %s", (provider, runtime, expected) => {
    expect(asked(provider, runtime)).toBe(expected);
  });

  it("has to be pinned under another id", () => {
    expect(asked("up", "auto", "m", "codex-bridge")).toBe(false);
    expect(asked("openai", "auto", "m", "codex-bridge")).toBe(false);
    expect(asked("up", "codex-bridge", "m", "codex-bridge")).toBe(true);
  });
});

function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return entry.isFile() && readFileSync(file).includes(text) ? [file] : [];
  });
}
