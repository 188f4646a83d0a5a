import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { readRecording } from "../../src/replay/format/read.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("record-cli");
afterAll(() => folder.remove());
const bin = path.resolve(import.meta.dirname, "../../bin/codex-bridge.js");
const dir = (name: string) => path.join(folder.path, name);

const run = (...args: string[]) =>
  execa(process.execPath, [bin, "run", "--scripted", "--json", "--state", dir("state"), ...args], {
    reject: false,
    extendEnv: false,
    env: { PATH: process.env.PATH ?? "", HOME: folder.path },
    cwd: folder.path,
  });

describe("codex-bridge run --record", () => {
  it("saves the session beside the turn and says where", async () => {
    const result = await run("--record", dir("blank"), "hello Ann");
    const document = JSON.parse(result.stdout);
    expect(document).toMatchObject({ ok: true, recording: { saved: true, dir: dir("blank") } });
    expect(result.stderr).toContain(dir("blank"));
    const { manifest, lines } = await readRecording(dir("blank"));
    expect(lines).toHaveLength(document.recording.lines);
    expect(manifest).toMatchObject({ command: "codex-bridge run --record DIR", redaction: { keepText: false } });
    expect(JSON.stringify(lines)).not.toContain("Ann");
  });

  it("keeps texts when told to", async () => {
    await run("--record", dir("keep"), "--keep-text", "hello Ann");
    expect(JSON.stringify((await readRecording(dir("keep"))).lines)).toContain("hello Ann");
  });

  it("records a turn that never began, too", async () => {
    const result = await run("--record", dir("refused"), "--codex", "./nowhere", "hello");
    expect(JSON.parse(result.stdout)).toMatchObject({ ok: false, error: { code: "codex_binary_not_found" } });
    expect((await readRecording(dir("refused"))).lines.at(-1)).toMatchObject({ message: { event: "result" } });
  });

  it("refuses an occupied folder and a lonely --keep-text before anything runs", async () => {
    mkdirSync(dir("mine/inside"), { recursive: true });
    const codes = [];
    for (const args of [["--record", dir("mine")], ["--keep-text"]]) {
      const result = await run(...args, "hello");
      codes.push([result.exitCode, JSON.parse(result.stdout).error.code]);
    }
    expect(codes).toEqual([
      [1, "recording_exists"],
      [1, "record_option_alone"],
    ]);
    expect(existsSync(dir("mine/inside"))).toBe(true);
  });
});
