import { describe, expect, it } from "vitest";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { FakeServer, type ReplayMismatchError } from "../../src/replay/play/fake-server.ts";
import { processesOf } from "../../src/replay/play/lanes.ts";

/* What a recorded server does with a client that is not the recorded one. */

const wire = (dir: "c2s" | "s2c", message: object): [typeof dir, object] => [dir, message];
const exchange = [
  wire("c2s", { id: 1, method: "initialize", params: { clientInfo: { name: "a" } } }),
  wire("s2c", { id: 1, result: { userAgent: "x/1.2.3 (y)" } }),
  wire("c2s", { id: 2, method: "thread/start", params: { cwd: "/p1", sandbox: "read-only" } }),
  wire("s2c", { id: 2, result: { thread: { id: "T" } } }),
  wire("c2s", { id: 3, method: "turn/start", params: { threadId: "T", input: [{ type: "text", text: "one" }] } }),
  wire("s2c", { id: 3, result: { turn: { id: "U" } } }),
  wire("s2c", { method: "item/tool/call", id: 0, params: { threadId: "T", turnId: "U", callId: "c" } }),
  wire("c2s", { id: 0, result: { success: true } }),
  wire("s2c", { method: "turn/completed", params: { threadId: "T", turn: { id: "U" } } }),
];

function recorded(pairs: readonly (readonly ["c2s" | "s2c", object])[]) {
  const lines: RecordedLine[] = [
    { seq: 0, tUs: 0, dir: "proc", message: { event: "spawn", args: [] } },
    ...pairs.map(([dir, message], index) => ({ seq: index + 1, tUs: index + 1, dir, message })),
  ];
  return processesOf(lines)[0]!;
}

function started(pairs: readonly (readonly ["c2s" | "s2c", object])[] = exchange) {
  const said: Record<string, unknown>[] = [];
  const mismatches: ReplayMismatchError[] = [];
  const server = new FakeServer({
    process: recorded(pairs),
    send: (line) => void said.push(JSON.parse(line)),
    exit: () => undefined,
    onMismatch: (error) => void mismatches.push(error),
  });
  return { server, said, mismatches };
}

const hello = { id: "first", method: "initialize", params: { clientInfo: { name: "somebody else" } } };
const start = { id: 7, method: "thread/start", params: { cwd: "/home/me", sandbox: "read-only" } };
const turn = { id: 8, method: "turn/start", params: { threadId: "T", input: [{ type: "text", text: "one" }] } };

describe("a recorded server", () => {
  it("answers under the ids of its client, with their type, and only what was caused", () => {
    const { server, said, mismatches } = started();
    expect(said).toEqual([]);
    for (const message of [hello, start, turn]) server.receive(message);
    expect(said.map(({ id, method }) => method ?? id)).toEqual(["first", 7, 8, "item/tool/call"]);
    // Its request is a gate: nothing goes on before the answer.
    server.receive({ id: 0, result: { success: true } });
    expect(said.at(-1)).toMatchObject({ method: "turn/completed" });
    expect([mismatches, server.missing, server.unsaid]).toEqual([[], [], []]);
    expect(server.end()).toBeUndefined();
  });

  it("names the line of what was recorded differently", () => {
    const { server, said, mismatches } = started();
    for (const message of [hello, start]) server.receive(message);
    server.receive({ ...turn, params: { ...turn.params, input: [{ type: "text", text: "two" }] } });
    expect(mismatches[0]?.message).toBe("wire.jsonl:6: turn/start differs from it at $.input[0].text.");
    expect(mismatches[0]).toMatchObject({ code: "replay_mismatch", facts: { line: 6, method: "turn/start" } });
    expect(said.at(-1)).toMatchObject({ id: 8, error: { data: { line: 6 } } });
  });

  it("names the line of what comes once more, and never says anything twice", () => {
    const { server, mismatches } = started();
    for (const message of [hello, start, start]) server.receive(message);
    expect(mismatches[0]?.message).toBe("wire.jsonl:4: thread/start came once more than it was recorded.");
  });

  it("names what comes next where something else comes", () => {
    const { server, mismatches } = started();
    server.receive(hello);
    server.receive({ id: 2, method: "thread/resume", params: { threadId: "T" } });
    expect(mismatches[0]?.message).toBe("wire.jsonl:4: thread/resume came, which was not recorded.");
    expect(mismatches[0]?.remedy).toBe("Recorded is thread/start.");
  });

  it("names the answer that is another one", () => {
    const { server, mismatches } = started();
    for (const message of [hello, start, turn, { id: 0, result: { success: false } }]) server.receive(message);
    expect(mismatches[0]?.message).toBe("wire.jsonl:9: the answer to item/tool/call differs from it at $.success.");
  });

  it("names what its client left out", () => {
    const { server } = started();
    for (const message of [hello, start]) server.receive(message);
    expect(server.end()?.message).toBe("wire.jsonl:6: turn/start never came.");
  });

  it("calls a thread by the name its client has for it", () => {
    const resumed = exchange.filter(([, message]) => (message as { id?: number }).id !== 2);
    const { server, said } = started(resumed);
    server.receive(hello);
    server.receive({ ...turn, params: { ...turn.params, threadId: "another" } });
    expect(said.at(-1)).toMatchObject({ method: "item/tool/call", params: { threadId: "another" } });
  });

  it("lets threads overtake each other", () => {
    const second = { id: 4, method: "turn/start", params: { threadId: "V", input: [{ type: "text", text: "other" }] } };
    const pairs = [...exchange.slice(0, 6), wire("c2s", second), wire("s2c", { id: 4, result: { turn: { id: "W" } } })];
    const { server, said } = started([...pairs, ...exchange.slice(6)]);
    server.receive(hello);
    server.receive({ ...second, id: 20 });
    expect(said.map(({ id }) => id)).toEqual(["first", 20]);
  });

  it("knows nothing of what a thread does after the recording's end, also while others are on their way there", () => {
    const second = { id: 4, method: "turn/start", params: { threadId: "V", input: [] } };
    const { server, said, mismatches } = started([...exchange, wire("c2s", second)]);
    for (const message of [hello, start, turn, { id: 0, result: { success: true } }]) server.receive(message);
    server.receive({ id: 9, method: "thread/name/set", params: { threadId: "T", name: "one" } });
    expect(said.at(-1)).toMatchObject({ id: 9, error: { message: "replay: the recording ends here" } });
    expect([mismatches, server.missing]).toMatchObject([[], [{ method: "turn/start" }]]);
    // What it has done before is done twice, and never right.
    server.receive({ ...turn, id: 10 });
    expect(mismatches).toHaveLength(1);
  });
});
