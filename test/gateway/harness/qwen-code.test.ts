import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { qwenCode } from "../../../src/gateway/harness/qwen-code/qwen-code.ts";
import { observeSetup, treeOf } from "../../../src/gateway/harness/qwen-code/setup.ts";
import { testFolder } from "../../support/home.ts";
import { ran } from "../support/direct.ts";
import {
  answered,
  bodyOf,
  callOf,
  commandOf,
  contextOf,
  conversationOf,
  hostTool,
  notation,
  openBytes,
  runTool,
  said,
} from "../support/shape.ts";

const setup = { date: "Friday, November 20, 2026", platform: "linux", tree: "/w/\n└───a.txt", repository: true };
const context = contextOf({ facts: setup });
const tool = (name: string) => qwenCode.tools(context).find((each) => each.name === name);
const folder = testFolder("qwen-shape");
afterAll(() => folder.remove());

describe("what qwen-code sends", () => {
  it("has the fields, scalars and first messages of Qwen Code", () => {
    const body = bodyOf(qwenCode, context, conversationOf([said("hello")]));
    expect(Object.keys(body)).toEqual(["model", "messages", "stream", "stream_options", "tools", "max_tokens"]);
    expect(body).toMatchObject({
      model: "m-1",
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 8000,
    });
    expect(body.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    const [, first, second, third] = body.messages;
    const [{ text }] = first!.content as [{ text: string }];
    const lines = text.split("\n");
    expect(lines[1]).toContain("Friday, November 20, 2026");
    expect(lines[2]).toContain("linux");
    expect(lines[3]).toContain("/w");
    expect(lines.slice(5)).toEqual(["", "Showing up to 20 items:", "", "/w/", "└───a.txt"]);
    expect(String(second?.content)).toHaveLength(31);
    expect(third).toEqual({ role: "user", content: [{ type: "text", text: "hello" }] });
  });

  it("advertises the tools it can map, with the parameters of Qwen Code", () => {
    expect(qwenCode.tools(contextOf({ offered: [...context.offered, hostTool] })).map(notation)).toEqual([
      "task_stop(task_id!:str)",
      "list_directory(path!:str, ignore:[str], file_filtering_options:{respect_git_ignore:bool, respect_qwen_ignore:bool})",
      "read_file(file_path!:str, offset:num, limit:num, pages:str)",
      "grep_search(pattern!:str, glob:str, path:str, limit:num)",
      "glob(pattern!:str, path:str)",
      "edit(file_path!:str, old_string!:str, new_string!:str, replace_all:bool)",
      "write_file(file_path!:str, content!:str)",
      "run_shell_command(command!:str, is_background:bool, timeout:num, description:str, directory:str)",
      "todo_write(todos!:[{content!:str(minLen 1), status!:enum(pending,in_progress,completed), id!:str}])",
      "ask_user_question(questions!:[{question!:str, header!:str, options!:[{label!:str, description!:str}]{2..4}, multiSelect:bool=false}]{1..4})",
      "host__lookup(q:str)",
    ]);
    const bare = contextOf({ offered: context.offered.slice(0, 2) });
    expect(qwenCode.tools(bare).map(({ name }) => name)).not.toContain("todo_write");
    expect(qwenCode.tools(bare).map(({ name }) => name)).not.toContain("ask_user_question");
    expect(JSON.stringify(tool("read_file")?.parameters)).not.toMatch(/\$schema|additionalProperties/);
  });

  it("lays out calls, results and thinking, and only ever appends", () => {
    const entries = [
      said("hello"),
      answered(
        "Looking.",
        [
          [callOf("c1", "read_file", '{ "limit": 5, "x": 1, "file_path": "/w/a" }'), "one"],
          [callOf("c2", "glob", '{ "pattern": "*" }'), "two"],
        ],
        "Hm.\n\n",
      ),
      answered("", [[callOf("c3", "run_shell_command", '{"command":"ls"}'), "three"]]),
      answered("Done."),
      said("more"),
    ];
    const bodies = [1, 2, 3, 5].map((count) => bodyOf(qwenCode, context, conversationOf(entries.slice(0, count))));
    for (const [index, body] of bodies.slice(1).entries()) {
      expect(openBytes(body).startsWith(openBytes(bodies[index]!))).toBe(true);
      expect(body.tools).toEqual(bodies[0]?.tools);
    }
    expect(bodies[2]?.messages.slice(4)).toEqual([
      {
        role: "assistant",
        content: "Looking.",
        reasoning_content: "Hm.",
        tool_calls: [
          {
            id: "c1",
            type: "function",
            function: { name: "read_file", arguments: '{"limit":5,"x":1,"file_path":"/w/a"}' },
          },
          { id: "c2", type: "function", function: { name: "glob", arguments: '{"pattern":"*"}' } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "one" }] },
      { role: "tool", tool_call_id: "c2", content: [{ type: "text", text: "two" }] },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c3", type: "function", function: { name: "run_shell_command", arguments: '{"command":"ls"}' } },
        ],
      },
      { role: "tool", tool_call_id: "c3", content: [{ type: "text", text: "three" }] },
    ]);
    const silent = answered("", [[callOf("c1", "glob", "{}"), "x"]], "Hm.");
    expect(bodyOf(qwenCode, context, conversationOf([said("a"), silent])).messages[4]?.content).toBe("");
  });

  it("puts developer instructions, documents and the repository into the prompt, and sends no tools for a summary", () => {
    const more = { developer: ["Be kind."], documents: [{ place: "/w", text: "Use tabs." }] };
    const prompt = (told = context) =>
      String(bodyOf(qwenCode, told, conversationOf([said("x")], more)).messages[0]?.content);
    expect(prompt()).toMatch(
      /Use tabs\.[\s\S]*# Final Reminder[\s\S]*# Additional Developer Instructions\n\nBe kind\.$/,
    );
    expect(prompt()).toContain("# Git Repository");
    expect(prompt({ ...context, strict: true })).not.toContain("Be kind.");
    expect(prompt({ ...context, facts: { ...setup, repository: false } })).not.toContain("# Git Repository");
    const summary = bodyOf(qwenCode, context, conversationOf([said("sum up")], { purpose: "compaction" }));
    expect(Object.keys(summary)).not.toContain("tools");
  });
});

