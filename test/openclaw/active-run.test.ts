import { describe, expect, it, vi } from "vitest";
import { activateRun } from "../../src/openclaw/active-run.ts";
import type { HostRuntime } from "../../src/openclaw/sdk.ts";
import { fakeAttempt, fakeRuntime } from "./fake-attempt.ts";

type Handle = Parameters<HostRuntime["setActiveEmbeddedRun"]>[1];

function setUp(changed: Record<string, unknown> = {}) {
  let handle: Handle | undefined;
  const cleared = vi.fn();
  const onAttemptAbort = vi.fn();
  const assertActive = vi.fn();
  const host = fakeRuntime({
    setActiveEmbeddedRun: (_id: string, set: Handle) => {
      handle = set;
    },
    clearActiveEmbeddedRun: cleared,
    ...changed,
  });
  const run = activateRun(fakeAttempt({ onAttemptAbort, hostCapabilities: { assertActive } }), host);
  const control = { steer: vi.fn(async () => "accepted" as const), release: vi.fn() };
  const recorder = { persistApproved: vi.fn(async () => undefined) };
  const queue = (text: string, assertCurrent = (): void => undefined, options: object = {}) =>
    handle!.messageInjectionV2!.queueMessage(
      text,
      { queueIdentity: "m1", userTurnTranscriptRecorder: recorder, ...options } as never,
      assertCurrent,
      "run",
    );
  return { run, handle: handle!, control, recorder, cleared, onAttemptAbort, assertActive, queue };
}

describe("the active run", () => {
  it("takes words only while the turn runs", async () => {
    const { run, handle, control, queue } = setUp();
    expect(handle.messageInjectionV2!.isAvailable()).toBe(false);
    await expect(queue("too early")).rejects.toThrow("no more messages");
    run.open(control);
    expect(handle.messageInjectionV2!.isAvailable()).toBe(true);
    run.close();
    await expect(queue("too late")).rejects.toThrow("no more messages");
    expect(control.steer).not.toHaveBeenCalled();
  });

  it("stores a message when the model has it, once", async () => {
    const { run, control, recorder, queue } = setUp();
    run.open(control);
    const onQueueAccepted = vi.fn();
    const queued = queue("and this", undefined, { onQueueAccepted });
    await vi.waitFor(() => expect(onQueueAccepted).toHaveBeenCalledWith(true));
    expect(recorder.persistApproved).not.toHaveBeenCalled();
    run.steered({ id: "m1", status: "consumed" });
    expect(await queued).toBeUndefined();
    expect(recorder.persistApproved).toHaveBeenCalledOnce();
    expect(control.steer).toHaveBeenCalledExactlyOnceWith({ id: "m1", text: "and this" });
  });

  it("gives a message back that the turn did not read, unstored", async () => {
    const { run, control, recorder, queue } = setUp();
    run.open(control);
    const queued = queue("lost otherwise");
    await vi.waitFor(() => expect(control.steer).toHaveBeenCalled());
    run.steered({ id: "m1", status: "returned" });
    await expect(queued).rejects.toThrow("before the model read");
    expect(recorder.persistApproved).not.toHaveBeenCalled();
  });

  it("sends nothing when the source lost its authority, also between two messages", async () => {
    const { run, control, queue } = setUp();
    run.open(control);
    const revoked = (): void => {
      throw new Error("revoked");
    };
    await expect(queue("x", revoked)).rejects.toThrow("revoked");
    expect(control.steer).not.toHaveBeenCalled();
  });

  it("sends nothing when the run lost its authority", async () => {
    const { run, control, assertActive, queue } = setUp();
    run.open(control);
    assertActive.mockImplementation(() => {
      throw new Error("superseded");
    });
    await expect(queue("x")).rejects.toThrow("superseded");
    expect(control.steer).not.toHaveBeenCalled();
  });

  it("takes an answer to a question for an answer, not for a steer", async () => {
    const claim = vi.fn(async () => true);
    const { run, control, queue } = setUp({ claimPendingAgentQuestionAnswer: claim });
    run.open(control);
    await queue("blue", undefined, { isInboundUserMessage: true });
    expect(claim).toHaveBeenCalledOnce();
    expect(control.steer).not.toHaveBeenCalled();
  });

  it("leaves pictures to the next turn", async () => {
    const { run, control, queue } = setUp();
    run.open(control);
    await expect(queue("look", undefined, { images: [{}] })).rejects.toThrow("pictures");
  });

  it("is cancelled once, and not after its end", () => {
    const { run, handle, onAttemptAbort, cleared } = setUp();
    handle.cancel?.();
    handle.abort();
    expect(run.signal.aborted).toBe(true);
    expect(onAttemptAbort).toHaveBeenCalledOnce();
    run.close();
    expect(cleared).toHaveBeenCalledOnce();
    expect(handle.isStopped?.()).toBe(true);
  });

  it("releases a turn that opens after its host was done with it", () => {
    const { run, control } = setUp();
    run.release("a tool ended the turn");
    run.open(control);
    expect(control.release).toHaveBeenCalledExactlyOnceWith("a tool ended the turn");
  });
});
