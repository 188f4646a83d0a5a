import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chain } from "../../src/replay/format/chain.ts";
import { testFolder } from "../support/home.ts";
import { fixturesFolder } from "./corpus-fixtures.ts";

const bin = path.resolve(import.meta.dirname, "../../bin");
const text = path.join(fixturesFolder, "0.125.0/text");
const folder = testFolder("replay-cli");
afterAll(() => folder.remove());

function run(script: string, args: readonly string[], env: Record<string, string> = {}, input = "") {
  const options = { env: { ...process.env, ...env }, input, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(bin, script), ...args], options);
  return { status, stdout, stderr };
}

/** A copy of a fixture, changed as somebody would who knows how recordings are checked. */
function changed(name: string, change: (lines: string[]) => string[]): string {
  const dir = path.join(folder.path, name);
  cpSync(text, dir, { recursive: true });
  const lines = change(readFileSync(path.join(dir, "wire.jsonl"), "utf8").trimEnd().split("\n"));
  writeFileSync(path.join(dir, "wire.jsonl"), lines.map((line) => `${line}\n`).join(""));
  const manifest = JSON.parse(readFileSync(path.join(dir, "manifest.json"), "utf8")) as object;
  const chainSha256 = lines.reduce(chain, "");
  writeFileSync(path.join(dir, "manifest.json"), JSON.stringify({ ...manifest, lines: lines.length, chainSha256 }));
  return dir;
}

describe("codex-bridge replay", () => {
  it("prints the transcript, and that it is the golden one", () => {
    const { status, stdout, stderr } = run("codex-bridge.js", ["replay", text]);
    expect([status, stdout]).toEqual([0, readFileSync(path.join(text, "transcript.txt"), "utf8")]);
    expect(stderr).toMatch(/^Codex 0\.125\.0, 2 turns through the reducer: as in transcript\.txt/);
  });

  it("tells in one document which line is wrong, and where the transcript is another", () => {
    const isEnd = (line: string): boolean => /"item\/completed".*"agentMessage"/.test(line);
    const dir = changed("edited", (lines) => {
      const at = lines.findIndex(isEnd);
      return lines.with(at, lines[at]!.replace("longer", "shorter"));
    });
    const { status, stdout } = run("codex-bridge.js", ["replay", "--json", dir]);
    const report = JSON.parse(stdout) as { findings: string[]; difference: { line: number } };
    expect([status, report]).toMatchObject([1, { ok: false, golden: "different" }]);
    expect(report.findings[0]).toMatch(/^wire\.jsonl:\d+: the words of msg_1 are not those that were streamed/);
    expect(report.difference).toMatchObject({
      expected: expect.stringContaining("longer"),
      found: expect.stringContaining("shorter"),
    });
  });

  it("says what is wrong with a folder that is no recording", () => {
    writeFileSync(path.join(folder.path, "a file"), "");
    mkdirSync(path.join(folder.path, "empty"));
    const given: [string, RegExp][] = [
      ["nowhere", /^recording_missing: There is nothing at .*nowhere\. Give the folder/],
      ["a file", /^recording_missing: .*a file is no folder/],
      ["empty", /^recording_missing: There is no recording in .*empty\. Give the folder/],
      ["n".repeat(5000), /^recording_missing: .* cannot be looked at \(ENAMETOOLONG\)\. Give the folder/],
      ["a file/below", /^recording_missing: There is nothing at|^recording_missing: .*\(ENOTDIR\)/],
    ];
    for (const [name, message] of given) {
      const { status, stderr } = run("codex-bridge.js", ["replay", path.join(folder.path, name)]);
      expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    }
    const { stderr } = run("codex-bridge.js", ["replay", path.dirname(text)]);
    expect(stderr).toMatch(/^recording_missing: There is no recording in .*\. Give one of the recordings in it, like /);
  });
});

describe("a recording that is started in place of codex", () => {
  const env = { CODEX_BRIDGE_REPLAY: text, CODEX_HOME: folder.path };

  it("says what its client should have said", () => {
    const { status, stderr } = run("codex-replay.js", ["app-server"], env);
    expect([status, stderr]).toEqual([
      3,
      expect.stringMatching(/^replay_mismatch: wire\.jsonl:\d+: initialize never came/),
    ]);
  });

  it("is not there when it is started more often than it was recorded", () => {
    const { status, stderr } = run("codex-replay.js", ["app-server"], env);
    expect([status, stderr]).toEqual([3, expect.stringMatching(/^replay_exhausted: Process 1 was started/)]);
  });

  it("answers with the line of what is not recorded, and ends", () => {
    const request = { id: "a", method: "model/list", params: {} };
    const { status, stdout } = run(
      "codex-bridge.js",
      ["replay", "serve", text, "--process", "0"],
      {},
      `${JSON.stringify(request)}\n`,
    );
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      id: "a",
      error: { message: expect.stringMatching(/^replay: wire\.jsonl:\d+: model\/list came/) },
    });
  });
});

describe("wrong words", () => {
  it("are told from wrong recordings", () => {
    const nowhere = path.join(folder.path, "nowhere-yet");
    const words: [string[], string][] = [
      [["trace", text, "--out", folder.path], "output_unwritable"],
      [["prove", text, "--out", folder.path], "output_unwritable"],
      [["prove", text, "--session", "nobody", "--state", folder.path], "session_unknown"],
      [["drift", nowhere, text], "drift_nothing"],
      [["drift", text, nowhere], "drift_nothing"],
      [["trace", nowhere], "recording_missing"],
      [["prove", nowhere], "recording_missing"],
    ];
    for (const [args, code] of words) {
      const { status, stderr } = run("codex-bridge.js", args);
      expect([args, status, stderr]).toEqual([args, 1, expect.stringMatching(new RegExp(`^${code}: .+\\. .+\\.\n$`))]);
    }
  });
});
