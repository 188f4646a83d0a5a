import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Attempt } from "../../src/harness/types.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import { harnessFor } from "../../src/openclaw/host-harness.ts";
import { LiveConfig } from "../../src/openclaw/live-config.ts";
import { Runtime } from "../../src/openclaw/runtime.ts";
import type { HostHarness } from "../../src/openclaw/sdk.ts";
import type { Place } from "../../src/openclaw/shared-harness.ts";
import { inHostWords } from "../../src/openclaw/usage-snapshot.ts";
import type { Part } from "../../src/scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

/* What the host asks of the harness besides turns, on the real app-server with a scripted model; no host is needed. */

let folder: ReturnType<typeof testFolder>;
let model: ScriptedModel;
let parts: Part[] = [{ say: "ok" }];
let input = "";
let entry: Record<string, unknown>;
let host: HostHarness;
let runtime: Runtime;
let release: () => Promise<void>;
const logged: string[] = [];

beforeAll(async () => {
  folder = testFolder("capabilities");
  model = await startScriptedModel({
    script: ({ body }) => {
      input = JSON.stringify([body.instructions, body.input]);
      return parts;
    },
  });
  const env = { HOME: folder.path };
  const command = process.env.CODEX_UNDER_TEST;
  entry = {
    appServer: {
      configOverrides: scriptedOverrides(model.url),
      modelProvider: "scripted",
      env,
      ...(command ? { command } : {}),
    },
  };
  const place: Place = {
    hostStateDir: folder.path,
    packageDir: process.cwd(),
    log: (level, message) => {
      if (level === "warn" || level === "error") logged.push(message);
    },
  };
  const current = () => ({ plugins: { entries: { "codex-bridge": { config: entry } } } });
  const config = new LiveConfig({ runtime: { config: { current } } });
  ({ harness: host, release } = harnessFor("codex", place, config));
  runtime = new Runtime(place, config);
});
afterAll(async () => {
  await release();
  await runtime.release();
  expect(runningBelow(process.pid)).toEqual([]);
  await model.close();
  folder.remove();
});

const agentId = "main";
const session = (key: string) => ({ agentId, sessionKey: key, sessionId: `${key}-1` });
const turn = async (key: string, prompt: string, extra: Partial<Attempt> = {}, of = runtime) => {
  const { sessionKey, sessionId } = session(key);
  const attempt: Attempt = {
    session: { key: sessionKey, id: sessionId, agentId },
    prompt,
    cwd: folder.path,
    approvalPolicy: "never",
    sandbox: "read-only",
    model: "gpt-5.5",
    modelProvider: "scripted",
    transcript: { append: async () => undefined },
    ...extra,
  };
  return (await of.harness(session(key))).runAttempt(attempt);
};
/** Calls carry a hundred fields; these are the ones that are read. */
const call = <T>(params: object): T => params as T;
const directories = () => ({ agentDir: folder.path, workspaceDir: folder.path });
const scripted = (text: string): void => {
  parts = [{ say: text }];
};

describe("compact", () => {
  it("compacts the thread, and says how full it was", { timeout: 30_000 }, async () => {
    parts = [{ say: "noted" }, { usage: { input: 900, output: 100 } }];
    await turn("full", "remember walnut");
    expect(await host.compact!(call(session("full")))).toMatchObject({
      ok: true,
      compacted: true,
      compactionKind: "native-harness",
      result: { tokensBefore: 1000 },
    });
  });
});

describe("runSideQuestion", () => {
  const ask = (key: string, extra: object = {}) =>
    host.runSideQuestion!(
      call({
        ...session(key),
        ...directories(),
        question: "which word?",
        model: "gpt-5.5",
        cfg: {},
        preparedRuntimeAuth: { plan: {}, authProfileStore: { version: 1, profiles: {} } },
        hostCapabilities: { assertActive: () => undefined },
        ...extra,
      }),
    );

  it("answers from the conversation, with what it cost", async () => {
    scripted("noted");
    await turn("aside", "the word is walnut");
    parts = [{ say: "walnut" }, { usage: { input: 50, output: 5 } }];
    expect(await ask("aside")).toMatchObject({ text: "walnut", usage: { input: 50, output: 5 } });
    expect(input).toContain("the word is walnut");
    expect(input).toContain("No tools run here");
  });

  it("does not answer from a conversation that was ended", async () => {
    await expect(ask("aside", { sessionId: "aside-2" })).rejects.toMatchObject({ code: "session_has_no_thread" });
  });

  it("asks nothing when the one who asked may not any more", async () => {
    const assertActive = (): never => {
      throw new Error("the run is over");
    };
    await expect(ask("aside", { hostCapabilities: { assertActive } })).rejects.toThrow("the run is over");
  });
});

describe("finalizeSettledTurn", () => {
  it("gets the answer a turn ended without", async () => {
    scripted("");
    await turn("settled", "count the files");
    scripted("There are three.");
    const attempt = {
      ...session("settled"),
      ...directories(),
      prompt: "Give the final answer.",
      provider: "openai",
      modelId: "gpt-5.5",
      model: { api: "openai-responses" },
      timeoutMs: 20_000,
    };
    expect(await host.finalizeSettledTurn!(call({ attempt, settledAttempt: {} }))).toMatchObject({
      assistant: {
        role: "assistant",
        content: [{ type: "text", text: "There are three." }],
        provider: "openai",
        model: "gpt-5.5",
        stopReason: "stop",
      },
    });
    expect(input).toContain("count the files");
  });
});

