import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRecording } from "../../src/replay/format/read.ts";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("record-cli");
afterAll(() => folder.remove());
const dir = (name: string) => path.join(folder.path, name);

const run = (...args: string[]) =>
  codexBridge(folder.path, ["run", "--scripted", "--json", "--state", dir("state"), ...args]);

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

  it("says by its exit code that a turn went well and its recording did not", async () => {
    const args = ["--record", dir("unsaved"), "--keep-text", `mine is q7Jx2mZ9${"vT4bL8nRw3Ks"}`];
    const result = await run(...args);
    expect(JSON.parse(result.stdout)).toMatchObject({
      ok: true,
      recording: { saved: false, error: { code: "recording_has_secrets" } },
    });
    expect(result.exitCode).toBe(3);
    expect(existsSync(dir("unsaved"))).toBe(false);
  });

  it("refuses an occupied folder and a lonely --keep-text before anything runs", async () => {
    mkdirSync(dir("mine/inside"), { recursive: true });
    const codes = [];
    writeFileSync(dir("file"), "");
    for (const args of [["--record", dir("mine")], ["--record", dir("file/a/b")], ["--keep-text"]]) {
      const result = await run(...args, "hello");
      const { error, turn } = JSON.parse(result.stdout);
      codes.push([result.exitCode, error.code, turn]);
      expect(error.remedy).toEqual(expect.any(String));
    }
    expect(codes).toEqual([
      [1, "recording_exists", undefined],
      [1, "recording_unwritable", undefined],
      [1, "record_option_alone", undefined],
    ]);
    expect(existsSync(dir("mine/inside"))).toBe(true);
  });
});
