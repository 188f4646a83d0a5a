import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { replayed } from "../../src/replay/play/replay.ts";
import { type Evidence, evidenceText, sealed, type Told } from "../../src/replay/prove/evidence.ts";
import { proved } from "../../src/replay/prove/prove.ts";
import { toldBy } from "../../src/replay/prove/prove-told.ts";
import { verifyEvidence } from "../../src/replay/prove/prove-verify.ts";
import { recordTo } from "../../src/replay/record/recorder.ts";
import { openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";
import "../support/same-cases.ts";

const folder = testFolder("prove");
afterAll(() => folder.remove());
const fixture = path.resolve(import.meta.dirname, "../../fixtures/0.125.0/tool-fails");
let count = 0;

function copyOf(recording = fixture): string {
  const dir = path.join(folder.path, `recording-${count++}`);
  cpSync(recording, dir, { recursive: true });
  return dir;
}

const told: Told = {
  harness: "codex",
  selection: "pinned to codex",
  fallback: "disabled",
  binary: "managed",
  sha256: "5".repeat(64),
  version: "0.125.0",
  userAgent: "",
  threadId: "0195-thread",
  turnId: "0195-turn",
};

/** A transcript as the host had it: the recording's, under other ids, between rows of other turns. */
async function transcriptOf(dir: string): Promise<Buffer> {
  const { entries } = replayed((await readRecording(dir)).lines);
  const { threadId, turnId } = entries[0]!.entry;
  const rename = (text: string): string =>
    text.replaceAll(threadId, told.threadId).replaceAll(turnId, told.turnId).replaceAll("call_1", "call_Qx7");
  const own = entries.map(({ entry }) => rename(JSON.stringify(entry)));
  const other = (turn: string): string[] =>
    own.map((line) => line.replaceAll(told.turnId, turn).replaceAll("call_Qx7", `call_${turn}`));
  return Buffer.from(`${[...other("before"), ...own, ...other("after")].join("\n")}\n`);
}

/** A recording of its own, its transcript, and the evidence of both. */
async function proof() {
  const dir = copyOf();
  const transcript = await transcriptOf(dir);
  const { userAgent } = (await readRecording(dir)).manifest.codex;
  const evidence = await proved({ dir, told: { ...told, userAgent }, transcript });
  return { dir, transcript, evidence, bytes: Buffer.from(evidenceText(evidence)) };
}

/** One byte more, less, or another. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  how: fc.nat(2),
  byte: fc.integer({ min: 0, max: 255 }),
});

function edited(bytes: Buffer, { at, how, byte }: { at: number; how: number; byte: number }): Buffer {
  const index = Math.min(bytes.length - 1, Math.floor(at * bytes.length));
  const between = how === 0 ? [byte] : how === 1 ? [] : [byte, bytes[index]!];
  const result = Buffer.concat([bytes.subarray(0, index), Buffer.from(between), bytes.subarray(index + 1)]);
  return result.equals(bytes) ? Buffer.concat([bytes, Buffer.from("x")]) : result;
}

describe("evidence", () => {
  it("of a real run, recorded without its texts, names runtime, items and rows", async () => {
    const recorder = recordTo({ dir: path.join(folder.path, "live") });
    const test = await openTestHost("prove-live", { recorder, pinnedHarness: "codex" });
    test.reply = ({ step }) => (step === 0 ? [{ shell: "echo hi" }] : [{ say: "done" }]);
    await test.turn("s", "before that");
    const result = await test.turn("s", "look");
    const transcript = readFileSync(result.transcriptFile);
    await test.close();
    const { dir } = await recorder.finish();
    const evidence = await proved({ dir, told: toldBy(result), transcript });
    expect(evidence.gaps).toEqual([]);
    expect(evidence).toMatchObject({ shown: true, told: { sha256: result.server.sha256, threadId: result.thread.id } });
    expect(evidence.entries.map(({ kind, by, item }) => [kind, by, item?.type]).slice(-3)).toEqual([
      ["user", "codex", "userMessage"],
      ["tool", "codex", "commandExecution"],
      ["assistant", "codex", "agentMessage"],
    ]);
    expect(evidence.transcript?.rows.map(({ id }) => id).slice(-3)).toEqual(result.entries.map(({ id }) => id));
    expect(evidenceText(evidence)).not.toContain(folder.path);
    const bytes = Buffer.from(evidenceText(evidence));
    expect(await verifyEvidence({ evidence: bytes, dir, transcript })).toMatchObject({ ok: true, shown: true });
    const server = { ...result.server, origin: "path" };
    const other = await proved({ dir, told: toldBy({ ...result, server }) });
    expect(other.gaps).toEqual([expect.stringMatching(/was path for the run, (?:managed|explicit) for the recording/)]);
  });

  it("is the same every time, and unedited matches what it is about", async () => {
    const { dir, transcript, evidence, bytes } = await proof();
    expect(evidence.gaps).toEqual([]);
    expect(evidence.transcript).toMatchObject({ others: 6, gaps: [] });
    expect(await proved({ dir, told: evidence.told, transcript })).toEqual(evidence);
    const checked = await verifyEvidence({ evidence: bytes, dir, transcript });
    expect(checked).toEqual({ ok: true, shown: true, mismatches: [], gaps: [], transcript: "checked" });
    expect(await verifyEvidence({ evidence: bytes, dir })).toMatchObject({ ok: true, transcript: "unchecked" });
  });

  it("names the line that told an item to its end", async () => {
    // The newest release tells of items once more when the turn ends.
    const dir = fixture.replace("0.125.0", "0.169.0");
    const evidence = await proved({ dir, told: null });
    const { lines } = await readRecording(dir);
    const named = evidence.entries.map(({ item }) => lines[item!.line - 1]!.message);
    expect(named.map((message) => (message as { method: string }).method)).toEqual(Array(3).fill("item/completed"));
    const items = named.map((message) => (message as { params: { item: { id: string } } }).params.item.id);
    expect(items).toEqual(evidence.entries.map(({ item }) => item!.id));
  });

  it("says what it does not show", async () => {
    const dir = copyOf();
    const nothing = await proved({ dir, told: null });
    expect(nothing).toMatchObject({ shown: false, gaps: [expect.stringContaining("told")] });
    const other = await proved({ dir, told: { ...told, harness: "other", fallback: "unknown", version: "0.1.0" } });
    expect(other.gaps).toHaveLength(5);
    const elsewhere = await proved({ dir, told: { ...told, binary: "remote", sha256: "" } });
    expect(elsewhere.gaps).toContainEqual(expect.stringContaining("differ in who ran the app-server"));
    const { transcript } = await proof();
    const altered = Buffer.from(transcript.toString().replaceAll('"text":"done"', '"text":"gone"'));
    const rows = (await proved({ dir, told, transcript: altered })).transcript;
    expect(rows?.gaps).toEqual([expect.stringContaining("is not as recorded")]);
  });

  it("is refused for a transcript of another run, or one it cannot find its rows in", async () => {
    const { dir, transcript } = await proof();
    const without = Buffer.from(transcript.toString().split("\n").slice(0, 1).join("\n"));
    await expect(proved({ dir, told, transcript: without })).rejects.toMatchObject({ code: "evidence_transcript" });
    await expect(proved({ dir, told: null, transcript })).rejects.toThrow("More than one");
    const swapped = Buffer.from(transcript.toString().replace(`${told.turnId}/call_Qx7`, `${told.turnId}/call_Other`));
    const lines = swapped.toString().split("\n");
    [lines[3], lines[4]] = [lines[4]!, lines[3]!];
    await expect(proved({ dir, told, transcript: Buffer.from(lines.join("\n")) })).rejects.toThrow("No rows");
  });
});

describe("no edit passes", () => {
  it("of a single byte of the evidence, the wire log, the manifest or the transcript", async () => {
    const { dir, transcript, bytes } = await proof();
    const files = { wire: path.join(dir, "wire.jsonl"), manifest: path.join(dir, "manifest.json") };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("evidence", "wire", "manifest", "transcript"), edit, async (what, change) => {
        const file = what === "wire" || what === "manifest" ? files[what] : undefined;
        const before = file === undefined ? undefined : readFileSync(file);
        if (file && before) writeFileSync(file, edited(before, change));
        const result = await verifyEvidence({
          evidence: what === "evidence" ? edited(bytes, change) : bytes,
          dir,
          transcript: what === "transcript" ? edited(transcript, change) : transcript,
        });
        if (file && before) writeFileSync(file, before);
        expect(result.ok, what).toBe(false);
        expect(result.mismatches.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
    expect(await verifyEvidence({ evidence: bytes, dir, transcript })).toMatchObject({ ok: true });
  });

  it("of any field that leaves the seal as it is, and of the seal", async () => {
    const { dir, transcript, evidence } = await proof();
    for (const leaf of leavesOf(evidence)) {
      const forged = Buffer.from(evidenceText(withOther(evidence, leaf)));
      const { ok } = await verifyEvidence({ evidence: forged, dir, transcript });
      expect(ok, leaf.join(".")).toBe(false);
    }
  });

  it("of any field, not even under a new seal, save of what only the run told", async () => {
    const { dir, transcript, evidence } = await proof();
    const { sha256: _, ...fields } = evidence;
    const leaves = leavesOf(fields);
    expect(leaves.length).toBeGreaterThan(60);
    const passed: string[] = [];
    for (const leaf of leaves) {
      const forged = sealed(withOther(fields, leaf) as Omit<Evidence, "sha256">);
      const result = await verifyEvidence({ evidence: Buffer.from(evidenceText(forged)), dir, transcript });
      if (result.ok && result.shown) passed.push(leaf.join("."));
    }
    // Nothing but its own word says why the harness was chosen and which executable ran: the docs say so.
    expect(passed).toEqual(["told.selection", "told.binary", "told.sha256"]);
  });

  it("names what does not match", async () => {
    const { dir, transcript, evidence, bytes } = await proof();
    const wire = path.join(dir, "wire.jsonl");
    const before = readFileSync(wire, "utf8");
    const mismatch = async (changed: Partial<Parameters<typeof verifyEvidence>[0]>) =>
      (await verifyEvidence({ evidence: bytes, dir, transcript, ...changed })).mismatches.join("\n");
    writeFileSync(wire, before.replace('"delta":"done"', '"delta":"gone"'));
    expect(await mismatch({})).toContain("wire.jsonl");
    writeFileSync(wire, before);
    expect(await mismatch({ transcript: Buffer.concat([transcript, Buffer.from("{}\n")]) })).toBe(
      "transcript: 3 bytes were added since; what was there before is checked",
    );
    expect(await mismatch({ transcript: transcript.subarray(1) })).toContain("transcript.bytes");
    const text = bytes.toString();
    expect(await mismatch({ evidence: Buffer.from(text.replace('"by": "codex"', '"by": "bridge"')) })).toContain(
      "entries.0.by",
    );
    expect(
      await mismatch({ evidence: Buffer.from(text.replace('{\n  "evidence"', '{\n  "evidence": 1,\n  "evidence"')) }),
    ).toBe("evidence: it is not written as evidence is");
    mkdirSync(path.join(dir, "payloads"), { recursive: true });
    writeFileSync(path.join(dir, "payloads", "0".repeat(64)), "new");
    expect(await mismatch({})).toContain("recording.files");
    expect(evidence.told?.fallback).toBe("disabled");
  });
});

describe("codex-bridge prove", () => {
  const run = async (...args: string[]) => {
    const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const code = await main(["node", "codex-bridge", "prove", ...args, "--json"]);
    const [stdout, stderr] = [out, err].map((spy) => spy.mock.calls.map(([text]) => String(text)).join(""));
    vi.restoreAllMocks();
    return { code, document: stdout ? JSON.parse(stdout) : undefined, stderr };
  };

  it("writes evidence and verifies it", async () => {
    const { dir, transcript } = await proof();
    const { userAgent } = (await readRecording(dir)).manifest.codex;
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(path.join(dir, name), content);
      return path.join(dir, name);
    };
    const rows = file("transcript.jsonl", transcript);
    const { version, sha256, threadId: id, turnId } = told;
    const server = { version, userAgent, sha256, binary: "/somewhere/codex" };
    const runFile = file(
      "run.json",
      JSON.stringify({ harness: "codex", selection: "pinned to codex", server, thread: { id }, turnId }),
    );
    const written = await run(dir, "--run", runFile, "--transcript", rows);
    expect(written).toMatchObject({ code: 0, document: { ok: true, gaps: [] } });
    expect(readFileSync(written.document.file, "utf8")).not.toContain("/somewhere");
    expect(await run("--verify", written.document.file, "--transcript", rows)).toMatchObject({
      code: 0,
      document: { ok: true },
    });
    file("transcript.jsonl", transcript.toString().replace("done", "gone"));
    expect(await run("--verify", written.document.file, "--transcript", rows)).toMatchObject({
      code: 1,
      document: { ok: false },
    });
  });

  it("says what it lacks", async () => {
    expect(await run("--session", "x", "--state", folder.path)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("evidence_without_recording"),
    });
    expect(await run(copyOf())).toMatchObject({
      code: 1,
      document: { ok: false, gaps: [expect.stringContaining("told")] },
    });
    expect((await run(copyOf(), "--run", path.join(fixture, "manifest.json"))).stderr).toContain("evidence_run");
  });
});

function leavesOf(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [[...at]];
  return Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...at, key]));
}

/** The same, with another value of the same type at a place. */
function withOther(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key !== undefined) {
    const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
    copy[key] = withOther(copy[key], rest);
    return copy;
  }
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (value === "managed") return "explicit";
  if (value === "disabled") return "unknown";
  if (value === "kept") return "blanked";
  if (value === "codex") return "bridge";
  return /^[0-9a-f]{64}$/.test(String(value)) ? "7".repeat(64) : value === null ? "disk" : `${String(value)}x`;
}
