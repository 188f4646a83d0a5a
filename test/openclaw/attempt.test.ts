import { beforeEach, describe, expect, it, vi } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import type { Attempt, AttemptResult, Harness } from "../../src/harness/types.ts";
import { parsePluginConfig } from "../../src/openclaw/config.ts";
import { fakeAttempt, fakeRuntime } from "./fake-attempt.ts";

class PreflightError extends Error {
  constructor(message: string, options: object) {
    super(message);
    Object.assign(this, options);
  }
}

const rows: { role: string }[] = [];
const host = {
  AgentHarnessPreflightError: PreflightError,
  awaitAgentEndSideEffects: vi.fn(async () => undefined),
  buildAgentHookContextChannelFields: () => ({}),
  clearActiveEmbeddedRun: vi.fn(),
  resolveAgentHarnessBeforePromptBuildResult: async (input: { prompt: string; developerInstructions: string }) => ({
    prompt: input.prompt,
    developerInstructions: input.developerInstructions,
  }),
  resolveBootstrapContextForRun: async () => ({
    contextFiles: [
      { path: "/work/AGENTS.md", content: "Codex reads this" },
      { path: "/work/SOUL.md", content: "Be kind." },
    ],
  }),
  runAgentEndSideEffects: vi.fn(),
  runAgentHarnessLlmInputHook: vi.fn(),
  runAgentHarnessLlmOutputHook: vi.fn(),
};

vi.mock("../../src/openclaw/sdk.ts", () => ({
  loadHostRuntime: async () => fakeRuntime(host),
  loadHostTranscripts: async () => ({
    withSessionTranscriptWriteLock: (_target: unknown, run: (transaction: object) => unknown) =>
      run({
        appendMessage: async ({ message }: { message: { role: string } }) => {
          rows.push(message);
          return { appended: true, messageId: "1", message };
        },
      }),
    publishSessionTranscriptUpdateByIdentity: async () => undefined,
  }),
}));

const { runHostAttempt } = await import("../../src/openclaw/attempt.ts");

const tool = {
  name: "message",
  description: "",
  parameters: { type: "object" },
  execute: async () => ({ content: [] }),
};
const capabilities = {
  createToolSurface: () => [tool],
  runBeforeToolCall: async () => undefined,
  requestApproval: async () => undefined,
  waitForApproval: async () => undefined,
};

function setUp(fields: Record<string, unknown> = {}, config: object = {}) {
  const events: [string, unknown][] = [];
  const params = fakeAttempt({
    hostCapabilities: capabilities,
    onAgentEvent: ({ stream, data }: { stream: string; data: { phase?: string } }) => events.push([stream, data.phase]),
    ...fields,
  });
  let attempt: Attempt | undefined;
  const harness = (run: (attempt: Attempt) => Promise<Partial<AttemptResult>>): Promise<Harness> =>
    Promise.resolve({
      runAttempt: async (given: Attempt) => {
        attempt = given;
        return {
          ok: true,
          outcome: { kind: "completed" },
          harness: "codex",
          thread: { id: "t", resumed: false },
          turnId: "u",
          text: "",
          entries: [],
          ...(await run(given)),
        };
      },
    } as unknown as Harness);
  const run = (work: (attempt: Attempt) => Promise<Partial<AttemptResult>> = async () => ({})) =>
    runHostAttempt(params, parsePluginConfig(config), () => harness(work));
  return { run, params, events, given: () => attempt! };
}

