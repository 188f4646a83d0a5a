import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { driftBetween } from "../../src/replay/drift/drift.ts";
import { judge, type Known } from "../../src/replay/drift/drift-known.ts";
import { loadSide } from "../../src/replay/drift/drift-load.ts";
import type { Side } from "../../src/replay/drift/drift-model.ts";
import { driftReport, isUnknown } from "../../src/replay/drift/drift-report.ts";
import { schemaDifferences } from "../../src/replay/drift/drift-schema.ts";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { replayed } from "../../src/replay/play/replay.ts";

const fixtures = path.resolve(import.meta.dirname, "../../fixtures");
const [floor, newest] = await Promise.all(["0.125.0", "0.169.0"].map((each) => loadSide(path.join(fixtures, each))));

afterEach(() => void vi.restoreAllMocks());

interface Wire {
  method?: string;
  params?: { item?: Record<string, unknown>; turn?: Record<string, unknown> };
}

/** A side whose recordings of some scenarios were changed, under the version of a release to come. */
function changed(side: Side, scenarios: readonly string[], change: (lines: RecordedLine[]) => RecordedLine[]): Side {
  const recordings = scenarios.map((scenario) => {
    const copy = structuredClone(side.recordings.get(scenario)!.lines) as RecordedLine[];
    const lines = change(copy).map((line, seq) => ({ ...line, seq }));
    return [scenario, { lines, again: replayed(lines) }] as const;
  });
  return { ...side, name: "changed", version: "0.170.0", recordings: new Map(recordings) };
}

function unknownAfter(change: (lines: RecordedLine[]) => RecordedLine[], scenarios = ["text"]): string[] {
  const drift = driftBetween(newest!, changed(newest!, scenarios, change));
  expect(drift.ok).toBe(!drift.differences.some(isUnknown));
  return drift.differences.filter(isUnknown).map(({ key }) => key);
}

const told = (lines: RecordedLine[], method: string): Wire[] =>
  lines.flatMap(({ dir, message }) => (dir === "s2c" && (message as Wire).method === method ? [message as Wire] : []));

describe("between the floor and the newest release", () => {
  const drift = driftBetween(floor!, newest!);

  it("everything that matters is known, and everything known is there", () => {
    expect(drift.differences.filter(isUnknown).map(({ key, scenarios }) => `${key} (${scenarios.join(", ")})`)).toEqual(
      [],
    );
    expect(drift.stale).toEqual([]);
    expect(drift).toMatchObject({ ok: true, from: "0.125.0", to: "0.169.0", withoutSchema: [] });
    expect(drift.scenarios.length).toBeGreaterThan(50);
  });

  it("all three levels are told, with reasons", () => {
    const known = drift.differences.filter(({ reason }) => reason !== undefined);
    expect(new Set(known.map(({ level }) => level))).toEqual(new Set(["schema", "wire", "projection"]));
    const report = driftReport(drift);
    expect(report).toContain("## Known, by reason");
    expect(report).toContain("+   = failed: context_overflow");
    expect(report).not.toContain("## Unknown");
  });

  it("is the same the other way round: the older comes first", () => {
    expect(driftBetween(newest!, floor!)).toEqual(drift);
  });

  it("would be unknown without the list, and only there", () => {
    const { differences, stale } = driftBetween(floor!, newest!, []);
    expect(differences.filter(isUnknown).length).toBeGreaterThan(50);
    expect(stale).toEqual([]);
  });
});