describe("what qwen-code sees at the beginning", () => {
  it("draws a folder with at most twenty entries", async () => {
    const at = (name: string): string => path.join(folder.path, name);
    mkdirSync(at("none"));
    expect(await treeOf(at("none"))).toBe(`${at("none")}/`);
    mkdirSync(at("few/.git/objects"), { recursive: true });
    mkdirSync(at("few/sub"));
    for (const name of ["few/b.txt", "few/sub/c.txt"]) writeFileSync(at(name), "");
    expect(await treeOf(at("few"))).toBe(`${at("few")}/\n├───.git/...\n├───b.txt\n└───sub/\n    └───c.txt`);
    mkdirSync(at("many"));
    for (let index = 0; index < 21; index += 1) writeFileSync(at(`many/${String(index).padStart(2, "0")}`), "");
    const lines = (await treeOf(at("many"))).split("\n");
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe("└───...");
    const now = new Date(2026, 10, 20, 12);
    const seen = await observeSetup({
      cwd: at("few"),
      now,
      platform: "linux",
      home: "/h",
      signal: AbortSignal.timeout(60_000),
    });
    expect(seen).toMatchObject({ date: "Friday, November 20, 2026", platform: "linux", repository: true });
  });
});

describe("results of qwen-code's tools", () => {
  it("of commands: ended, failed, stopped, declined, in the background", () => {
    const run = (output: string, input = {}) =>
      runTool(tool("run_shell_command"), { command: "make", ...input }, () => output).result.content;
    expect(run(ran("built\n"))).toBe(
      "Command: make\nDirectory: (root)\nOutput: built\nError: (none)\nExit Code: 0\nSignal: (none)\nProcess Group PGID: (none)",
    );
    expect(run(ran("", 2), { directory: "/w/sub" })).toBe(
      "Command: make\nDirectory: sub\nOutput: (empty)\nError: (none)\nExit Code: 2\nSignal: (none)\nProcess Group PGID: (none)",
    );
    expect(run("rejected by user")).toBe("Error: rejected by user");
    const background = "Wall time: 1.0 seconds\nProcess running with session ID 77\nOutput:\nup\n";
    expect(run(background, { is_background: true })).toBe(
      "Command runs in the background.\ntask_id: shell-77\nstatus: running\nOutput: up\n",
    );
    const stopped = runTool(tool("task_stop"), { task_id: "shell-77" }, () => ran("bye\n", 130));
    expect(stopped.calls[0]).toMatchObject({ name: "write_stdin", input: { session_id: 77, chars: "\u0003" } });
    expect(stopped.result.content).toBe("task_id: shell-77\nstatus: stopped\nOutput: bye\n");
    expect(runTool(tool("task_stop"), { task_id: "x" }, () => "").result.content).toBe('Error: There is no task "x".');
  });

  it("of files: whole, in part, missing; edited, unclear", () => {
    const read = (input: object, output: string) =>
      runTool(tool("read_file"), { file_path: "/w/a", ...input }, () => output).result.content;
    expect(read({}, ran("one\ntwo\n"))).toBe("one\ntwo\n");
    expect(read({}, ran("one\ntwo"))).toBe("one\ntwo");
    expect(read({ offset: 1, limit: 1 }, ran("one\ntwo\nthree\n"))).toBe(
      "Showing lines 2-2 of 3 total lines.\n\n---\n\ntwo",
    );
    expect(read({}, ran("cat: /w/a: No such file or directory\n", 1))).toBe("Error: File not found: /w/a");
    expect(read({ file_path: 3 }, "")).toMatch(/^Error: Invalid arguments: file_path: /);
    const edit = runTool(
      tool("edit"),
      { file_path: "a", old_string: "two", new_string: "2" },
      (_call, index) => [ran("one\ntwo\n"), "Success. Updated the following files:\nM a\n"][index] ?? "",
    );
    expect(edit.result.content).toBe(
      "The file: /w/a has been updated. Showing lines 1-2 of 2 from the edited file:\n\n---\n\none\n2",
    );
    const unclear = runTool(tool("edit"), { file_path: "a", old_string: "x", new_string: "y" }, () => ran("x x\n"));
    expect(unclear.result.content).toContain("Expected 1 occurrence of old_string in /w/a but found 2.");
  });

  it("of searches, with ripgrep and without", () => {
    const grep = runTool(tool("grep_search"), { pattern: "-x", glob: "*.ts", limit: 1 }, () =>
      ran("a.ts:1:-x\nb.ts:2:-x\n"),
    );
    expect(commandOf(grep.calls[0])).toMatch(/^rg .* --glob='\*\.ts' -- '-x' \.$/);
    expect(grep.result.content).toBe(
      'Found 2 matches for pattern "-x" in the workspace directory (filter: "*.ts"):\n---\na.ts:1:-x\n---\n[1 lines truncated] ...',
    );
    const none = runTool(tool("grep_search"), { pattern: "x" }, () => ran("", 1));
    expect(none.result.content).toBe('No matches found for pattern "x" in the workspace directory.');
    const glob = runTool(tool("glob"), { pattern: "**/*.ts" }, (_call, index) =>
      index === 0 ? ran("rg: command not found\n", 127) : ran("./src/b.ts\n./a.txt\n./src/a.ts\n"),
    );
    expect(commandOf(glob.calls[1])).toMatch(/^find \. -type f /);
    expect(glob.result.content).toBe(
      'Found 2 file(s) matching "**/*.ts" in the workspace directory, sorted by modification time (newest first):\n---\n/w/src/b.ts\n/w/src/a.ts',
    );
    const list = runTool(tool("list_directory"), { path: "/w" }, () => ran("b.txt\n.git/\nsub/\na.txt\n"));
    expect(list.result.content).toBe("Listed 3 item(s) in /w:\n---\n[DIR] sub\na.txt\nb.txt");
  });
});
