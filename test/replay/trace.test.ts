import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { barsOf } from "../../src/replay/trace/bars.ts";
import { firedClocks } from "../../src/replay/trace/fired-clocks.ts";
import { placeRows } from "../../src/replay/trace/rows.ts";
import { traceOf } from "../../src/replay/trace/trace.ts";
import { longRecording, manifestFor, Script } from "./trace-recording.ts";

const threadId = "t1";
const scope = { threadId, turnId: "u1" };
const clocks = { toolMs: 2_000, approvalMs: 400, quietProbeMs: 1_000 };

function turn(): Script {
  return new Script()
    .add("host", { event: "attempt", session: "s", prompt: "hello", settings: {}, clocks })
    .add("proc", { event: "spawn", args: [], version: "0.169.0" })
    .asked("c2s", "turn/start", { threadId }, 1_000, { turn: { id: "u1" } })
    .said("turn/started", { threadId, turn: { id: "u1" } });
}

const item = (type: string, id: string, more = {}) => ({ ...scope, item: { type, id, ...more } });
const labels = (lines: readonly RecordedLine[]) =>
  barsOf(lines).bars.map(({ lane, kind, label, state }) => `${lane} ${kind} ${state}: ${label}`);

describe("the bars of a recording", () => {
  it("has one for what began and ended, in the lane of who did it", () => {
    const script = turn().wait(500);
    script.said("item/started", item("commandExecution", "c", { command: "ls\n-l", status: "inProgress" }));
    const approval = { ...scope, itemId: "c", command: "ls" };
    script.asked("s2c", "item/commandExecution/requestApproval", approval, 100, { decision: "accept" });
    script.said("item/completed", item("commandExecution", "c", { command: "ls\n-l", status: "failed" }));
    script.asked("s2c", "item/tool/call", { ...scope, tool: "greet" }, 100, { success: false });
    script.said("turn/completed", { threadId, turn: { id: "u1", status: "completed" } });
    script.add("host", { event: "result", session: "s", threadId, turnId: "u1", outcome: { kind: "completed" } });
    script.add("proc", { event: "eof" }).add("proc", { event: "exit", code: 0, signal: null, stderr: "" });
    expect(labels(script.lines)).toEqual([
      "host attempt done: attempt: hello → completed",
      "app-server process done: codex app-server 0.169.0 → exit 0",
      "bridge request done: turn/start",
      "app-server turn done: turn → completed",
      "tools item failed: commandExecution: ls -l",
      "approvals approval done: item/commandExecution/requestApproval: ls → accept",
      "tools tool failed: item/tool/call: greet → no success",
    ]);
  });

  it("leaves open what has no end, up to where nobody could have ended it any more", () => {
    const script = turn().said("item/started", item("agentMessage", "a")).wait(700);
    script.add("proc", { event: "exit", code: null, signal: "SIGKILL", stderr: "" }).wait(5_000);
    script.add("host", { event: "restart" });
    const { bars } = barsOf(script.lines);
    const open = bars.filter(({ state }) => state === "open");
    expect(open.map(({ kind, endUs }) => [kind, endUs])).toEqual([
      ["attempt", 6_700],
      ["turn", 1_700],
      ["item", 1_700],
    ]);
    expect(bars.find(({ kind }) => kind === "process")?.state).toBe("failed");
  });

  it("keeps the requests of two servers apart, though their ids are the same", () => {
    const lines = new Script()
      .add("c2s", { id: 1, method: "initialize" })
      .add("c2s", { id: 1, method: "model/list" }, 1)
      .add("c2s", { id: "1", method: "thread/list" })
      .add("s2c", { id: 1, result: {} }, 1)
      .add("s2c", { id: "1", error: { code: -1, message: "no" } }).lines;
    expect(labels(lines)).toEqual([
      "bridge request open: initialize",
      "bridge request done: model/list",
      "bridge request failed: thread/list → refused: no",
    ]);
  });

  it("takes what makes no sense as it is", () => {
    const messages = [
      null,
      7,
      [],
      { id: 9, result: {} },
      { $noise: "WARN" },
      { method: "x", params: "y" },
      { event: 1 },
    ];
    const script = new Script();
    for (const dir of ["c2s", "s2c", "proc", "host"] as const) for (const message of messages) script.add(dir, message);
    const { bars, barOf } = barsOf(script.lines);
    expect(barOf).toHaveLength(script.lines.length);
    expect(bars.filter(({ label }) => label === "no message")).toHaveLength(2);
  });

  it("infers the calls of the model from what they cost", () => {
    const script = turn().wait(300_000).said("item/started", item("agentMessage", "a"));
    script.wait(50_000).said("item/agentMessage/delta", { ...scope, itemId: "a", delta: "x" });
    script.wait(9_000).said("thread/tokenUsage/updated", {
      ...scope,
      tokenUsage: { last: { inputTokens: 8, outputTokens: 3 } },
    });
    script.wait(1_000).said("error", { ...scope, error: { message: "429" }, willRetry: true });
    const calls = barsOf(script.lines).bars.filter(({ lane }) => lane === "model");
    expect(calls.map(({ label, startUs, endUs, inferred }) => [label, startUs, endUs, inferred])).toEqual([
      ["model call: 8 tokens in, 3 out", 1_000, 351_000, true],
      ["model call failed: 429", 360_000, 361_000, true],
    ]);
  });
});

