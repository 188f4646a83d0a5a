import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveClocks } from "../../src/clocks.ts";
import { HarnessCommons } from "../../src/harness/commons.ts";
import { contextReset, deletion, endThread, inSessionWindow } from "../../src/openclaw/session-windows.ts";
import type { ThreadBinding } from "../../src/thread/binding.ts";
import { testFolder } from "../support/home.ts";

const owner = { agentId: "main", sessionKey: "agent:main:main" };
const params = { ...owner, sessionId: "generation-1", assertCurrent: () => undefined };
const bound: ThreadBinding = {
  ...owner,
  sessionId: "generation-1",
  threadId: "thread-1",
  codexVersion: "0.169.0",
  cwd: "/",
  policy: "never/read-only",
  tools: {},
  instructions: "",
  state: "active",
  createdAtMs: 1,
  updatedAtMs: 1,
};

let folder: ReturnType<typeof testFolder>;
let commons: HarnessCommons;
beforeEach(async () => {
  folder = testFolder("windows");
  commons = new HarnessCommons({ stateDir: folder.path, clocks: resolveClocks(), warn: () => undefined });
  await commons.store.bind(bound);
});
afterEach(async () => {
  await commons.close();
  folder.remove();
});
const now = () => commons.store.get(owner);

describe("inSessionWindow", () => {
  it("ends the thread when the host commits, and hands back what the host's work came to", async () => {
    expect(
      await inSessionWindow(commons, params, deletion, async ({ commit }) => {
        commit();
        return "deleted";
      }),
    ).toBe("deleted");
    expect(await now()).toMatchObject({ state: "retired", retiredReason: deletion.reason, carryHistory: 0 });
  });

  it("a cut of the history lets the next thread hear what is left", async () => {
    await inSessionWindow(commons, params, contextReset, async ({ commit }) => commit());
    expect(await now()).toMatchObject({ state: "retired", carryHistory: 1 });
  });

  it.each([
    ["nothing is committed", async () => undefined],
    [
      "it is rolled back",
      async ({ commit, rollback }: { commit(): void; rollback(): void }) => {
        commit();
        rollback();
      },
    ],
  ])("keeps the thread when %s", async (_, run) => {
    await inSessionWindow(commons, params, deletion, run);
    expect(await now()).toMatchObject({ state: "active", threadId: "thread-1" });
    expect((await now())?.retiredReason).toBeUndefined();
  });

  it("keeps the thread when the host's work fails, and passes the failure on", async () => {
    const failing = inSessionWindow(commons, params, deletion, async () => {
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow("disk full");
    expect(await now()).toMatchObject({ state: "active" });
  });

  it("a failure after the commit changes nothing: the host's transaction stands", async () => {
    const failing = inSessionWindow(commons, params, deletion, async ({ commit }) => {
      commit();
      throw new Error("a hook failed");
    });
    await expect(failing).rejects.toThrow("a hook failed");
    expect(await now()).toMatchObject({ state: "retired" });
  });

  it("the thread is ended before the host decides, so that a crash brings nothing back", async () => {
    await inSessionWindow(commons, params, deletion, async ({ commit }) => {
      expect(await now()).toMatchObject({ state: "retired" });
      commit();
    });
  });

  it("holds nothing for a session without a thread, or of another generation", async () => {
    const entered: string[] = [];
    for (const sessionId of ["generation-2", "generation-3"]) {
      const other = { ...params, sessionId, ...(sessionId === "generation-3" ? { sessionKey: "nobody" } : {}) };
      await inSessionWindow(commons, other, deletion, async ({ commit }) => {
        entered.push(sessionId);
        commit();
      });
    }
    expect(entered).toEqual(["generation-2", "generation-3"]);
    expect(await now()).toMatchObject({ state: "active" });
  });

  it("knows the generation before, when the host names it", async () => {
    const next = { ...params, sessionId: "generation-2", previousSessionId: "generation-1" };
    await inSessionWindow(commons, next, contextReset, async ({ commit }) => commit());
    expect(await now()).toMatchObject({ state: "retired" });
  });

  it("waits for what runs in the session, and changes nothing when the host may not any more", async () => {
    const turn = Promise.withResolvers<void>();
    const running = commons.sessions.exclusively({ key: owner.sessionKey, id: "generation-1" }, () => turn.promise);
    let calls = 0;
    const revoked = {
      ...params,
      assertCurrent: () => {
        calls += 1;
        if (calls > 1) throw new Error("revoked");
      },
    };
    const window = inSessionWindow(commons, revoked, deletion, async () => "never");
    turn.resolve();
    await running;
    await expect(window).rejects.toThrow("revoked");
    expect(await now()).toMatchObject({ state: "active" });
  });
});

describe("endThread", () => {
  it("ends the thread for a reason that is kept", async () => {
    await endThread(commons, { key: owner.sessionKey, id: "generation-1" }, "the host ended the session (new)");
    expect(await now()).toMatchObject({ state: "retired", retiredReason: "the host ended the session (new)" });
  });
});
