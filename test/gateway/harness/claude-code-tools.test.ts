import { describe, expect, it } from "vitest";
import type { CompletedCall, ToolResult } from "../../../src/gateway/conversation/types.ts";
import { claudeCode } from "../../../src/gateway/harness/claude-code/claude-code.ts";
import type { JsonObject } from "../../../src/gateway/json.ts";
import { ran } from "../support/direct.ts";
import { callOf, commandOf, contextOf, runTool } from "../support/shape.ts";

const agents = ["spawn_agent", "wait_agent", "close_agent"].map((name) => ({
  kind: "function" as const,
  name,
  namespace: "multi_agent_v1",
  description: name,
  parameters: {},
}));
const context = contextOf({ offered: [...contextOf().offered, ...agents] });
const tool = (name: string) => claudeCode.tools(context).find((each) => each.name === name);
const failed = (words: string): string => `<tool_use_error>${words}</tool_use_error>`;
const gone = ran("cat: /w/a: No such file or directory\n", 1);
const updated = "Success. Updated the following files:\nM a\n";
const running = "Wall time: 1.0 seconds\nProcess running with session ID 77\nOutput:\nup\n";

function use(name: string, input: JsonObject, outputs: readonly string[] = [], earlier: readonly CompletedCall[] = []) {
  return runTool(tool(name), input, (_call, index) => outputs[index] ?? "", { earlier, context });
}
const told = (...args: Parameters<typeof use>) => use(...args).result.content;
const done = (name: string, input: JsonObject, result: string | ToolResult = "ok"): CompletedCall => ({
  call: callOf("e", name, JSON.stringify(input)),
  result: typeof result === "string" ? { content: result } : result,
});
const seen = (file: string, text: string) =>
  done("Read", { file_path: file }, { content: told("Read", { file_path: file }, [ran(text)]) });

describe("results of commands", () => {
  it("that ended, failed, were stopped, were declined, run in the background", () => {
    expect(use("Bash", { command: "make" }, [ran("\n  built \n\n")]).result).toEqual({
      content: "  built",
      isError: false,
    });
    expect(told("Bash", { command: "true" }, [ran("")])).toBe("(The command completed with no output)");
    expect(use("Bash", { command: "x" }, [ran("bad\n", 2)]).result).toEqual({
      content: "Exit code 2\nbad",
      isError: true,
    });
    expect(told("Bash", { command: "x" }, ["rejected by user"])).toBe(failed("rejected by user"));
    const waited = "Wall time: 700.0 seconds\nProcess running with session ID 77\nOutput:\nup\n";
    expect(use("Bash", { command: "x", timeout: 9e9 }, [waited, ran("bye", 130)]).result).toEqual({
      content: "command timed out after 600000 milliseconds\nup\nbye",
      isError: true,
    });
    const outside = use("Bash", { command: "x", dangerouslyDisableSandbox: true, description: "why" }, [ran("")]);
    expect(outside.calls[0]).toMatchObject({
      input: { sandbox_permissions: "require_escalated", justification: "why" },
    });
    const background = told("Bash", { command: "x", run_in_background: true }, [running]);
    expect(background).toBe("The command runs in the background.\ntask_id: bash-77\nstatus: running\n\nup");
    expect(told("TaskOutput", { task_id: "bash-77" }, [ran("bye\n", 1)])).toBe(
      "task_id: bash-77\nstatus: failed\nexit_code: 1\n\nbye",
    );
    expect(told("TaskOutput", { task_id: "bash-77", block: false }, [running])).toContain("status: running");
    expect(told("TaskStop", { shell_id: "bash-77" }, [ran("", 130)])).toBe(
      "task_id: bash-77\nstatus: stopped\nexit_code: 130",
    );
    expect(told("TaskOutput", { task_id: "x" })).toBe(
      failed('Nothing runs in the background as x. There is no task "x".'),
    );
  });
});

describe("results of reading", () => {
  const read = (input: JsonObject, ...outputs: string[]) => told("Read", { file_path: "/w/a", ...input }, outputs);

  it("a whole file, a part, an empty one", () => {
    expect(read({}, ran("one\ntwo\n"))).toBe("1\tone\n2\ttwo\n3\t");
    expect(read({}, ran("one\r\ntwo"))).toBe("1\tone\r\n2\ttwo");
    expect(read({ offset: 2 }, ran("one\ntwo\n"))).toBe("2\ttwo\n3\t");
    expect(read({ offset: 1, limit: 1 }, ran("one\ntwo\n"))).toBe("1\tone");
    expect(read({ offset: 9 }, ran("one\n"))).toContain("The file has 1 lines");
    expect(read({}, ran(""))).toMatch(/^<system-reminder>[\s\S]*empty/);
    const long = String(read({}, ran("x\n".repeat(2500))));
    expect(long).toMatch(/\n2000\tx\n<system-reminder>\n[^\n]*1 to 2000 of 2501/);
  });

  it("what cannot be read, or not at once", () => {
    expect(read({}, gone)).toBe(failed("File does not exist: /w/a. The working directory is /w."));
    expect(read({}, ran("cat: /w/a: Is a directory\n", 1))).toContain("is a directory");
    expect(read({}, ran("a\0b"))).toContain("not a text file");
    expect(read({ pages: "1-2" })).toContain("PDF");
    const cut = ran("x\n…99999 tokens truncated…\ny");
    expect(read({}, cut, ran("900000 /w/a\n"))).toContain("(879 KiB). Use offset and limit");
    expect(read({ offset: 5, limit: 2 }, cut, ran("900\n"), ran("five\nsix\n"))).toBe("5\tfive\n6\tsix");
    expect(read({ file_path: 3 })).toMatch(/^<tool_use_error>Invalid arguments: file_path: /);
  });
});