describe("a release to come", () => {
  it("that changes nothing is no drift, though nobody has its schema", () => {
    const drift = driftBetween(
      newest!,
      changed(newest!, ["text", "shell"], (lines) => lines),
    );
    expect(drift).toMatchObject({ ok: true, differences: [], stale: [], withoutSchema: ["0.170.0"] });
  });

  it("that leaves out a field, or makes it something else, is noticed", () => {
    const without = unknownAfter((lines) => {
      for (const { params } of told(lines, "item/completed")) delete params!.item!.phase;
      return lines;
    });
    expect(without).toEqual([
      "field: s2c item/completed<agentMessage> item<agentMessage>.phase went",
      expect.stringMatching(/^transcript: text: - assistant \(final_answer\) # \+ assistant #/),
    ]);
    const other = unknownAfter((lines) => {
      for (const { params } of told(lines, "turn/completed")) params!.turn!.startedAt = "today";
      for (const { params } of told(lines, "item/completed")) {
        if (params!.item!.type === "agentMessage") params!.item!.phase = 1;
      }
      return lines;
    });
    expect(other[0]).toBe("field: s2c item/completed<agentMessage> item<agentMessage>.phase was string, is number");
  });

  it("that says something new or keeps something to itself is noticed", () => {
    const said = unknownAfter((lines) => {
      const at = lines.findIndex(({ message }) => (message as Wire).method === "turn/started");
      const { tUs } = lines[at]!;
      const message = { method: "turn/pondered", params: { depth: 3 } };
      return [...lines.slice(0, at), { seq: 0, tUs, dir: "s2c", message }, ...lines.slice(at)];
    });
    expect(said).toEqual(["message: s2c turn/pondered came"]);
    const quiet = unknownAfter((lines) =>
      lines.filter(({ message }) => (message as Wire).method !== "thread/tokenUsage/updated"),
    );
    expect(quiet).toEqual(["message: s2c thread/tokenUsage/updated went"]);
  });

  it("that says things in another order is noticed, when it always did", () => {
    const isStatus = ({ message }: RecordedLine) => (message as Wire).method === "turn/started";
    const late = unknownAfter(
      (lines) => {
        const moved = lines.filter(isStatus);
        const rest = lines.filter((line) => !isStatus(line));
        const at = rest.findIndex(({ message }) => (message as Wire).method === "item/completed");
        return [
          ...rest.slice(0, at + 1),
          ...moved.map((line) => ({ ...line, tUs: rest[at]!.tUs })),
          ...rest.slice(at + 1),
        ];
      },
      ["text", "tool-text", "shell"],
    );
    expect(late).toContain("order: s2c item/completed<userMessage> now comes before s2c turn/started");
  });

  it("that does not answer as recorded when it is played live is noticed", () => {
    const live = changed(newest!, ["text"], (lines) => lines);
    const problems = ["wire.jsonl:9: it did not come."];
    const recordings = new Map([["text", { ...live.recordings.get("text")!, problems }]]);
    const { ok, differences } = driftBetween(newest!, { ...live, recordings, live: true });
    expect({ ok, keys: differences.filter(isUnknown).map(({ key }) => key) }).toEqual({
      ok: false,
      keys: ["replay: wire.jsonl:9: it did not come."],
    });
  });

  it("that makes something else of the same words is noticed", () => {
    const words = unknownAfter((lines) => JSON.parse(JSON.stringify(lines).replaceAll("inProgress", "running")));
    expect(words).toEqual([]);
    const text = unknownAfter((lines) => {
      for (const { params } of told(lines, "item/completed")) {
        if (params!.item!.type === "agentMessage") params!.item!.text = "something else";
      }
      return lines;
    });
    expect(text[0]).toMatch(/^transcript: text: .*something else/);
  });
});

describe("known differences", () => {
  const versions = { from: "0.125.0", to: "0.169.0" };
  const difference = { level: "wire", key: "message: s2c a went", details: [], matters: true } as const;
  const known: Known = [
    { reason: "because", between: ["0.130.0", "0.140.0"], differences: { "message: s2c a went": ["text"] } },
  ];
  const judged = (scenarios: string[], between = versions, list = known) =>
    judge([{ ...difference, scenarios }], between, new Set(["text", "shell"]), list);

  it("hold for their releases and scenarios only", () => {
    expect(judged(["text"]).differences[0]).toMatchObject({ reason: "because" });
    expect(judged(["text", "shell"]).differences[0]).not.toHaveProperty("reason");
    expect(judged(["text"], { from: "0.140.0", to: "0.169.0" }).differences[0]).not.toHaveProperty("reason");
    expect(judged(["text"], { from: "0.125.0", to: "0.130.0" }).differences[0]).not.toHaveProperty("reason");
  });

  it("that are not seen any more are stale, except a race", () => {
    const stale = (list: Known, between = versions) => judge([], between, new Set(["text"]), list).stale;
    expect(stale(known)).toEqual(["message: s2c a went (text)"]);
    expect(stale(known, { from: "0.140.0", to: "0.169.0" })).toEqual([]);
    expect(stale([{ ...known[0]!, sometimes: true }])).toEqual([]);
    expect(judge([], versions, new Set(["shell"]), known).stale).toEqual([]);
  });

  it("of a schema are by release", () => {
    const keys = (from: string, to: string) => schemaDifferences(from, to).map(({ key }) => key);
    expect(keys("0.147.0", "0.148.0")).toContain('reads error.codexErrorInfo: +"misalignmentPolicyViolation"');
    expect(keys("0.169.0", "0.169.0")).toEqual([]);
  });
});

describe("codex-bridge drift", () => {
  const run = async (...args: string[]) => {
    const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const code = await main(["node", "codex-bridge", ...args]);
    const [stdout, stderr] = [out, err].map((spy) => spy.mock.calls.map(([text]) => String(text)).join(""));
    vi.restoreAllMocks();
    return { code, stdout: stdout!, stderr: stderr! };
  };
  const at = (name: string) => path.join(fixtures, name);

  it("prints a report, or one document, and says with its exit code whether there is something to do", async () => {
    const same = await run("drift", at("0.169.0/text"), at("0.169.0/text"));
    expect(same).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing to do: 0 unknown") });
    // Not the same scenario: nothing to compare on the wire.
    const none = await run("drift", at("0.125.0/text"), at("0.169.0/shell"), "--json");
    expect(JSON.parse(none.stdout)).toMatchObject({ ok: true, scenarios: [], notCompared: ["text", "shell"] });
    expect(await run("drift", fixtures, at("0.169.0/text"))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("drift_nothing"),
    });
    await expect(loadSide("x".repeat(300))).rejects.toMatchObject({ code: "recording_missing" });
  });
});