describe("runIsolatedCompletionV2", () => {
  it.each([
    ["the host's key", { owner: "host", auth: { apiKey: "sk-not-a-key" }, model: { api: "openai-responses" } }],
    ["Codex's own account", { owner: "harness", plan: {}, authProfileStore: { version: 1, profiles: {} } }],
  ])("answers one prompt on %s, without a conversation", async (_, authorization) => {
    scripted("A title");
    const params = {
      ...directories(),
      agentId,
      provider: "openai",
      modelId: "gpt-5.5",
      config: {},
      systemPrompt: "You name things.",
      prompt: "Name this.",
      timeoutMs: 20_000,
      authorization,
    };
    const { assistant } = await host.runIsolatedCompletionV2!(call(params));
    expect(assistant).toMatchObject({ content: [{ type: "text", text: "A title" }], stopReason: "stop" });
    expect(input).toContain("You name things.");
    expect(input).not.toContain("walnut");
  });
});

describe("loadModelCatalog", () => {
  it("lists what Codex offers, as native rows without a route", { timeout: 30_000 }, async () => {
    const params = call<Parameters<NonNullable<HostHarness["loadModelCatalog"]>>[0]>({ ...directories(), agentId });
    const rows = await host.loadModelCatalog!(params);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row).toMatchObject({ nativeRuntime: "codex", provider: "openai", reasoning: true });
      expect(row).not.toHaveProperty("api");
      expect(row).not.toHaveProperty("baseUrl");
    }
    const running = runningBelow(process.pid);
    // Another agent has another home: it is asked once, by a server that does not stay.
    const others = await host.loadModelCatalog!({ ...params, agentId: "other" });
    expect(others).toEqual(rows);
    await expect.poll(() => runningBelow(process.pid)).toEqual(running);
  });
});

describe("loadMcpToolCatalog", () => {
  it("lists the host's MCP servers as Codex runs them, and nothing for a session nobody loaded", async () => {
    const query = {
      ...session("mcp"),
      ...directories(),
      config: {},
      mcpServerNames: ["ask"],
      toolOverrides: { mcpToolsDeny: {} as Record<string, string[]> },
    };
    const ask = (changed: object = {}) => host.loadMcpToolCatalog!(call({ ...query, ...changed }));
    expect(await ask()).toBeUndefined();
    scripted("ok");
    const server = path.resolve(import.meta.dirname, "../requests/mcp-server.mjs");
    const servers = { ask: { command: process.execPath, args: [server] } };
    await turn("mcp", "hello", { config: { mcp_servers: servers } });
    const catalog = await ask();
    expect(Object.keys(catalog?.servers ?? {})).toEqual(["ask"]);
    const [tool] = catalog?.tools ?? [];
    expect(tool).toMatchObject({ serverName: "ask", toolName: expect.any(String), inputSchema: { type: "object" } });
    // Servers of Codex's own configuration are none of the host's.
    expect((await ask({ mcpServerNames: ["other"] }))?.tools).toEqual([]);
    const denied = await ask({ toolOverrides: { mcpToolsDeny: { ask: [tool!.toolName] } } });
    expect(denied?.tools).not.toContainEqual(tool);
    expect(denied?.sessionDeniedTools).toEqual([tool]);
  });
});

describe("fetchUsageSnapshot", () => {
  it("tells windows by their length, and limits by their name", () => {
    const windows = [
      { group: "", usedPercent: 10, minutes: 300, resetsAtMs: 1000 },
      { group: "", usedPercent: 20, minutes: 10_080 },
      { group: "Review", usedPercent: 30 },
    ];
    expect(inHostWords({ plan: "pro", windows }, { provider: "openai" })).toEqual({
      provider: "openai",
      displayName: "Codex",
      plan: "pro",
      windows: [
        { label: "5h", usedPercent: 10, resetAt: 1000 },
        { label: "Week", usedPercent: 20 },
        { label: "Limit", groupLabel: "Review", usedPercent: 30 },
      ],
    });
  });
});

describe("a changed configuration", () => {
  it("counts from the next turn on, and leaves the running one alone", { timeout: 40_000 }, async () => {
    scripted("ok");
    await turn("first", "hello");
    parts = [{ waitMs: 3000 }, { say: "late" }];
    const running = turn("first", "take your time");
    await expect.poll(() => input).toContain("take your time");
    entry = { ...entry, clocks: { toolMs: 1234 } };
    scripted("new");
    expect((await turn("second", "hello")).text).toBe("new");
    expect((await running).text).toBe("late");
    scripted("again");
    const next = await turn("first", "go on");
    expect(next).toMatchObject({ text: "again", thread: { resumed: true } });
    expect(input).toContain("take your time");
    // The server with the former settings is gone by then: two processes make one server.
    await expect.poll(() => runningBelow(process.pid).length, { timeout: 10_000 }).toBeLessThanOrEqual(2);
    expect(logged).toEqual([]);
  });
});

describe("a plugin that is loaded anew", () => {
  it("leaves a running turn its server, and takes that with it afterwards", { timeout: 60_000 }, async () => {
    const before = runningBelow(process.pid).length;
    const place: Place = { ...runtime.place, hostStateDir: path.join(folder.path, "anew") };
    const current = () => ({ plugins: { entries: { "codex-bridge": { config: entry } } } });
    const old = new Runtime(place, new LiveConfig({ runtime: { config: { current } } }));
    parts = [{ waitMs: 7000 }, { say: "late" }];
    const running = turn("anew", "keep going", {}, old);
    await expect.poll(() => input, { timeout: 30_000 }).toContain("keep going");
    const from = performance.now();
    await old.release();
    // Whoever gives it up is not kept waiting for the turn.
    expect(performance.now() - from).toBeLessThan(6500);
    expect(await running).toMatchObject({ ok: true, text: "late" });
    await expect.poll(() => runningBelow(process.pid).length, { timeout: 10_000 }).toBe(before);
  });
});
