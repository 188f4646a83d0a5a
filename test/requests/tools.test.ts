import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostTool } from "../../src/requests/types.ts";
import { openTestHost } from "../harness/fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
beforeAll(async () => {
  bridge = await openTestHost("tools");
});
afterAll(() => bridge.close());

const tool = (name: string, execute: HostTool["execute"], extra: Partial<HostTool> = {}): HostTool => ({
  name,
  description: `the tool ${name}`,
  inputSchema: { type: "object", properties: { q: { type: "string" } } },
  execute,
  ...extra,
});

/** One turn in which the model calls a tool once and repeats what it was told. */
async function callOnce(session: string, called: HostTool, extra: object = {}, args: unknown = { q: "x" }) {
  bridge.reply = ({ step, toolOutputs, body }) => {
    const sent = (body.tools as { name?: string }[] | undefined)?.map(({ name }) => name) ?? [];
    const name =
      sent.find((each) => each === called.name) ?? sent.find((each) => each?.startsWith("my_")) ?? called.name;
    return step === 0
      ? [{ call: name, args }]
      : [{ say: `told: ${toolOutputs.at(-1)?.text}`, phase: "final_answer" as const }];
  };
  return bridge.turn(session, "use it", { tools: [called], ...extra });
}

describe("a host tool", () => {
  it("is executed when Codex calls it, and its result reaches model and transcript", async () => {
    const calls: unknown[] = [];
    const result = await callOnce(
      "answered",
      tool("lookup", (args, call) => {
        calls.push([args, call.name]);
        return "forty-two";
      }),
    );
    expect(calls).toEqual([[{ q: "x" }, "lookup"]]);
    expect(result).toMatchObject({ ok: true, text: "told: forty-two" });
    expect(result.entries.find(({ kind }) => kind === "tool")?.tool).toMatchObject({
      name: "lookup",
      output: "forty-two",
      status: "completed",
    });
  });

  it.each<[string, HostTool, object, RegExp]>([
    ["throws", tool("bad", () => Promise.reject(new Error("no luck"))), {}, /failed: no luck/],
    ["throws something that is no error", tool("bad", () => Promise.reject(7)), {}, /no error/],
    ["gives back nonsense", tool("bad", () => ({ nonsense: 1 }) as never), {}, /no tool result/],
    [
      "never settles",
      tool("bad", () => new Promise<string>(() => undefined)),
      { clocks: { toolMs: 200 } },
      /did not finish within 200 ms/,
    ],
    [
      "has a limit of its own",
      tool("bad", () => new Promise<string>(() => undefined), { timeoutMs: 150 }),
      {},
      /within 150 ms/,
    ],
    [
      "is limited by configuration",
      tool("bad", () => new Promise<string>(() => undefined), { timeoutMs: 60_000 }),
      { toolTimeouts: { bad: 120 } },
      /within 120 ms/,
    ],
    [
      "is refused by policy",
      tool("bad", () => "ran"),
      { toolHooks: { before: async () => ({ block: "not allowed here" }) } },
      /not allowed here/,
    ],
  ])("that %s fails readably, and the turn goes on", async (what, bad, extra, words) => {
    const result = await callOnce(`bad ${what}`, bad, extra);
    expect(result).toMatchObject({ ok: true, text: expect.stringMatching(words) });
  });

  it("may have a name Codex does not take, and is found by it", async () => {
    const odd = tool("my tool!", () => "odd but fine");
    expect(await callOnce("odd", odd)).toMatchObject({ text: "told: odd but fine" });
  });

  it("that returns 200 MB is cut to both its ends", async () => {
    const huge = tool("huge", () => `begin${"x".repeat(200_000_000)}end`);
    const result = await callOnce("huge", huge);
    expect(result.ok).toBe(true);
    const output = result.entries.find(({ kind }) => kind === "tool")?.tool?.output ?? "";
    expect(output).toMatch(/^begin.*characters left out.*end$/s);
    expect(output.length).toBeLessThan(210_000);
  });

  it("does not lose time while a person is asked", async () => {
    const slow = tool("asks", async (_, call) =>
      call.waitForPerson(() => new Promise((done) => setTimeout(() => done("asked"), 400))),
    );
    expect(await callOnce("asks", slow, { clocks: { toolMs: 150 } })).toMatchObject({ text: "told: asked" });
  });

  it("is left out with a reason when its schema or name is unusable, and the thread starts all the same", async () => {
    const good = tool("good", () => "good");
    bridge.reply = ({ step }) => (step === 0 ? [{ call: "good", args: {} }] : [{ say: "fine" }]);
    const broken = [
      tool("broken", () => "x", { inputSchema: "no schema" }),
      tool("read", () => "x"),
      tool("good", () => "twin"),
    ];
    expect(await bridge.turn("left out", "go", { tools: [good, ...broken] })).toMatchObject({ ok: true, text: "fine" });
  });

  it("is stopped when the turn is interrupted", async () => {
    const abort = new AbortController();
    let stopped: unknown;
    const hanging = tool("hangs", (_, call) => {
      setTimeout(() => abort.abort(), 100);
      return new Promise<string>((_done) => {
        call.signal.addEventListener("abort", () => {
          stopped = call.signal.reason;
        });
      });
    });
    const result = await callOnce("interrupted", hanging, { signal: abort.signal });
    expect(result.outcome).toEqual({ kind: "interrupted", by: "host" });
    await expect.poll(() => stopped).toBeInstanceOf(Error);
  });
});

it("lets a person allow what Codex proposes as a rule, and is not asked for the like again", async () => {
  let asked = 0;
  const approve = async (ask: { decisions: readonly string[]; rule?: readonly string[] }) => {
    asked += 1;
    expect(ask.decisions).toContain("accept_rule");
    expect(ask.rule?.[0]).toBe("touch");
    return "accept_rule" as const;
  };
  bridge.reply = ({ step }) =>
    step < 2 ? [{ shell: "touch ruled.txt" }] : [{ say: "done", phase: "final_answer" as const }];
  const result = await bridge.turn("ruled", "go", { approve, approvalPolicy: "untrusted", sandbox: "workspace-write" });
  expect(result).toMatchObject({ ok: true, text: "done" });
  expect(asked).toBe(1);
});