describe("an attempt", () => {
  beforeEach(() => {
    rows.length = 0;
    vi.clearAllMocks();
  });

  it("gives the harness what the host prepared", async () => {
    const { run, given, events } = setUp({
      thinkLevel: "high",
      fastMode: () => true,
      extraSystemPrompt: "Answer briefly.",
      senderName: "Ann",
      images: [{ type: "image", data: "AAAA", mimeType: "image/png" }],
    });
    const result = await run();
    expect(given()).toMatchObject({
      prompt: "hello",
      effort: "high",
      serviceTier: "fast",
      images: ["data:image/png;base64,AAAA"],
      session: { key: "agent:main:main", id: "s1" },
    });
    expect(given().developerInstructions).toContain("Be kind.");
    expect(given().developerInstructions).toContain("Answer briefly.");
    expect(given().developerInstructions).not.toContain("Codex reads this");
    expect(given().context?.map(({ key, source }) => [key, source])).toEqual([
      ["openclaw_time", "host"],
      ["openclaw_delivery", "host"],
      ["openclaw_sender", "untrusted"],
    ]);
    expect(given().tools?.map(({ name }) => name)).toEqual(["message"]);
    expect(result.terminal).toEqual({ kind: "ok" });
    expect(events).toEqual([
      ["lifecycle", "start"],
      ["lifecycle", "end"],
    ]);
    expect(host.clearActiveEmbeddedRun).toHaveBeenCalledOnce();
  });

  it("lets a tool take as long as the configuration says, and the others as long as they need", async () => {
    const { run, given } = setUp({}, { toolTimeouts: { message: 5_000, portal: 7_000 } });
    await run();
    expect(given().toolTimeouts).toMatchObject({ message: 5_000, portal: 7_000, image_generate: 180_000 });
  });

  it("is refused before the turn with the reason, and reaches the host as its own error", async () => {
    const { run, events } = setUp();
    const refused = run(async () => {
      throw new BridgeError("server_too_old", "Codex 0.124.0 is too old.", { remedy: "Update it." });
    });
    await expect(refused).rejects.toMatchObject({
      message: "server_too_old: Codex 0.124.0 is too old.",
      scope: "harness",
      userMessage: "Codex 0.124.0 is too old. Update it.",
    });
    expect(events.at(-1)).toEqual(["lifecycle", "error"]);
    expect(host.clearActiveEmbeddedRun).toHaveBeenCalledOnce();
  });

  it("refuses a demand it could only ignore, before Codex hears of it", async () => {
    const { run, given } = setUp({ clientTools: [{}] });
    await expect(run()).rejects.toMatchObject({ message: expect.stringContaining("attempt_unsupported") });
    expect(given()).toBeUndefined();
  });

  it("does not run a turn whose run lost its authority while the server started", async () => {
    let active = true;
    const { run, given } = setUp({
      hostCapabilities: {
        ...capabilities,
        createToolSurface: () => {
          active = false;
          return [tool];
        },
        assertActive: () => {
          if (!active) throw new Error("superseded");
        },
      },
    });
    await expect(run()).rejects.toThrow("superseded");
    expect(given()).toBeUndefined();
  });

  it("is an aborted one when the host gives up before the turn began", async () => {
    const over = new AbortController();
    const { run } = setUp({ abortSignal: over.signal });
    const result = await run(async () => {
      over.abort();
      throw new BridgeError("aborted", "given up");
    });
    expect(result.terminal).toEqual({ kind: "aborted", source: "external" });
  });

  it("goes on after changed permissions: its end is not announced, unless Codex may still be running", async () => {
    // No change can be given to a turn that runs: the host has another one ready when the turn begins.
    const permissionChange = { owner: {}, request: async () => true, applied: () => false };
    const end = async (unconfirmed?: true) => {
      const { run, events } = setUp({ permissionChange });
      const result = run(async (attempt) => {
        attempt.onControl?.({ steer: vi.fn(), release: vi.fn() });
        expect(attempt.signal?.aborted).toBe(true);
        return { ok: false, outcome: { kind: "interrupted", by: "host", ...(unconfirmed ? { unconfirmed } : {}) } };
      });
      return { result, events };
    };
    const { result, events } = await end();
    expect((await result).terminal).toEqual({ kind: "aborted", source: "runtime" });
    expect(events).toEqual([["lifecycle", "start"]]);
    expect(host.runAgentEndSideEffects).not.toHaveBeenCalled();
    await expect((await end(true)).result).rejects.toMatchObject({ code: "interrupt_unconfirmed" });
  });

  it("tells the host its deadline, and when it has passed", async () => {
    const onAttemptDeadlineChanged = vi.fn();
    const onAttemptTimeout = vi.fn();
    const { run } = setUp({ onAttemptDeadlineChanged, onAttemptTimeout });
    const error = new BridgeError("turn_timeout", "the clock runBudgetMs");
    const before = Date.now();
    const result = await run(async () => ({
      ok: false,
      outcome: { kind: "timeout", clock: "runBudgetMs", error },
    }));
    const [{ kind, deadlineAtMs }] = onAttemptDeadlineChanged.mock.calls[0]! as [
      { kind: string; deadlineAtMs: number },
    ];
    expect(kind).toBe("bounded");
    expect(deadlineAtMs).toBeGreaterThanOrEqual(before + 60_000);
    expect(onAttemptTimeout).toHaveBeenCalledExactlyOnceWith(error);
    expect(result.terminal.kind).toBe("timeout");
  });

  it("waits for hooks only where the process ends after the run", async () => {
    await setUp().run();
    expect([host.runAgentEndSideEffects.mock.calls.length, host.awaitAgentEndSideEffects.mock.calls.length]).toEqual([
      1, 0,
    ]);
    await setUp({ oneShotCliRun: true }).run();
    expect([host.runAgentEndSideEffects.mock.calls.length, host.awaitAgentEndSideEffects.mock.calls.length]).toEqual([
      1, 1,
    ]);
  });

  it("empties the host's credentials in what Codex runs", async () => {
    const { run, given } = setUp({
      hostCapabilities: {
        ...capabilities,
        preparedEnvironment: () => ({
          credentialScrubEnv: { GH_TOKEN: "" },
          localIdentityEnv: { GIT_AUTHOR_NAME: "bot" },
          managedLocalIdentity: true,
        }),
      },
    });
    await run();
    expect(given().config).toMatchObject({
      shell_environment_policy: { set: { GH_TOKEN: "", GIT_AUTHOR_NAME: "bot" } },
      allow_login_shell: false,
    });
  });
});
