import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDirect, output, ran, user } from "./support/direct.ts";
import { openGatewayHost } from "./support/host.ts";
import { probeHarness } from "./support/probe-harness.ts";
import { steps, toolResults } from "./support/script.ts";

/*
 * Nothing of a conversation is kept between requests. The same conversation therefore looks the same to the model after
 * a new process, a fork, a compaction; and what was signed by nobody counts for nothing.
 */

describe("a conversation on a real Codex", () => {
  let bridge: Awaited<ReturnType<typeof openGatewayHost>>;
  beforeAll(async () => {
    bridge = await openGatewayHost("continuity", { harness: "minimal", harnesses: { minimal: probeHarness } });
    writeFileSync(path.join(bridge.work, "a.txt"), "one\n");
  });
  afterAll(() => bridge.close());

  const work = steps(
    {
      think: "Hm.",
      say: "I look.",
      calls: [
        { name: "edit", args: { path: "a.txt", old: "one", new: "one" } },
        { name: "read", args: { path: "a.txt" } },
      ],
    },
    { say: "done" },
  );

  it("is told word for word after a restart of everything, and its beginning never changes", async () => {
    bridge.upstream.script = work;
    expect(await bridge.turn("s", "first")).toMatchObject({ ok: true, text: "done" });
    await bridge.restart();
    expect(await bridge.turn("s", "second", { developerInstructions: "Be kind." })).toMatchObject({
      ok: true,
      text: "done",
      thread: { resumed: true },
    });
    const { requests } = bridge.upstream;
    expect(requests).toHaveLength(4);
    for (const [index, { body }] of requests.entries()) {
      const before = requests[index - 1]?.body.messages ?? [];
      expect(body.messages.slice(0, before.length)).toEqual(before);
    }
    const facts = requests.map(({ body }) => JSON.parse(String(body.messages[0]?.content)));
    expect(new Set(facts.map((told) => JSON.stringify(told.facts))).size).toBe(1);
    // Instructions that are new stand where they were given: the prompt does not change.
    expect(facts.at(-1)?.developer).toEqual([]);
    expect(requests.at(-1)?.body.messages.findLast(({ role }) => role === "user")?.content).toBe(
      "<developer_instructions>\nBe kind.\n</developer_instructions>\n\nsecond",
    );
    expect(requests.at(-1)?.body.turnFacts).toEqual([{ entries: 1 }, { entries: 4 }]);
    expect(JSON.stringify(requests.at(-1)?.body.messages)).toContain('"reasoning_content":"Hm."');
  });

  it("goes along with a fork", async () => {
    bridge.upstream.script = work;
    await bridge.harness.fork({ key: "s", id: "s" }, { key: "t", id: "t" });
    const before = bridge.upstream.requests.at(-1)?.body.messages ?? [];
    expect(await bridge.turn("t", "third", { developerInstructions: "Be kind." })).toMatchObject({
      ok: true,
      text: "done",
    });
    const after = bridge.upstream.requests.at(-1)?.body.messages ?? [];
    expect(after.slice(0, before.length)).toEqual(before);
  });

  it("is summed up in words alone, and goes on from there", async () => {
    bridge.upstream.script = ({ body }) =>
      body.tools === undefined ? { say: "SUMMARY of it", calls: [{ name: "run", args: {} }] } : { say: "on" };
    expect(await bridge.harness.compact({ key: "s", id: "s" })).toMatchObject({ compacted: true });
    expect(await bridge.turn("s", "after")).toMatchObject({ ok: true, text: "on" });
    const told = JSON.stringify(bridge.upstream.requests.at(-1)?.body.messages);
    expect(told).toContain("SUMMARY of it");
    expect(told).not.toContain("tool_calls");
  });

  it("says of an interrupted call that it was, in the next turn", async () => {
    const abort = new AbortController();
    bridge.upstream.script = () => ({ calls: [{ name: "run", args: { cmd: "touch running; sleep 600" } }] });
    const result = await bridge.turn("cut", "go", {
      signal: abort.signal,
      observer: { onTool: ({ phase }) => void (phase === "start" && abort.abort()) },
    });
    expect(result.outcome.kind).toBe("interrupted");
    let results: string[] = [];
    bridge.upstream.script = (request) => {
      results = request.body.messages.flatMap(({ role, content }) => (role === "tool" ? [String(content)] : []));
      return { say: "I see" };
    };
    expect(await bridge.turn("cut", "what happened?")).toMatchObject({ ok: true, text: "I see" });
    expect(results).toHaveLength(1);
    expect(results[0]).toMatch(/interrupted|aborted/);
  });
});

