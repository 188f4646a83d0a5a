import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chain } from "../../src/replay/format/chain.ts";
import { maxInlineChars } from "../../src/replay/format/format.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { upgrade } from "../../src/replay/format/upgrade.ts";
import { type Recording, recordTo } from "../../src/replay/record/recorder.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("read");
afterAll(() => folder.remove());
const original = path.join(folder.path, "original");
const long = "a line of text\n".repeat(6000);
let copies = 0;

/** A recording as a real one is made, of a conversation that is made up. */
beforeAll(async () => {
  const recorder = recordTo({ dir: original, mode: "keep", scenario: "made up" });
  speak(recorder);
  expect(await recorder.finish()).toEqual({ saved: true, dir: original, lines: 9 });
});

function speak(recorder: Recording): void {
  const server = recorder.spawned(["app-server"]);
  const userAgent = "codex/0.169.0 (Linux; x86_64) xterm (t; 1)";
  server.line(
    "out",
    JSON.stringify({ id: 1, method: "initialize", params: { capabilities: { experimentalApi: true } } }),
  );
  server.line("in", JSON.stringify({ id: 1, result: { userAgent } }));
  server.ready({ version: "0.169.0", userAgent, untested: false });
  server.line("in", "not a message");
  server.line("in", JSON.stringify({ method: "warning", params: { message: long } }));
  server.line("in", JSON.stringify({ method: "warning", params: { message: long } }));
  server.line("in", JSON.stringify({ method: "x/y", params: { $payload: "0".repeat(64), chars: 3 } }));
  recorder.host({ event: "abort", session: "s" });
  server.exited({ exitCode: 0 }, "");
}

/** A copy in which the lines, and unless told otherwise the manifest, are changed. */
function changed(change: (lines: string[]) => string[], manifest: Record<string, unknown> = {}, sign = true): string {
  const dir = path.join(folder.path, `copy-${copies++}`);
  cpSync(original, dir, { recursive: true });
  const file = path.join(dir, "wire.jsonl");
  const lines = change(readFileSync(file, "utf8").trimEnd().split("\n"));
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  const before = JSON.parse(readFileSync(path.join(dir, "manifest.json"), "utf8"));
  const signed = sign ? { lines: lines.length, chainSha256: lines.reduce(chain, "") } : {};
  writeFileSync(path.join(dir, "manifest.json"), JSON.stringify({ ...before, ...signed, ...manifest }));
  return dir;
}

const edited = (index: number, edit: (line: string) => string) => (lines: string[]) =>
  lines.map((line, at) => (at === index ? edit(line) : line));

describe("a recording", () => {
  it("is read as it was told", async () => {
    const { manifest, lines } = await readRecording(original);
    expect(manifest).toMatchObject({
      format: 1,
      codex: { version: "0.169.0" },
      capabilities: { experimentalApi: true },
      scenario: "made up",
      redaction: { keepText: true },
      lines: 9,
    });
    expect(lines.map(({ seq, dir }) => [seq, dir])).toEqual(
      ["proc", "c2s", "s2c", "s2c", "s2c", "s2c", "s2c", "host", "proc"].map((dir, seq) => [seq, dir]),
    );
    expect(lines[3]!.message).toEqual({ $noise: "not a message" });
    expect(lines[5]!.message).toEqual({ method: "warning", params: { message: long } });
  });

  it("keeps a long text once, in a file of its own", () => {
    expect(long.length).toBeGreaterThan(maxInlineChars);
    expect(readdirSync(path.join(original, "payloads"))).toHaveLength(1);
    expect(readFileSync(path.join(original, "wire.jsonl"), "utf8").length).toBeLessThan(5000);
  });

  it("gives back a message that looks like a reference as it was", async () => {
    const { lines } = await readRecording(original);
    expect(lines[6]!.message).toEqual({ method: "x/y", params: { $payload: "0".repeat(64), chars: 3 } });
  });
});

