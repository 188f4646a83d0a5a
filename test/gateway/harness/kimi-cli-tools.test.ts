import { describe, expect, it } from "vitest";
import { kimiCli } from "../../../src/gateway/harness/kimi-cli/kimi-cli.ts";
import type { JsonObject } from "../../../src/gateway/json.ts";
import { ran } from "../support/direct.ts";
import { callOf, commandOf, contextOf, runTool } from "../support/shape.ts";

const tool = (name: string) => kimiCli.tools(contextOf()).find((each) => each.name === name);
const told = (name: string, input: JsonObject, ...outputs: string[]) =>
  runTool(tool(name), input, (_call, index) => outputs[index] ?? "").result.content;
const updated = "Success. Updated the following files:\nM a\n";
const running = "Wall time: 1.0 seconds\nProcess running with session ID 77\nOutput:\nup\n";

describe("results of kimi-cli's tools", () => {
  it("of commands", () => {
    expect(told("Shell", { command: "ls" }, ran("a\n"))).toBe("a\n");
    expect(told("Shell", { command: "true" }, ran(""))).toBe("<system>Command executed successfully.</system>");
    expect(told("Shell", { command: "false" }, ran("bad\n", 1))).toBe(
      "<system>ERROR: Command failed with exit code: 1.</system>\nbad\n",
    );
    const late = runTool(tool("Shell"), { command: "x", timeout: 900 }, (call) =>
      commandOf(call) === "\u0003"
        ? ran("^C", 130)
        : "Wall time: 300.0 seconds\nProcess running with session ID 7\nOutput:\n",
    );
    expect(late.result.content).toBe("<system>ERROR: Command killed by timeout (300s)</system>\n^C");
    // What Codex waited has fractions of milliseconds; what it is asked to wait may have none.
    const slow = runTool(tool("Shell"), { command: "x", timeout: 60 }, (_call, index) =>
      index === 0 ? "Wall time: 30.0012 seconds\nProcess running with session ID 7\nOutput:\n" : ran("done\n"),
    );
    expect(slow.result.content).toBe("done\n");
    expect(slow.calls.map(({ input }) => (input as JsonObject).yield_time_ms)).toEqual([30_000, 29_999]);
    expect(told("Shell", { command: "x" }, ran(`${"y".repeat(2001)}\n`))).toBe(`${"y".repeat(2000)}[...truncated]\n`);
    expect(told("Shell", { command: "x" }, "rejected by user")).toBe("<system>ERROR: rejected by user</system>");
    expect(told("Shell", {})).toMatch(/^<system>ERROR: Invalid arguments: command: /);
  });

  it("of commands in the background, which only the conversation remembers", () => {
    const input = { command: "serve", run_in_background: true };
    expect(told("Shell", input)).toBe("<system>ERROR: A command in the background needs a description.</system>");
    const start = told("Shell", { ...input, description: "the server" }, running) as string;
    expect(start).toContain("\ntask_id: bash-77\nstatus: running\n");
    expect(told("TaskOutput", { task_id: "bash-77" }, running)).toBe(
      "task_id: bash-77\nstatus: running\n\n[output]\nup\n",
    );
    const end = told("TaskOutput", { task_id: "bash-77", block: true }, ran("bye\n", 2)) as string;
    expect(end).toBe("task_id: bash-77\nstatus: failed\nexit_code: 2\n\n[output]\nbye\n");
    expect(told("TaskStop", { task_id: "bash-77" }, ran("", 130))).toBe(
      "task_id: bash-77\nstatus: stopped\nexit_code: 130\nreason: Stopped by TaskStop\n\n[output]\n(no new output)",
    );
    expect(told("TaskOutput", { task_id: "nope" })).toContain("ERROR: Task not found: nope.");
    const started = { call: callOf("1", "Shell", '{"description":"the server"}'), result: { content: start } };
    const ended = { call: callOf("2", "TaskOutput", "{}"), result: { content: end } };
    const list = (active_only: boolean, ...earlier: (typeof started)[]) =>
      runTool(tool("TaskList"), { active_only }, () => "", { earlier }).result.content;
    expect(list(true, started)).toBe("active_background_tasks: 1\n- bash-77 (running): the server");
    expect(list(true, started, ended)).toBe("active_background_tasks: 0");
    expect(list(false, started, ended)).toBe("background_tasks: 1\n- bash-77 (ended): the server");
  });

  it("of files", () => {
    expect(told("ReadFile", { path: "a" }, ran("one\ntwo\n"))).toBe(
      "<system>2 lines read from file starting from line 1. Total lines in file: 2. End of file reached.</system>\n     1\tone\n     2\ttwo",
    );
    expect(told("ReadFile", { path: "a", line_offset: -1 }, ran("one\ntwo\n"))).toContain("\n     2\ttwo");
    expect(told("ReadFile", { path: "a", n_lines: 1 }, ran("one\ntwo\n"))).toBe(
      "<system>1 line read from file starting from line 1. Total lines in file: 2.</system>\n     1\tone",
    );
    expect(told("ReadFile", { path: "a" }, ran(`${"z".repeat(2001)}\n`))).toMatch(
      /Lines 1 were truncated\.<\/system>\n {5}1\tz{2000}\.\.\.$/,
    );
    const long = told("ReadFile", { path: "a" }, ran(`${"z".repeat(1000)}\n`.repeat(150))) as string;
    expect(long).toContain("102 lines read");
    expect(long).toContain("Max 102400 bytes reached.");
    expect(told("ReadFile", { path: "a" }, ran("cat: a: No such file or directory", 1))).toContain(
      "`a` does not exist.",
    );
    expect(told("WriteFile", { path: "a", content: "é\n" }, updated)).toBe(
      "<system>File successfully overwritten. Current size: 3 bytes.</system>",
    );
    expect(told("WriteFile", { path: "a", content: "b\n", mode: "append" }, ran("a\n"), updated)).toBe(
      "<system>File successfully appended to. Current size: 4 bytes.</system>",
    );
    const edits = [
      { old: "a", new: "b", replace_all: true },
      { old: "c", new: "d" },
    ];
    const edited = runTool(tool("StrReplaceFile"), { path: "f", edit: edits }, (_call, index) =>
      index === 0 ? ran("a a c\n") : updated,
    );
    expect(commandOf(edited.calls[1])).toContain("-a a c\n+b b d\n");
    expect(edited.result.content).toBe(
      "<system>File successfully edited. Applied 2 edit(s) with 3 total replacement(s).</system>",
    );
    expect(told("StrReplaceFile", { path: "f", edit: { old: "x", new: "y" } }, ran("a\n"))).toMatch(
      /^<system>ERROR: No replacements were made/,
    );
  });

  it("of searches", () => {
    expect(told("Glob", { pattern: "**/*.py" })).toMatch(/^<system>ERROR: The pattern `\*\*\/\*\.py` begins with/);
    expect(told("Glob", { pattern: "*", directory: "/etc" })).toContain("outside of the working directory");
    expect(told("Glob", { pattern: "s*" }, ran("sa\n"), ran("./src\n./other\n"))).toBe(
      "<system>Found 2 matches for pattern `s*`.</system>\nsa\nsrc",
    );
    const lines = Array.from({ length: 5 }, (_, index) => `f${index}.ts`).join("\n");
    expect(told("Grep", { pattern: "x", head_limit: 2, offset: 1 }, ran(`${lines}\n`))).toBe(
      "<system>Results truncated to 2 lines (total: 5). Use offset=3 to see more.</system>\nf1.ts\nf2.ts",
    );
    expect(told("Grep", { pattern: "x", output_mode: "count_matches" }, ran("a:2\nb:3\n"))).toBe(
      "<system>Found 5 total occurrences across 2 files.</system>\na:2\nb:3",
    );
    expect(told("Grep", { pattern: "x" }, ran("", 1))).toBe("<system>No matches found.</system>");
    const content = {
      pattern: "x y",
      output_mode: "content",
      "-C": 2,
      "-i": true,
      glob: null,
      type: "ts",
      multiline: true,
    };
    const { calls } = runTool(tool("Grep"), content, () => ran("a:1:x y\n"));
    expect(commandOf(calls[0])).toMatch(
      /--line-number --ignore-case --multiline --multiline-dotall --before-context=2 --after-context=2 --type=ts -- 'x y' \.$/,
    );
  });

  it("of the plan and of questions", () => {
    const todos = [{ title: "edit", status: "in_progress" }];
    const set = runTool(tool("SetTodoList"), { todos }, () => "Plan updated");
    expect(set.calls[0]).toMatchObject({
      name: "update_plan",
      input: { plan: [{ step: "edit", status: "in_progress" }] },
    });
    expect(set.result.content).toBe("<system>Todo list updated</system>");
    const earlier = [{ call: callOf("1", "SetTodoList", JSON.stringify({ todos })), result: set.result }];
    const query = runTool(tool("SetTodoList"), { todos: null }, () => "", { earlier });
    expect(query.result.content).toBe("- [in_progress] edit");
    expect(told("SetTodoList", {})).toBe("The todo list is empty.");
    const options = ["a", "b", "c", "d"].map((label) => ({ label }));
    const asked = runTool(
      tool("AskUserQuestion"),
      { questions: [{ question: "Which?", options, multi_select: true }] },
      () => JSON.stringify({ answers: { q1: { answers: ["a", "d"] } } }),
    );
    expect(JSON.stringify(asked.calls[0])).toContain("Which? (Also possible: d.) (Several may be chosen.)");
    expect(asked.result.content).toBe('{"answers":{"Which?":"a, d"}}');
  });
});