describe("the rows of a lane", () => {
  it("are as few as there are bars at the same time, moments below", () => {
    const bar = (startUs: number, endUs: number, kind: "item" | "mark" = "item") => ({
      lane: "tools" as const,
      kind,
      label: "",
      startUs,
      endUs,
      first: 0,
      last: 0,
      state: "done" as const,
      row: -1,
    });
    const bars = [bar(0, 500), bar(100, 400), bar(500, 900), bar(450, 700), bar(450, 450, "mark")];
    placeRows(bars, 1_000);
    expect(bars.map(({ row }) => row)).toEqual([0, 1, 0, 1, 2]);
  });
});

describe("the clocks that fired", () => {
  it("are named by results, or known by the time that passed", () => {
    const script = turn();
    script.asked("s2c", "item/fileChange/requestApproval", { ...scope, itemId: "c" }, 401_000, { decision: "decline" });
    script.asked("s2c", "item/fileChange/requestApproval", { ...scope, itemId: "d" }, 200_000, { decision: "accept" });
    script.wait(1_002_000).add("c2s", { id: 90, method: "thread/read", params: { threadId } });
    script.asked("c2s", "turn/interrupt", { threadId, turnId: "u1" }, 10, {});
    const outcome = { kind: "timeout", clock: "run_budget" };
    script.add("host", { event: "result", session: "s", threadId, turnId: "u1", outcome });
    const fired = firedClocks(script.lines, barsOf(script.lines));
    expect(fired.map(({ name, named, seq }) => [name, named, script.lines[seq]?.dir])).toEqual([
      ["approvalMs", false, "c2s"],
      ["quietProbeMs", false, "c2s"],
      ["run_budget", true, "c2s"],
    ]);
  });
});

describe("the trace of a recording", () => {
  const fixtures = path.resolve(import.meta.dirname, "../../fixtures");
  const [version] = readdirSync(fixtures).filter((name) => name.startsWith("0."));

  it.each(["text", "tool-parallel", "approve-command-decline", "crash", "two-threads", "model-429"])(
    "of the fixture %s has a bar for every line and every entry",
    async (scenario) => {
      const releases = readdirSync(fixtures).filter((name) => name.startsWith("0.") && has(fixtures, name, scenario));
      expect(releases, `no release of ${version}… has it`).not.toEqual([]);
      for (const release of releases) {
        const recording = await readRecording(path.join(fixtures, release, scenario));
        const trace = traceOf(recording);
        expect(trace.problems).toEqual([]);
        expect(trace.barOf).toHaveLength(recording.lines.length);
        expect(trace.barOf.every((bar) => trace.bars[bar] !== undefined)).toBe(true);
        expect(trace.entries.length).toBeGreaterThan(1);
        expect(trace.entries.filter(({ bar }) => bar === undefined)).toEqual([]);
        expect(trace.bars.some(({ lane }) => lane === "model")).toBe(true);
      }
    },
  );

  it("says what is wrong with one that does not replay, and shows it all the same", () => {
    const script = turn().add("s2c", { id: 77, result: {} });
    script.add("host", { event: "entry", threadId, id: "t1/u1/a/assistant", kind: "assistant" });
    const trace = traceOf({ manifest: manifestFor(script.lines, "broken"), lines: script.lines });
    expect(trace.problems).toEqual([{ message: expect.stringContaining("which nobody made"), seq: 5 }]);
    expect(trace.entries.map(({ id, seq }) => [id, seq])).toEqual([["t1/u1/a/assistant", 6]]);
  });

  it("sorts 20,000 lines into bars in well under a second", () => {
    const lines = longRecording(20_000);
    const startedMs = performance.now();
    const { bars, streamed } = barsOf(lines);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(bars.length).toBeLessThan(400);
    expect(streamed.length).toBeGreaterThan(19_000);
  });
});

function has(fixtures: string, release: string, scenario: string): boolean {
  return readdirSync(path.join(fixtures, release)).includes(scenario);
}