describe("a broken recording", () => {
  const same = (lines: string[]) => lines;
  const broken: [string, () => string, RegExp][] = [
    [
      "an edited line",
      () =>
        changed(
          edited(4, (line) => line.replace("warning", "warming")),
          {},
          false,
        ),
      /wire\.jsonl.*chainSha256/,
    ],
    ["a dropped line", () => changed((lines) => lines.toSpliced(3, 1), {}, false), /chainSha256/],
    ["a hole in the sequence", () => changed((lines) => lines.toSpliced(3, 1)), /wire\.jsonl:4: seq is 4 where 3/],
    [
      "time that goes back",
      () => changed(edited(8, (line) => line.replace(/"tUs":\d+/, '"tUs":0'))),
      /wire\.jsonl:9: tUs goes back/,
    ],
    ["a line that is no JSON", () => changed(edited(2, () => "{")), /wire\.jsonl:3: it is no JSON/],
    ["an unknown direction", () => changed(edited(2, (line) => line.replace('"s2c"', '"s2s"'))), /wire\.jsonl:3: dir/],
    ["a wrong count", () => changed(same, { lines: 8 }), /9 lines, the manifest says 8/],
    ["no format", () => changed(same, { format: "1" }), /manifest\.json/],
    ["a format that never was", () => changed(same, { format: 0 }), /manifest\.json.*format 0/],
    ["a manifest without its facts", () => changed(same, { codex: 3 }), /manifest\.json: codex/],
    ["a line cut off", () => cutOff(), /wire\.jsonl:9: the line is cut off/],
    ["no lines at all", () => without("wire.jsonl"), /wire\.jsonl: the file is missing/],
    ["a missing payload", () => without("payloads"), /payloads.*the file is missing/],
    ["a changed payload", () => rewritten(), /payloads\/[0-9a-f]{64}: it was changed/],
    [
      "a payload elsewhere",
      () => pointing("../../../../etc/passwd"),
      /wire\.jsonl:5: it names a payload that cannot be one/,
    ],
    ["an absolute payload", () => pointing("/etc/passwd"), /wire\.jsonl:5: it names a payload/],
    ["a payload with another name", () => pointing("f".repeat(64)), /payloads\/f{64}: the file is missing/],
    [
      "a wrong length",
      () => changed(edited(4, (line) => line.replace(/"chars":\d+/, (chars) => `${chars}0`))),
      /wire\.jsonl:5.*not \d+0/,
    ],
    ["a payload that is a link", () => linked(), /payloads\/[0-9a-f]{64}: it cannot be opened/],
    [
      "depth",
      () =>
        changed(
          edited(4, (line) => line.replace('"message":{', `"message":{"deep":${"[".repeat(9000)}${"]".repeat(9000)},`)),
        ),
      /wire\.jsonl:5: nested/,
    ],
  ];

  it.each(broken)("with %s is refused by file and line", async (_what, make, message) => {
    await expect(readRecording(make())).rejects.toMatchObject({
      code: "recording_broken",
      message: expect.stringMatching(message),
    });
  });

  it("may not cost more than its reader wants", async () => {
    await expect(readRecording(original, { maxLineBytes: 100 })).rejects.toThrow(/wire\.jsonl:2: the line is longer/);
    await expect(readRecording(original, { maxFileBytes: 1000 })).rejects.toThrow(/larger than 1000 bytes/);
    // The same payload in two places counts twice: a small folder must not become a large memory.
    await expect(readRecording(original, { maxExpandedChars: long.length * 1.5 })).rejects.toThrow(
      /wire\.jsonl:6: .*too large/,
    );
  });

  function cutOff(): string {
    const dir = changed(same);
    const file = path.join(dir, "wire.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").slice(0, -1));
    return dir;
  }
  function without(name: string): string {
    const dir = changed(same);
    rmSync(path.join(dir, name), { recursive: true });
    return dir;
  }
  function payloadOf(dir: string): string {
    return path.join(dir, "payloads", readdirSync(path.join(dir, "payloads"))[0]!);
  }
  function rewritten(): string {
    const dir = changed(same);
    writeFileSync(payloadOf(dir), "x".repeat(long.length));
    return dir;
  }
  function linked(): string {
    const dir = changed(same);
    const file = payloadOf(dir);
    rmSync(file);
    symlinkSync(payloadOf(original), file);
    return dir;
  }
  function pointing(name: string): string {
    return changed(edited(4, (line) => line.replace(/"\$payload":"[^"]*"/, `"$payload":${JSON.stringify(name)}`)));
  }
});

describe("formats", () => {
  it("of the future are refused as such", async () => {
    const future = path.resolve(import.meta.dirname, "../../fixtures/constructed/from-the-future");
    await expect(readRecording(future)).rejects.toMatchObject({
      code: "recording_from_the_future",
      facts: { found: 1000, newest: 1 },
    });
  });

  it("of the past are upgraded one step at a time", () => {
    const step = (name: string) => (recording: Parameters<typeof upgrade>[0]) => ({
      manifest: { ...recording.manifest, steps: [...((recording.manifest.steps as string[]) ?? []), name] },
      lines: recording.lines.map((line) => `${line}${name}`),
    });
    const steps = { 1: step("b"), 2: step("c"), 0: step("a") };
    expect(upgrade({ manifest: { format: 1 }, lines: ["x"] }, 3, steps)).toEqual({
      manifest: { format: 3, steps: ["b", "c"] },
      lines: ["xbc"],
    });
    expect(() => upgrade({ manifest: { format: 1 }, lines: [] }, 3, { 2: step("c") })).toThrow(/format 1/);
  });
});
