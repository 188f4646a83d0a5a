import { describe, expect, it, vi } from "vitest";
import { approve } from "../../src/openclaw/approvals.ts";
import type { ApprovalAsk } from "../../src/requests/types.ts";
import { fakeAttempt } from "./fake-attempt.ts";

const ask: ApprovalAsk = {
  kind: "command",
  title: "Run a command",
  detail: "rm -rf build",
  command: "rm -rf build",
  cwd: "/work",
  decisions: ["accept", "accept_session", "decline", "cancel"],
  threadId: "t",
  turnId: "u",
  itemId: "i",
};

function setUp(changed: Record<string, unknown> = {}) {
  const events: Record<string, unknown>[] = [];
  const capabilities = {
    assertActive: vi.fn(),
    runBeforeToolCall: vi.fn(async ({ params }: { params: unknown }) => ({ blocked: false, params })),
    requestApproval: vi.fn(async (_request: Record<string, unknown>) => ({ id: "a1" })),
    waitForApproval: vi.fn(async () => ({ decision: "allow-once" })),
    prepareMutableFileApproval: vi.fn(async () => ({
      ok: true,
      requiresOneShot: false,
      revalidate: async () => ({ ok: true }),
    })),
    ...changed,
  };
  const params = fakeAttempt({ hostCapabilities: capabilities });
  const deadline = { pause: vi.fn(() => () => undefined) };
  const decide = (asked: ApprovalAsk = ask, signal = new AbortController().signal) =>
    approve(asked, signal, { params, deadline, timeoutMs: 1000, emit: (data) => events.push(data) });
  return { capabilities, events, deadline, decide };
}

describe("approve", () => {
  it("asks the host's policy with the exact command, then a person, and tells the channel", async () => {
    const { capabilities, events, deadline, decide } = setUp();
    expect(await decide()).toBe("accept");
    expect(capabilities.runBeforeToolCall.mock.calls[0]![0]).toMatchObject({
      toolName: "exec",
      params: { command: "rm -rf build" },
      nativeOperation: { cwd: "/work" },
    });
    expect(capabilities.requestApproval.mock.calls[0]![0]).toMatchObject({
      allowedDecisions: ["allow-once", "allow-always", "deny"],
    });
    expect(events.map(({ phase, status }) => [phase, status])).toEqual([
      ["requested", "pending"],
      ["resolved", "approved"],
    ]);
    expect(deadline.pause).toHaveBeenCalledOnce();
  });

  it.each([
    ["allow-always", "accept_session"],
    ["deny", "decline"],
    [null, "decline"],
    [undefined, "decline"],
  ])("understands %s", async (decision, expected) => {
    expect(await setUp({ waitForApproval: async () => ({ decision }) }).decide()).toBe(expected);
  });

  it.each([
    ["a policy blocks it", { runBeforeToolCall: async () => ({ blocked: true, reason: "no" }) }],
    ["a hook changed it", { runBeforeToolCall: async () => ({ blocked: false, params: { command: "ls" } }) }],
    ["nobody can be asked", { requestApproval: async () => ({ id: "a1", decision: null }) }],
    ["there is no approval id", { requestApproval: async () => undefined }],
    ["the host throws", { requestApproval: async () => Promise.reject(new Error("closed")) }],
    ["its files cannot be bound", { prepareMutableFileApproval: async () => ({ ok: false, message: "no" }) }],
    [
      "its files changed meanwhile",
      {
        prepareMutableFileApproval: async () => ({
          ok: true,
          requiresOneShot: false,
          revalidate: async () => ({ ok: false, message: "changed" }),
        }),
      },
    ],
  ])("declines when %s", async (_, changed) => {
    expect(await setUp(changed).decide()).toBe("decline");
  });

  it("declines when the run loses its authority while a person thinks", async () => {
    let active = true;
    const { decide } = setUp({
      assertActive: () => {
        if (!active) throw new Error("superseded");
      },
      waitForApproval: async () => {
        active = false;
        return { decision: "allow-once" };
      },
    });
    expect(await decide()).toBe("decline");
  });

  it("asks nobody again when the host's hook has the person's word already", async () => {
    const { capabilities, decide } = setUp({
      runBeforeToolCall: async ({ params }: { params: unknown }) => ({
        blocked: false,
        params,
        approvalResolution: "allow-once",
      }),
    });
    expect(await decide()).toBe("accept");
    expect(capabilities.requestApproval).not.toHaveBeenCalled();
  });

  it("offers no lasting leave for a command that is bound to its bytes", async () => {
    const { capabilities, decide } = setUp({
      prepareMutableFileApproval: async () => ({
        ok: true,
        requiresOneShot: true,
        revalidate: async () => ({ ok: true }),
      }),
      waitForApproval: async () => ({ decision: "allow-always" }),
    });
    expect(await decide()).toBe("accept");
    expect(capabilities.requestApproval.mock.calls[0]![0]).toMatchObject({ allowedDecisions: ["allow-once", "deny"] });
  });

  it("declines what is answered after its turn", async () => {
    const over = new AbortController();
    const { decide } = setUp({
      waitForApproval: async () => {
        over.abort();
        return { decision: "allow-once" };
      },
    });
    expect(await decide(ask, over.signal)).toBe("decline");
  });
});