describe("changing files", () => {
  const edit = { file_path: "/w/a", old_string: "two", new_string: "2" };
  const text = "one\ntwo\n";

  it("needs that they were read, and are still what was read", () => {
    expect(told("Edit", edit)).toBe(
      failed("You have not read this file in this conversation. Read it, and then change it."),
    );
    expect(told("Edit", edit, [ran(text), updated], [seen("a", text)])).toMatch(/^The file \/w\/a has been updated/);
    expect(told("Edit", edit, [ran("0\ntwo\n"), updated], [seen("a", text)])).toContain("not what you read");
    const failedRead = done("Read", { file_path: "a" }, { content: "1\tx", isError: true });
    expect(told("Edit", edit, [], [failedRead])).toContain("not read");
    const part = done("Read", { file_path: "a", offset: 2 }, "2\ttwo");
    expect(told("Edit", edit, [ran("0\ntwo\n"), updated], [part])).toContain("has been updated");
    const own = done("Edit", { file_path: "a", old_string: "one", new_string: "1" });
    expect(told("Edit", edit, [ran("1\ntwo\n"), updated], [seen("a", text), own])).toContain("has been updated");
    expect(told("Edit", edit, [ran(text), updated], [seen("a", text), own])).toContain("not what you read");
    const written = done("Write", { file_path: "a", content: text });
    expect(told("Edit", edit, [ran(text), updated], [written])).toContain("has been updated");
  });

  it("says what does not fit", () => {
    const look = [seen("a", text)];
    expect(told("Edit", { ...edit, old_string: "x" }, [ran(text)], look)).toBe(
      failed("old_string does not stand in the file:\nx"),
    );
    expect(told("Edit", { ...edit, old_string: "o" }, [ran(text)], look)).toContain("stands there 2 times");
    expect(told("Edit", { ...edit, old_string: "o", replace_all: true }, [ran(text), updated], look)).toContain(
      "All occurrences were replaced",
    );
    expect(told("Edit", { ...edit, new_string: "two" })).toContain("is the same");
    expect(told("Edit", { ...edit, old_string: "" }, [ran(text)])).toContain("something is there already");
    expect(told("Edit", { ...edit, old_string: "", new_string: "x\n" }, [gone, updated])).toContain("created");
  });

  it("writes whole files, new ones without having read them", () => {
    const write = { file_path: "/w/a", content: "x\n" };
    expect(told("Write", write, [gone, updated])).toBe("File created successfully at: /w/a");
    expect(told("Write", write, [ran(text)])).toContain("not read");
    expect(told("Write", write, [ran(text), updated], [seen("a", text)])).toContain("has been updated");
    expect(told("Write", write, [ran("0"), updated], [seen("a", text)])).toContain("not what you read");
  });

  it("changes cells of notebooks and nothing else of them", () => {
    const cells = [
      { cell_type: "code", execution_count: 3, id: "k", metadata: {}, outputs: [1], source: ["é\n"] },
      { cell_type: "markdown", id: "m", metadata: {}, source: [] },
    ];
    const book = `${JSON.stringify({ zeta: 1, cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 2)}\n`;
    const change = (input: JsonObject) => {
      const args = { notebook_path: "/w/n.ipynb", new_source: "a\nb", ...input };
      const { result, calls } = use("NotebookEdit", args, [ran(book), updated], [seen("n.ipynb", book)]);
      return { content: result.content, patch: commandOf(calls[1]) };
    };
    const replaced = change({ cell_id: "k" });
    expect(replaced.content).toBe("Notebook /w/n.ipynb: replaced the cell.");
    expect(replaced.patch).toMatch(/-\s+"execution_count": 3,[\s\S]*\+\s+"execution_count": null,/);
    expect(replaced.patch).toMatch(/\+\s+"a\\n",\n\+\s+"b"/);
    expect(replaced.patch).not.toContain('-  "zeta"');
    expect(change({ cell_id: "cell-0", edit_mode: "insert", cell_type: "markdown" }).patch).toContain('"id": "cell-2"');
    expect(change({ cell_id: "m", edit_mode: "delete" }).patch).toMatch(/-\s+"id": "m"/);
    expect(change({ cell_id: "q" }).content).toBe(failed('There is no cell "q".'));
    expect(change({ edit_mode: "insert" }).content).toContain("cell_type is needed");
    expect(change({}).content).toContain("cell_id is needed");
    expect(told("NotebookEdit", { notebook_path: "/w/n.ipynb", new_source: "" })).toContain("not read");
  });
});

