import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { TranscriptFile } from "../../src/host/transcript-file.ts";
import { agentHomeName } from "../../src/openclaw/agent-home.ts";
import { chain } from "../../src/replay/format/chain.ts";
import { defaultLimits, valuesIn } from "../../src/replay/format/files.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { recordedModel } from "../../src/replay/play/replay-model.ts";
import { proved } from "../../src/replay/prove/prove.ts";
import { fixtures } from "../replay/corpus-fixtures.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("hostile-recordings");
afterAll(() => folder.remove());
const original = fixtures.find(({ scenario }) => scenario === "text")!.dir;
let copies = 0;

/** A recording with these lines, signed as if it had been recorded like this. */
function made(lines: readonly string[]): string {
  copies += 1;
  const dir = path.join(folder.path, `copy-${copies}`);
  cpSync(original, dir, { recursive: true });
  writeFileSync(path.join(dir, "wire.jsonl"), lines.map((line) => `${line}\n`).join(""));
  const manifest = JSON.parse(readFileSync(path.join(dir, "manifest.json"), "utf8"));
  const signed = { lines: lines.length, chainSha256: lines.reduce(chain, "") };
  writeFileSync(path.join(dir, "manifest.json"), JSON.stringify({ ...manifest, ...signed }));
  return dir;
}
const line = (message: string, seq = 0): string => `{"seq":${seq},"tUs":0,"dir":"s2c","message":${message}}`;
const broken = (what: RegExp) => ({ code: "recording_broken", message: expect.stringMatching(what) });

describe("a recording that is made to cost more than it is worth", () => {
  it("with a file that is said to be huge", async () => {
    const dir = made([line("1")]);
    truncateSync(path.join(dir, "wire.jsonl"), 2 ** 40);
    await expect(readRecording(dir)).rejects.toMatchObject(broken(/larger than/));
  });

  it("with few bytes that are many values", async () => {
    const many = line(`[${"[],".repeat(5000)}1]`);
    expect(valuesIn(many)).toBeGreaterThanOrEqual(5000);
    await expect(readRecording(made([many]), { maxValues: 5000 })).rejects.toMatchObject(
      broken(/wire\.jsonl:1.*values/),
    );
    await expect(readRecording(made([line("1"), line("2", 1)]), { maxValues: 9 })).rejects.toMatchObject(
      broken(/wire\.jsonl:2/),
    );
    expect((await readRecording(made([many]))).lines).toHaveLength(1);
    expect(defaultLimits.maxValues).toBeLessThanOrEqual(20_000_000);
  });

  it("with payloads that are not there, in any number", async () => {
    const reference = `{"$payload":"${"a".repeat(64)}","chars":1}`;
    await expect(readRecording(made([line(`[${`${reference},`.repeat(2000)}1]`)]))).rejects.toMatchObject(
      broken(/missing/),
    );
    const huge = `{"$payload":"${"a".repeat(64)}","chars":1e15}`;
    await expect(readRecording(made([line(huge)]))).rejects.toMatchObject(broken(/too large/));
    const negative = `{"$payload":"${"a".repeat(64)}","chars":-1}`;
    await expect(readRecording(made([line(negative)]))).rejects.toMatchObject({ code: "recording_broken" });
  });

  it.each([210, 9000, 100_000])("with %i values inside each other", async (depth) => {
    const dir = made([line("[".repeat(depth) + "]".repeat(depth))]);
    await expect(readRecording(dir)).rejects.toMatchObject(broken(/nested/));
  });

  it("with keys that objects have by themselves", async () => {
    const { lines } = await readRecording(
      made([line('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')]),
    );
    expect(Object.getPrototypeOf(lines[0]!.message)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("a recording with something else in its place", () => {
  const secret = path.join(folder.path, "secret.txt");
  writeFileSync(secret, '{"lastUserText":"a","step":0,"reply":[]}\n');

  it.each(["wire.jsonl", "manifest.json"])("a link for %s is not followed", async (name) => {
    const dir = path.join(folder.path, `linked-${name}`);
    cpSync(original, dir, { recursive: true, filter: (source) => path.basename(source) !== name });
    symlinkSync(path.join(original, name), path.join(dir, name));
    await expect(readRecording(dir)).rejects.toMatchObject(broken(/cannot be opened/));
  });

  it("a link for the model's answers is not followed, and neither is one for a golden transcript", async () => {
    const dir = path.join(folder.path, "linked-model");
    cpSync(original, dir, {
      recursive: true,
      filter: (source) => !/model\.jsonl|transcript\.txt/.test(path.basename(source)),
    });
    symlinkSync(secret, path.join(dir, "model.jsonl"));
    symlinkSync(secret, path.join(dir, "transcript.txt"));
    await expect(recordedModel(dir, (value) => value)).rejects.toMatchObject(
      broken(/model\.jsonl: it cannot be opened/),
    );
    const { runReplay } = await import("../../src/cli/replay-report.ts");
    await expect(runReplay(dir, { json: true })).rejects.toMatchObject(broken(/transcript\.txt: it cannot be opened/));
  });

  it("neither a link nor a pipe among its payloads is read for the evidence", async () => {
    const dir = path.join(folder.path, "linked-payload");
    cpSync(original, dir, { recursive: true });
    mkdirSync(path.join(dir, "payloads"), { recursive: true });
    await execa("mkfifo", [path.join(dir, "payloads", "a".repeat(64))]);
    await expect(proved({ dir, told: null })).rejects.toMatchObject(broken(/no regular file/));
  });

  it("answers of the model that are none are refused by their line", async () => {
    const dir = made([line("1")]);
    for (const text of ["{", "null", '{"lastUserText":1}']) {
      writeFileSync(path.join(dir, "model.jsonl"), `${text}\n`);
      await expect(recordedModel(dir, (value) => value)).rejects.toMatchObject(broken(/model\.jsonl:1/));
    }
  });
});

describe("names that others choose", () => {
  const hostile = [
    "..",
    ".",
    "",
    "../../etc/passwd",
    "/etc/passwd",
    "a\0b",
    "C:\\x",
    "x".repeat(5000),
    "\ud800",
    "-rf",
    "~",
    "__proto__",
    "a\nb",
    "é",
    "日本",
  ];

  it.each(hostile)("the transcript of session %j stays in its folder", async (key) => {
    const root = path.join(folder.path, "transcripts");
    const transcript = new TranscriptFile(root, key);
    expect(path.dirname(transcript.file)).toBe(root);
    await transcript.append([{ id: "t/u/i/user", kind: "user", threadId: "t", turnId: "u", itemId: "i", text: "x" }]);
    expect(readdirSync(root)).toContain(path.basename(transcript.file));
  });

  it("no two sessions share a transcript", () => {
    expect(new Set(hostile.map((key) => new TranscriptFile("/x", key).file)).size).toBe(hostile.length);
  });

  it("the home of an agent is a folder of its own, one per agent", () => {
    const names = hostile.map(agentHomeName);
    expect(new Set(names).size).toBe(hostile.length);
    for (const name of names) {
      expect(path.dirname(path.join("/state/homes", name))).toBe("/state/homes");
      expect(path.join("/state/homes", name)).not.toBe("/state/homes");
      expect(name.length).toBeLessThan(200);
    }
    expect(agentHomeName("main")).toBe("main");
  });
});
