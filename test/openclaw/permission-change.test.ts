import { describe, expect, it, vi } from "vitest";
import { activateRun } from "../../src/openclaw/active-run.ts";
import type { HostRuntime } from "../../src/openclaw/sdk.ts";
import { fakeAttempt, fakeRuntime } from "./fake-attempt.ts";

/* A labelled fake of the host's side; what a real one does with it is shown by the scenario `permission-change`. */

type Handle = Parameters<HostRuntime["setActiveEmbeddedRun"]>[1];

function setUp(change: Record<string, unknown> | undefined = {}, fields: Record<string, unknown> = {}) {
  const seen: string[] = [];
  let handle: Handle | undefined;
  const granted = Promise.withResolvers<boolean>();
  const owner = {};
  const host = fakeRuntime({
    setActiveEmbeddedRun: (_id: string, set: Handle) => {
      handle = set;
    },
  });
  const permissionChange = change && {
    owner,
    request: (mode: string) => {
      seen.push(`requested ${mode}`);
      return granted.promise;
    },
    applied: () => true,
    ...change,
  };
  const run = activateRun(fakeAttempt({ permissionChange, ...fields }), host);
  run.signal.addEventListener("abort", () => seen.push("ended"));
  const apply = (mode: "read-only" | "full") => handle!.applyPermissionMode!(mode, () => seen.push("revoked"));
  return { run, handle: handle!, seen, granted, owner, apply, control: { steer: vi.fn(), release: vi.fn() } };
}

describe("permissions changed while a turn runs", () => {
  it("end the turn, then revoke what was asked for, and wait for the next attempt", async () => {
    const { run, handle, seen, granted, owner, apply, control } = setUp();
    run.open(control);
    expect(run.restarts).toBe(false);
    const applied = apply("read-only");
    expect(seen).toEqual(["requested read-only", "ended", "revoked"]);
    expect(run.restarts).toBe(true);
    expect(handle.permissionChangeOwner).toBe(owner);
    granted.resolve(true);
    expect(await applied).toBe(true);
  });

  it("may be changed again while the turn ends", () => {
    const { run, seen, apply, control } = setUp();
    run.open(control);
    void apply("read-only");
    void apply("full");
    expect(seen).toEqual(["requested read-only", "ended", "revoked", "requested full", "revoked"]);
  });

  it("come too late for a turn that has its outcome, or that somebody cancelled", async () => {
    for (const over of ["settled", "cancelled", "aborted"]) {
      const { run, handle, seen, apply, control } = setUp(
        {},
        over === "aborted" ? { abortSignal: AbortSignal.abort() } : {},
      );
      run.open(control);
      if (over === "settled") run.settled();
      if (over === "cancelled") handle.cancel!();
      expect(await apply("full"), over).toBe(false);
      expect(
        seen.filter((what) => what !== "ended"),
        over,
      ).toEqual([]);
      expect(run.restarts, over).toBe(false);
    }
  });

  it("that came while the attempt was prepared end its turn when it begins", () => {
    const applied = vi.fn(() => false);
    const { run, seen, control } = setUp({ applied });
    expect(seen).toEqual([]);
    run.open(control);
    expect(applied).toHaveBeenCalledOnce();
    expect(run.restarts).toBe(true);
    expect(seen).toEqual(["ended"]);
  });

  it("are not offered by a host that has no such thing", () => {
    const { run, handle, control } = setUp({}, { permissionChange: undefined });
    run.open(control);
    expect("applyPermissionMode" in handle).toBe(false);
    expect(run.restarts).toBe(false);
  });
});