describe("results of searches", () => {
  it("of names", () => {
    const found = use("Glob", { pattern: "/w/src/*.ts" }, [ran("src/b.ts\n")]);
    expect(commandOf(found.calls[0])).toContain("--glob='/src/*.ts'");
    expect(found.result.content).toBe("/w/src/b.ts");
    expect(told("Glob", { pattern: "*" }, [ran("", 1)])).toBe("No files found");
    const many = Array.from({ length: 101 }, (_, index) => `f${index}`).join("\n");
    expect(told("Glob", { pattern: "*", path: "/" }, [ran(many)])).toMatch(
      /^\/f0\n[\s\S]*\/f99\n\(The first 100 of 101;/,
    );
  });

  it("of words", () => {
    expect(told("Grep", { pattern: "x" }, [ran("a\nb\n")])).toBe("Found 2 files\na\nb");
    expect(told("Grep", { pattern: "x" }, [ran("", 1)])).toBe("No files found");
    const lines = { pattern: "x", output_mode: "content", "-C": 2, "-A": 1, "-o": true, glob: "*.{a,b}, c" };
    const { result, calls } = use("Grep", { ...lines, head_limit: 1, offset: 1 }, [ran("a:1:x\na:2:x\na:3:x\n")]);
    expect(result.content).toBe("a:2:x\n(1 more lines; go on with offset 2.)");
    expect(commandOf(calls[0])).toContain(
      "--only-matching --before-context=2 --after-context=1 --glob='*.{a,b}' --glob=c -- x .",
    );
    expect(told("Grep", { ...lines, output_mode: "count" }, [ran("a:2\nb:1\n")])).toBe(
      "a:2\nb:1\n\nFound 3 total occurrences across 2 files.",
    );
  });
});

describe("the list of tasks", () => {
  it("is what the calls before made of it", () => {
    const create = (subject: string) => done("TaskCreate", { subject, description: `do ${subject}` });
    const before = [create("a"), create("b"), done("TaskUpdate", { taskId: "1", addBlocks: ["2"], owner: "me" })];
    const plan = use("TaskUpdate", { taskId: "2", status: "in_progress" }, ["Plan updated"], before);
    expect(plan.result.content).toBe("Updated task #2 status");
    expect(plan.calls[0]).toMatchObject({
      input: {
        plan: [
          { step: "a", status: "pending" },
          { step: "b", status: "in_progress" },
        ],
      },
    });
    expect(told("TaskList", {}, [], before)).toBe("#1 [pending] a (me)\n#2 [pending] b [blocked by #1]");
    expect(told("TaskGet", { taskId: "2" }, [], before)).toBe(
      "Task #2: b\nStatus: pending\nDescription: do b\nBlocked by: #1",
    );
    const without = [...before, done("TaskUpdate", { taskId: "1", status: "deleted" })];
    expect(told("TaskList", {}, [], without)).toBe("#2 [pending] b");
    expect(told("TaskCreate", { subject: "c", description: "" }, ["Plan updated"], without)).toContain("Task #3 ");
    expect(told("TaskUpdate", { taskId: "1", status: "pending" }, [], without)).toBe(failed("Task not found: 1"));
    expect(told("TaskList", {})).toBe("No tasks found");
  });
});

describe("an agent", () => {
  it("is started, waited for until its end, and closed", () => {
    const outputs = ['{"agent_id":"x"}', '{"status":{},"timed_out":true}', '{"status":{"x":{"completed":"42"}}}', "{}"];
    const { result, calls } = use("Agent", { description: "d", prompt: "p" }, outputs);
    expect(result.content).toEqual([{ type: "text", text: "42" }]);
    expect(calls.map(({ name, namespace }) => `${namespace}.${name}`)).toEqual(
      ["spawn_agent", "wait_agent", "wait_agent", "close_agent"].map((name) => `multi_agent_v1.${name}`),
    );
    expect(told("Agent", { description: "d", prompt: "p" }, ["too many agents"])).toBe(failed("too many agents"));
    const broken = ['{"agent_id":"x"}', '{"status":{"x":{"errored":"boom"}}}'];
    expect(told("Agent", { description: "d", prompt: "p" }, broken)).toContain("boom");
  });
});