describe("state that travels with the conversation", () => {
  const call = { calls: [{ id: "up-1", name: "exec_command", args: { cmd: "ls" } }] };

  it("is made by one gateway and read by the next, and by none without the key", async () => {
    const direct = await openDirect("state", ({ index }) => (index === 0 ? call : { say: "ok" }));
    const other = await openDirect("state-other", () => ({ say: "ok" }));
    const first = await direct.ask([user("hi")]);
    const [state, native] = first.items;
    expect(state?.encrypted_content).toMatch(/^cb1\./);
    expect(native).toMatchObject({ type: "function_call", name: "exec_command", arguments: '{"cmd":"ls"}' });
    const history = [user("hi"), ...first.items, output(native?.call_id ?? "", ran("a.txt\n"))];
    await direct.restart();
    await direct.ask(history);
    const told = direct.upstream.requests.at(-1)?.body.messages;
    expect(told?.slice(2)).toMatchObject([
      {
        role: "assistant",
        tool_calls: [{ id: "up-1", function: { name: "exec_command", arguments: '{"cmd":"ls"}' } }],
      },
      { role: "tool", tool_call_id: "up-1" },
    ]);
    // Without state the call is told as Codex has it: nothing is lost but the model's own id.
    const sealed = String(state?.encrypted_content);
    const forged = [sealed.slice(0, -2), `cb1.${Buffer.from('{"v":1}').toString("base64url")}.AAAA`, "cb1.", "other"];
    for (const encrypted_content of [undefined, null, ...forged]) {
      await direct.ask(history.map((item) => (item === state ? { ...state, encrypted_content } : item)));
      expect(direct.upstream.requests.at(-1)?.body.messages.slice(2)).toMatchObject([
        { role: "assistant", tool_calls: [{ id: native?.call_id, function: { name: "exec_command" } }] },
        { role: "tool", tool_call_id: native?.call_id },
      ]);
    }
    await other.ask(history);
    expect(JSON.stringify(other.upstream.requests.at(-1)?.body.messages)).not.toContain("up-1");
    await direct.close();
    await other.close();
  });

  it("lets a program go on in its own turn only", async () => {
    const answers = () => ({ calls: [{ name: "edit", args: { path: "/w/a", old: "one", new: "two" } }] });
    const direct = await openDirect("turns", answers, { harnesses: { minimal: probeHarness } });
    const first = await direct.ask([user("hi")], { turn: "t1" });
    const native = first.items.at(-1);
    expect(native).toMatchObject({ name: "exec_command", arguments: expect.stringContaining("cat /w/a") });
    const history = [user("hi"), ...first.items, output(native?.call_id ?? "", ran("one\n"))];
    const asked = direct.upstream.requests.length;
    const next = await direct.ask(history, { turn: "t1" });
    expect(next.items.at(-1)?.arguments).toContain("*** Update File: /w/a");
    expect(direct.upstream.requests).toHaveLength(asked);
    // What Codex asks twice is answered with the same call.
    expect((await direct.ask(history, { turn: "t1" })).items.at(-1)?.call_id).toBe(next.items.at(-1)?.call_id);
    direct.upstream.script = (request) => ({ say: toolResults(request).join() || "asked" });
    await direct.ask([...history, user("something else")], { turn: "t2" });
    expect(JSON.stringify(direct.upstream.requests.at(-1)?.body.messages)).toContain("interrupted");
    await direct.close();
  });

  it("ends a turn where a tool says so, without asking the model", async () => {
    const direct = await openDirect("ends", () => ({ calls: [{ name: "finish", args: { text: "bye" } }] }), {
      harnesses: { minimal: probeHarness },
    });
    const { items, last } = await direct.ask([user("hi")]);
    expect(last?.type).toBe("response.completed");
    expect(items.at(-1)).toMatchObject({ type: "message", content: [{ text: "bye" }] });
    expect(direct.upstream.requests).toHaveLength(1);
    await direct.close();
  });

  it("runs calls that may run together at once, and others one after the other", async () => {
    const read = (file: string) => ({ name: "read", args: { path: file } });
    const run = { name: "run", args: { cmd: "ls" } };
    const direct = await openDirect("order", () => ({ calls: [read("a"), read("b"), run, read("c")] }), {
      harnesses: { minimal: probeHarness },
    });
    const first = await direct.ask([user("hi")]);
    const calls = (items: typeof first.items) => items.filter(({ type }) => type === "function_call");
    expect(calls(first.items).map((item) => JSON.parse(item.arguments ?? "").cmd)).toEqual(["cat a", "cat b"]);
    const history: unknown[] = [user("hi"), ...first.items];
    for (const item of calls(first.items)) history.push(output(item.call_id ?? "", ran("x\n")));
    const second = await direct.ask(history);
    expect(calls(second.items).map((item) => JSON.parse(item.arguments ?? "").cmd)).toEqual(["ls"]);
    await direct.close();
  });
});
