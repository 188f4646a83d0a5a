import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TurnControl } from "../../src/turn/run.ts";
import { killServers, openTestHost } from "./fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
beforeAll(async () => {
  bridge = await openTestHost("endings", { overrides: ["tools.update_plan.enabled=true"] });
});
afterAll(() => bridge.close());

const userTexts = (body: unknown): string[] => {
  const { input } = body as { input: { role?: string; content?: { text?: string }[] }[] };
  return input.flatMap((item) => (item.role === "user" ? (item.content ?? []).flatMap((part) => part.text ?? []) : []));
};

describe("a turn that came to nothing is begun again, once", () => {
  it("when the server died before anybody saw anything, and the prompt is not there twice", async () => {
    let requests = 0;
    let seen: string[] = [];
    bridge.reply = ({ body }) => {
      requests += 1;
      if (requests === 2) {
        killServers();
        return [{ stall: true }];
      }
      seen = userTexts(body);
      return [{ say: "there" }];
    };
    await bridge.turn("restart", "first");
    const notices: string[] = [];
    const result = await bridge.turn("restart", "are you there?", {
      observer: { onNotice: ({ text }) => void notices.push(text) },
    });
    expect(result).toMatchObject({ ok: true, text: "there", thread: { resumed: true } });
    expect(seen.filter((text) => text === "are you there?")).toHaveLength(1);
    expect(notices).toContainEqual(expect.stringContaining("trying again"));
    const rows = await bridge.host.transcript("restart");
    expect(rows.map((row) => row.text)).toEqual(["first", "there", "are you there?", "there"]);
  });

  it("not when something was visible, and not twice", async () => {
    bridge.reply = () => [{ say: "half" }, { stall: true }];
    const result = await bridge.turn("no-restart", "go", { observer: { onPartialReply: () => killServers() } });
    expect(result.outcome).toMatchObject({ kind: "server_exit" });
    bridge.reply = () => {
      killServers();
      return [{ stall: true }];
    };
    expect((await bridge.turn("no-restart", "go")).outcome).toMatchObject({ kind: "server_exit" });
  });

  it("when the context overflowed: compacted first", async () => {
    const said: string[] = [];
    let overflowed = false;
    bridge.reply = ({ body, lastUserText }) => {
      if (lastUserText === "overflow" && !overflowed) {
        overflowed = true;
        return [{ failed: { code: "context_length_exceeded", message: "too long" } }];
      }
      said.push(JSON.stringify(body.input).includes("overflow") ? "answer" : "summary");
      return [{ say: said.at(-1)! }];
    };
    await bridge.turn("overflow", "hello");
    const phases: string[] = [];
    const result = await bridge.turn("overflow", "overflow", {
      observer: { onNotice: ({ text }) => void phases.push(text) },
    });
    expect(result).toMatchObject({ ok: true, text: "answer" });
    expect(phases).toContainEqual(expect.stringContaining("compacting"));
  });
});

describe("a turn that failed says why and what can be done", () => {
  it.each([
    ["insufficient_quota", "usage_limit", "wait"],
    ["server_is_overloaded", "overloaded", "retry"],
    ["invalid_prompt", "other", "report"],
  ])("%s: %s", async (code, category, action) => {
    bridge.reply = () => [{ failed: { code, message: `no: ${code}` } }];
    const result = await bridge.turn("failing", "go");
    const { outcome } = result;
    expect(outcome).toMatchObject({ kind: "failed", category, actions: expect.arrayContaining([action]) });
    if (outcome.kind !== "failed") throw new Error("unreachable");
    expect(result.entries.at(-1)).toMatchObject({ kind: "error", text: outcome.error.message });
    expect((await bridge.host.transcript("failing")).at(-1)).toEqual(result.entries.at(-1));
  });

  it("401: auth", async () => {
    bridge.reply = () => ({ status: 401, body: { error: { message: "who are you" } } });
    expect((await bridge.turn("failing", "go")).outcome).toMatchObject({ kind: "failed", category: "auth" });
  }, 20_000);
});

