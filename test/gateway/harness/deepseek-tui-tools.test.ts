import { describe, expect, it } from "vitest";
import { deepseekTui } from "../../../src/gateway/harness/deepseek-tui/deepseek-tui.ts";
import { applyHunks, parseDiff } from "../../../src/gateway/harness/deepseek-tui/patch.ts";
import type { JsonObject } from "../../../src/gateway/json.ts";
import { ran } from "../support/direct.ts";
import { callOf, commandOf, contextOf, runTool } from "../support/shape.ts";

const tool = (name: string) => deepseekTui.tools(contextOf()).find((each) => each.name === name);
const run = (name: string, input: JsonObject, ...outputs: string[]) =>
  runTool(tool(name), input, (_call, index) => outputs[index] ?? "");
const told = (...args: Parameters<typeof run>) => String(run(...args).result.content);
const updated = "Success. Updated the following files:\nM a\n";
const missing = ran("cat: a: No such file or directory", 1);

describe("results of deepseek-tui's tools", () => {
  it("of commands", () => {
    expect(told("exec_shell", { command: "ls" }, ran("a\n"))).toBe("a\n");
    expect(told("exec_shell", { command: "x" }, ran("bad\n", 2))).toBe(
      "Command failed (exit code: Some(2))\n\nSTDOUT:\nbad\n\n\nSTDERR:\n",
    );
    const { calls } = run("exec_shell", { command: "cat", stdin: "a'b", cwd: "sub dir", timeout_ms: 1500 }, ran(""));
    expect(calls[0]).toMatchObject({
      input: { cmd: "cd 'sub dir' && printf %s 'a'\\''b' | { cat\n}", yield_time_ms: 2000 },
    });
    const running = "Wall time: 1.0 seconds\nProcess running with session ID 7\nOutput:\nup\n";
    const start = told("exec_shell", { command: "x", background: true }, running);
    expect(start).toBe("task_id: shell-7\nstatus: running\n\nup\n");
    expect(told("exec_wait", { task_id: "shell-7", wait: true }, ran("bye\n"))).toBe(
      "task_id: shell-7\nstatus: completed\nexit_code: 0\n\nbye\n",
    );
    const earlier = [{ call: callOf("1", "exec_shell", "{}"), result: { content: start } }];
    const all = runTool(tool("exec_shell_cancel"), { all: true }, () => ran("", 130), { earlier });
    expect(all.calls[0]).toMatchObject({ input: { session_id: 7, chars: "\u0003" } });
    expect(told("exec_shell_cancel", { all: true })).toBe("Error: No task to stop.");
  });

  it("of git", () => {
    const cmd = (name: string, input: JsonObject = {}) => commandOf(run(name, input, ran("x")).calls[0]);
    expect(cmd("git_status")).toBe("git status --porcelain=v1 -b");
    expect(cmd("git_diff", { cached: true, path: "a b" })).toBe("git diff --cached --unified=3 -- 'a b'");
    expect(cmd("git_log", { author: "A B" })).toBe("git log --max-count=20 --author='A B'");
    expect(cmd("git_show", { rev: "HEAD", patch: false })).toBe("git show --stat HEAD");
    expect(cmd("git_blame", { path: "a", start_line: 5 })).toBe("git blame -L 5,+200 -- a");
    expect(told("git_status", {}, ran("fatal: no\n", 128))).toBe("Error: fatal: no");
  });

  it("of files", () => {
    expect(told("edit_file", { path: "a", search: "x", replace: "y" }, ran("1\nx\nx\n"), updated)).toBe(
      "--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n 1\n-x\n+y\n x\nReplaced 1 occurrence in a",
    );
    expect(told("edit_file", { path: "a", search: "z", replace: "y" }, ran("x\n"))).toMatch(/^Error: The search text/);
    expect(told("write_file", { path: "a", content: "x\n" }, missing, updated)).toBe(
      "--- a/a\n+++ b/a\n@@ -0,0 +1,1 @@\n+x\nCreated a (2 bytes)",
    );
    expect(told("write_file", { path: "a", content: "x\n" }, ran("y\n"), updated)).toMatch(/\nUpdated a \(2 bytes\)$/);
    expect(told("read_file", { path: "a", start_line: 2, max_lines: 1 }, ran("1\n2\n3\n"))).toBe("2\n");
    const call = { id: "c", name: "read_file", text: '{"path":"a"}', input: { path: "a" } };
    const earlier = Array(3).fill({ call, result: { content: "x" } });
    const again = (count: number) =>
      runTool(tool("read_file"), { path: "a" }, () => ran("x\n"), { call, earlier: earlier.slice(0, count) }).calls;
    expect(again(2)).toHaveLength(1);
    expect(again(3)).toHaveLength(0);
    expect(JSON.parse(told("list_dir", {}, ran("b\nsub/\n")))).toEqual([
      { name: "sub", is_dir: true },
      { name: "b", is_dir: false },
    ]);
  });

  it("of searches", () => {
    const lines = "a.ts-1-zero\na.ts:2:hit\na.ts-3-after\n--\nb.ts:9:hit\n";
    expect(JSON.parse(told("grep_files", { pattern: "hit", context_lines: 1, max_results: 1 }, ran(lines)))).toEqual({
      matches: [{ file: "a.ts", line_number: 2, line: "hit", context_before: ["zero"], context_after: ["after"] }],
      total_matches: 2,
      files_searched: 2,
      truncated: true,
    });
    const grep = run("grep_files", { pattern: "x", include: ["*.ts"], exclude: ["d/**"] }, ran("", 1));
    expect(commandOf(grep.calls[0])).toContain("--glob='*.ts' --glob='!d/**' -- x .");
    expect(
      JSON.parse(told("file_search", { query: "main", extensions: ["ts"] }, ran("x/domain.ts\nmain.js\nMain.ts\n"))),
    ).toEqual([
      { path: "Main.ts", name: "Main.ts", score: 100 },
      { path: "x/domain.ts", name: "domain.ts", score: 60 },
    ]);
  });

  it("of checklists, plans and questions", () => {
    const todos = [
      { content: "a", status: "in_progress" },
      { content: "b", status: "pending" },
    ];
    const first = run("checklist_write", { todos }, "Plan updated");
    const text = String(first.result.content);
    expect(text.split("\n", 1)[0]).toBe("Todo list updated (2 items, 0% complete)");
    expect(JSON.parse(text.slice(text.indexOf("{")))).toEqual({
      items: todos.map((each, index) => ({ id: index + 1, ...each })),
      completion_pct: 0,
      in_progress_id: 1,
    });
    const earlier = [{ call: callOf("1", "checklist_write", "{}"), result: first.result }];
    const next = (name: string, input: JsonObject) => runTool(tool(name), input, () => "Plan updated", { earlier });
    expect(next("todo_update", { id: 1, status: "completed" }).calls[0]).toMatchObject({
      input: {
        plan: [
          { step: "a", status: "completed" },
          { step: "b", status: "pending" },
        ],
      },
    });
    expect(String(next("checklist_update", { id: 1, status: "completed" }).result.content)).toContain(
      "(2 items, 50% complete)",
    );
    expect(next("checklist_update", { id: 9, status: "completed" }).result.content).toBe(
      "Error: The checklist has no step 9.",
    );
    expect(String(next("todo_add", { content: "c" }).result.content)).toContain('"id": 3');
    expect(String(next("checklist_list", {}).result.content)).toContain('"in_progress_id": 1');
    const plan = [{ step: "a", status: "completed" }];
    expect(told("update_plan", { plan }, "Plan updated")).toMatch(
      /^Plan updated: 0 pending, 0 in progress, 1 completed \(100% done\)\n\{/,
    );
    const options = ["x", "y"].map((label) => ({ label, description: label }));
    const questions = [{ header: "H", id: "mine", question: "Which?", options }];
    const answer = JSON.stringify({ answers: { q1: { answers: ["x"] } } });
    expect(JSON.parse(told("request_user_input", { questions }, answer))).toEqual({
      answers: { mine: { answers: ["x"] } },
    });
  });
});

describe("unified diffs", () => {
  const diff = (head: string, body: string) => `--- a/f\n+++ b/f\n${head}\n${body}`;

  it("become patches of Codex, one per file", () => {
    const patch = `${diff("@@ -1,2 +1,2 @@", " one\n-two\n+2\n")}--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+new\n--- a/g\n+++ /dev/null\n`;
    const { result, calls } = run("apply_patch", { patch }, ran("one\ntwo\n"), updated, updated, updated);
    expect(calls.slice(1).map(commandOf)).toEqual([
      expect.stringContaining("*** Update File: /w/f\n@@\n one\n-two\n+2\n"),
      expect.stringContaining("*** Add File: /w/n\n+new\n"),
      expect.stringContaining("*** Delete File: /w/g\n"),
    ]);
    expect(JSON.parse(String(result.content))).toMatchObject({
      success: true,
      files_applied: 3,
      hunks_applied: 2,
      touched_files: ["f", "n", "g"],
    });
    expect(told("apply_patch", { patch: diff("@@ -7 +7 @@", "-gone\n+x\n") }, ran("one\n"))).toBe(
      "Error: f: the hunk at line 7 does not fit. Expected these lines:\ngone",
    );
    expect(told("apply_patch", { patch: "words" })).toContain("no hunk");
    const changes = [{ path: "n", content: "x\n" }];
    expect(JSON.parse(told("apply_patch", { changes }, updated))).toMatchObject({ touched_files: ["n"] });
  });

  it("fit where their lines stand nearest to the place they name", () => {
    const [file] = parseDiff("@@ -3,1 +3,2 @@\n-x\n+y\n+--- z\n", "f");
    expect(file).toEqual({ path: "f", kind: "update", hunks: [{ line: 3, old: ["x"], fresh: ["y", "--- z"] }] });
    expect(
      parseDiff("--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n a\n-b\n+c\n\n@@\n-d\n+e\n--- a/g\n+++ b/g\n@@\n+h\n", undefined),
    ).toEqual([
      {
        path: "f",
        kind: "update",
        hunks: [
          { line: 1, old: ["a", "b", ""], fresh: ["a", "c", ""] },
          { line: 1, old: ["d"], fresh: ["e"] },
        ],
      },
      { path: "g", kind: "update", hunks: [{ line: 1, old: [], fresh: ["h"] }] },
    ]);
    expect(applyHunks(["x", "a", "b", "x"], file!.hunks, false)).toEqual(["x", "a", "b", "y", "--- z"]);
    expect(applyHunks(["x ", "a"], file!.hunks, false)).toEqual(file!.hunks[0]);
    expect(applyHunks(["x ", "a"], file!.hunks, true)).toEqual(["y", "--- z", "a"]);
  });
});
