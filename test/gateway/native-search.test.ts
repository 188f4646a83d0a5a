import { describe, expect, it } from "vitest";
import { findFiles, listFolder } from "../../src/gateway/native/find-files.ts";
import { grep, hitOf } from "../../src/gateway/native/grep.ts";
import { readLines } from "../../src/gateway/native/read-lines.ts";
import type { NativeCall, OfferedTool, Program } from "../../src/gateway/native/types.ts";
import { ran } from "./support/direct.ts";
import { commandOf, contextOf } from "./support/shape.ts";

const at = { context: contextOf() };

function play<Result>(program: Program<Result>, ...outputs: string[]): { result: Result; commands: string[] } {
  const commands: string[] = [];
  let turn = program.next();
  while (!turn.done) {
    commands.push(commandOf(turn.value as NativeCall));
    const text = outputs[commands.length - 1] ?? "";
    turn = program.next({ text, parts: [{ type: "text", text }] });
  }
  return { result: turn.value, commands };
}

/** Where Codex runs commands without the user's profile when it is told to. */
const exec = { kind: "function", name: "exec_command", description: "", parameters: { properties: { login: {} } } };
const takesLogin = { context: contextOf({ offered: [exec as OfferedTool] }) };
const absent = ran("bash: rg: command not found\n", 127);
const cutOff =
  "Wall time: 0.1 seconds\nProcess exited with code 0\nWarning: truncated output (original token count: 99999)\nOutput:\nx";

describe("native searches", () => {
  it("find names with ripgrep, and with find where there is none", () => {
    const find = (pattern: string, ...outputs: string[]) => play(findFiles(at, { pattern, dir: "/w" }), ...outputs);
    expect(find("*.ts", ran("b.ts\na.ts\n"))).toEqual({
      commands: ["rg --files --sortr=modified --hidden --glob='!.git' --glob='/*.ts'"],
      result: { kind: "found", paths: ["b.ts", "a.ts"], cut: false },
    });
    expect(find("**/*", ran("a/b\n")).commands[0]).not.toContain("/**");
    expect(find("*.ts", absent, ran("./b.ts\n./sub/c.ts\n./a.ts\n")).result).toMatchObject({ paths: ["b.ts", "a.ts"] });
    const anywhere = play(findFiles(takesLogin, { pattern: "*", dir: "/w" }), absent, absent, ran("./a\n"));
    expect(anywhere.commands.map((command) => command.split(" ")[0])).toEqual(["rg", "rg", "find"]);
    expect(find("./it's*", ran("", 1))).toMatchObject({
      commands: [expect.stringContaining(`--glob='/it'\\''s*'`)],
      result: { paths: [] },
    });
    expect(find("[", ran("rg: bad glob\n", 2)).result).toEqual({ kind: "failed", text: "rg: bad glob" });
    expect(find("*", "rejected by user").result).toEqual({ kind: "failed", text: "rejected by user" });
    const folders = play(findFiles(at, { pattern: "s*", dir: "/w", folders: true }), ran("", 1), ran("./src\n./lib\n"));
    expect(folders.result).toMatchObject({ paths: ["src"] });
  });

  it("list a folder", () => {
    expect(play(listFolder(at, "/w/-x y"), ran("b\nsub/\na\n"))).toEqual({
      commands: ["ls -1Ap '/w/-x y'"],
      result: {
        kind: "entries",
        entries: [
          { name: "sub", folder: true },
          { name: "a", folder: false },
          { name: "b", folder: false },
        ],
      },
    });
    expect(play(listFolder(at, "/no"), ran("ls: no\n", 2)).result).toEqual({ kind: "failed", text: "ls: no" });
  });

  it("search texts with ripgrep, and with grep where there is none", () => {
    const options = { pattern: "-a b", workdir: "/w", mode: "lines", globs: ["src/*.ts", "!x"], before: 1 } as const;
    const { commands, result } = play(grep(at, options), absent, ran("./a.ts:3:-a b\n"));
    expect(commands).toEqual([
      "rg --color=never --no-heading --sort=path --hidden --glob='!.git' --with-filename --line-number --before-context=1 --glob='src/*.ts' --glob='!x' -- '-a b' .",
      "grep -rIE --exclude-dir=.git -Hn -B1 --include='*.ts' --exclude=x -e '-a b' -- .",
    ]);
    expect(result).toEqual({ kind: "found", lines: ["a.ts:3:-a b"], cut: false });
    const counts = play(grep(at, { pattern: "x", workdir: "/w", mode: "counts" }), absent, ran("a:0\nb:2\n"));
    expect(counts.result).toMatchObject({ lines: ["b:2"] });
    expect(play(grep(at, options), ran("what a profile prints\n", 1)).result).toMatchObject({ lines: [] });
    expect(play(grep(at, { ...options, multiline: true }), absent).result).toMatchObject({ kind: "failed" });
    expect(play(grep(at, { ...options }), ran("rg: regex parse error\n", 2)).result).toMatchObject({ kind: "failed" });
    expect(hitOf("a:b.ts:12:x:3:y")).toEqual({ path: "a:b.ts", line: 12, text: "x:3:y" });
    expect(hitOf("a.ts-12-x")).toBeUndefined();
  });

  it("read lines, of a file that is too large by its place", () => {
    const read = (from: number, count: number, ...outputs: string[]) =>
      play(readLines(at, { path: "/w/a", from, count }), ...outputs);
    expect(read(2, 1, ran("1\n2\n3")).result).toEqual({ kind: "lines", lines: ["2"], from: 2, total: 3, ended: false });
    expect(read(-2, 5, ran("1\n2\n3\n")).result).toEqual({
      kind: "lines",
      lines: ["2", "3"],
      from: 2,
      total: 3,
      ended: true,
    });
    expect(read(1, 5, ran("")).result).toEqual({ kind: "lines", lines: [], from: 1, total: 0, ended: false });
    expect(read(7, 2, cutOff, ran("99\n"), ran("7\n8\n"))).toEqual({
      commands: ["cat /w/a", "awk 'END { print NR }' /w/a", "sed -n '7,8p' /w/a"],
      result: { kind: "lines", lines: ["7", "8"], from: 7, total: 99 },
    });
    expect(read(-9, 2, cutOff, ran("99\n"), ran("91\n92\n"))).toMatchObject({
      commands: ["cat /w/a", "awk 'END { print NR }' /w/a", "sed -n '91,92p' /w/a"],
      result: { from: 91 },
    });
    expect(read(1, 1, ran("cat: a: No such file or directory", 1)).result).toEqual({ kind: "missing" });
  });
});