describe("a turn without a visible answer is classified", () => {
  it("silent: nothing is streamed, whatever the pieces", async () => {
    bridge.reply = () => [{ say: "NO_REPLY", chunkChars: 3, delayMs: 5 }];
    const shown: string[] = [];
    const result = await bridge.turn("silent", "psst", {
      observer: { onPartialReply: ({ delta }) => void shown.push(delta) },
    });
    expect(result).toMatchObject({ ok: true, classification: "silent", text: "NO_REPLY" });
    expect(shown).toEqual([]);
  });

  it("text that only begins like it is shown whole", async () => {
    bridge.reply = () => [{ say: "NO_REPLY is a token.", chunkChars: 3 }];
    const shown: string[] = [];
    const result = await bridge.turn("silent", "psst", {
      observer: { onPartialReply: ({ delta }) => void shown.push(delta) },
    });
    expect(shown.join("")).toBe("NO_REPLY is a token.");
    expect(result.classification).toBeUndefined();
  });

  it("empty, reasoning-only, planning-only", async () => {
    bridge.reply = () => [];
    expect((await bridge.turn("empty", "go")).classification).toBe("empty");
    bridge.reply = () => [{ think: "hm" }];
    expect((await bridge.turn("empty", "go")).classification).toBe("reasoning-only");
    bridge.reply = ({ step }) => (step === 0 ? [{ plan: [{ step: "look", status: "in_progress" }] }] : []);
    const plans: unknown[] = [];
    const planned = await bridge.turn("empty", "go", { observer: { onPlan: ({ steps }) => void plans.push(steps) } });
    expect(planned.classification).toBe("planning-only");
    expect(plans).toEqual([[expect.objectContaining({ step: "look", status: "inProgress" })]]);
    expect(planned.entries.at(-1)).toMatchObject({ kind: "plan", text: "[ ] look" });
  });
});

it("stops the server's turn at the run budget, so that the next one is not a steer", async () => {
  bridge.reply = () => [{ stall: true }];
  const result = await bridge.turn("budget", "wait", { timeoutMs: 500 });
  expect(result.outcome).toMatchObject({ kind: "timeout", clock: "run_budget" });
  bridge.reply = () => [{ say: "fresh" }];
  const next = await bridge.turn("budget", "again");
  expect(next).toMatchObject({ ok: true, text: "fresh" });
  expect(next.turnId).not.toBe(result.turnId);
});

it("leaves no tool call without an output in a thread whose server was killed in mid-command", async () => {
  bridge.reply = () => [{ shell: "sleep 20" }];
  await bridge.turn("cut off", "run it", {
    observer: { onTool: ({ phase }) => void (phase === "start" && setTimeout(killServers, 200)) },
  });
  let items: { type?: string; call_id?: string }[] = [];
  bridge.reply = ({ body }) => {
    items = body.input as typeof items;
    return [{ say: "on we go" }];
  };
  expect(await bridge.turn("cut off", "and now?")).toMatchObject({ ok: true, thread: { resumed: true } });
  const ids = (type: string) => items.flatMap((item) => (item.type === type ? [item.call_id] : []));
  expect(ids("function_call_output")).toEqual(ids("function_call"));
});

it("lets Codex finish a turn its host is done with, and interrupts one that does not", async () => {
  bridge.reply = () => [{ say: "first words, " }, { waitMs: 400 }, { say: "and the end" }];
  const release = (ms: number) => {
    let control: TurnControl | undefined;
    return {
      clocks: { releaseGraceMs: ms },
      onControl: (given: TurnControl) => {
        control = given;
      },
      observer: { onPartialReply: () => control?.release("the host has what it wanted") },
    };
  };
  expect((await bridge.turn("released", "go", release(5000))).outcome).toEqual({ kind: "completed" });
  const cut = await bridge.turn("released", "go", release(100));
  expect(cut.outcome).toEqual({ kind: "interrupted", by: "release" });
});
