import { describe, expect, it } from "vitest";
import { kimiCode } from "../../../src/gateway/harness/kimi-code/kimi-code.ts";
import { compactJson } from "../../../src/gateway/harness/place.ts";
import type { JsonObject } from "../../../src/gateway/json.ts";
import { ran } from "../support/direct.ts";
import {
  answered,
  bodyOf,
  callOf,
  commandOf,
  contextOf,
  conversationOf,
  notation,
  openBytes,
  runTool,
  said,
} from "../support/shape.ts";

const context = contextOf({ facts: { now: "2026-11-20T10:00:00.000000+00:00", listing: "└── a.txt" } });
const tool = (name: string) => kimiCode.tools(context).find((each) => each.name === name);
const told = (name: string, input: JsonObject, ...outputs: string[]) =>
  runTool(tool(name), input, (_call, index) => outputs[index] ?? "").result.content;
const updated = "Success. Updated the following files:\nM a\n";
const running = "Wall time: 1.0 seconds\nProcess running with session ID 77\nOutput:\nup\n";

describe("what kimi-code sends", () => {
  it("has the fields and scalars of Kimi Code 2.1, and two reminders after a user message", () => {
    const body = bodyOf(kimiCode, context, conversationOf([said("hello\n", { date: "2026-11-20" })]));
    expect(Object.keys(body)).toEqual([
      "model",
      "messages",
      "tools",
      "stream",
      "stream_options",
      "prompt_cache_key",
      "thinking",
      "max_completion_tokens",
    ]);
    expect(body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
      prompt_cache_key: "session_th-1",
      thinking: { type: "enabled", keep: "all" },
      max_completion_tokens: 262144,
    });
    expect(body.messages.map(({ role }) => role)).toEqual(["system", "user", "user", "user"]);
    expect(body.messages[1]).toEqual({ role: "user", content: "hello\n" });
    expect(body.messages[2]?.content).toBe("<system-reminder>\nToday is 2026-11-20.\n</system-reminder>");
    expect(body.messages[3]?.content).toMatch(/^<system-reminder>\n[\s\S]*\n<\/system-reminder>$/);
    expect(String(body.messages[0]?.content)).not.toContain("<extra_instruction>");
    const off = bodyOf(kimiCode, { ...context, effort: "none" }, conversationOf([said("x")]));
    expect(off.thinking).toEqual({ type: "disabled" });
  });

  it("says the day as it was when the message was written", async () => {
    const place = { cwd: "/w", platform: "linux", home: "/h", signal: AbortSignal.timeout(60_000) } as const;
    const now = new Date(2026, 0, 5, 12);
    expect(await kimiCode.observeTurn?.({ ...place, now }, context, conversationOf([]))).toEqual({
      date: "2026-01-05",
    });
  });

  it("advertises the tools it can map, with the parameters of Kimi Code", () => {
    // The bound that every whole number has says nothing.
    const told = kimiCode.tools(context).map((each) => notation(each).replaceAll(/ ?<=9007199254740991 ?/g, ""));
    expect(told).toEqual([
      'AskUserQuestion(questions!:[{question!:str(minLen 1), header:str="", options!:[{label!:str(minLen 1), description:str=""}]{2..4}, multi_select:bool=false}]{1..4})',
      "Bash(command!:str(minLen 1), cwd:str, timeout:int(>0)=60, description:str, run_in_background:bool, disable_timeout:bool)",
      "Edit(path!:str, old_string!:str(minLen 1), new_string!:str, replace_all:bool)",
      "Glob(pattern!:str, head_limit:int(>=0), offset:int(>=0), path:str, include_ignored:bool, include_dirs:bool)",
      "Grep(pattern!:str, path:str, glob:str, type:str, output_mode:enum(content,files_with_matches,count_matches), -i:bool, -n:bool, -A:int(>=0), -B:int(>=0), -C:int(>=0), head_limit:int(>=0), offset:int(>=0), multiline:bool, include_ignored:bool)",
      "Read(path!:str, line_offset:int(>=1)/int(>=-9007199254740991), column_offset:int(>=0), n_lines:int(>0), max_chars:int(>0))",
      "ReadMediaFile(path!:str)",
      "TaskList(active_only:bool=true, limit:int(>=1 <=100)=20)",
      "TaskOutput(task_id!:str)",
      'TaskStop(task_id!:str, reason:str="Stopped by TaskStop")',
      "TodoList(todos:[{title!:str(minLen 1), status!:enum(pending,in_progress,done)}])",
      "WaitFor(timeout!:int(<=600 >0), task_id:str)",
      "Write(path!:str, content!:str, mode:enum(overwrite,append))",
    ]);
  });

  it("lays out calls, results and thinking, and only ever appends", () => {
    const entries = [
      said("hello", { date: "2026-11-20" }),
      answered("Looking.", [[callOf("Bash:0", "Bash", '{ "command": "a  \\" b" }'), ""]]),
      answered("", [[callOf("Bash:1", "Bash", '{"command":"ls"}'), "x\n"]], "Hm."),
      answered("Done."),
      said("more", { date: "2026-11-21" }),
    ];
    const bodies = [1, 2, 3, 5].map((count) => bodyOf(kimiCode, context, conversationOf(entries.slice(0, count))));
    for (const [index, body] of bodies.slice(1).entries()) {
      expect(openBytes(body).startsWith(openBytes(bodies[index]!))).toBe(true);
    }
    expect(bodies[2]?.messages.slice(4)).toEqual([
      {
        role: "assistant",
        content: "Looking.",
        reasoning_content: "",
        tool_calls: [
          { id: "Bash_0", type: "function", function: { name: "Bash", arguments: '{"command":"a  \\" b"}' } },
        ],
      },
      { role: "tool", tool_call_id: "Bash_0", content: "<system>Tool output is empty.</system>" },
      {
        role: "assistant",
        reasoning_content: "Hm.",
        tool_calls: [{ id: "Bash_1", type: "function", function: { name: "Bash", arguments: '{"command":"ls"}' } }],
      },
      { role: "tool", tool_call_id: "Bash_1", content: "x\n" },
    ]);
    expect(bodies[3]?.messages.slice(8).map(({ role }) => role)).toEqual(["assistant", "user", "user", "user"]);
    expect(compactJson('{ "a b" : [ 1.0 , "\\\\" , " \\" " ] }')).toBe('{"a b":[1.0,"\\\\"," \\" "]}');
  });
});

describe("results of kimi-code's tools", () => {
  it("of commands and tasks", () => {
    expect(told("Bash", { command: "ls" }, ran("a\n"))).toBe("Wall time: 0.100 seconds\na\n");
    expect(told("Bash", { command: "true" }, ran(""))).toBe("Wall time: 0.100 seconds\nCommand executed successfully.");
    expect(told("Bash", { command: "x" }, ran("bad\n", 2))).toBe(
      "Wall time: 0.100 seconds\n<system>ERROR: Tool execution failed.</system>\nbad\nCommand failed with exit code: 2.",
    );
    const started = told("Bash", { command: "x", run_in_background: true }, running) as string;
    expect(started).toContain("task_id: bash-77\nstatus: running\n");
    const earlier = [{ call: callOf("1", "Bash", "{}"), result: { content: started } }];
    const waited = runTool(
      tool("WaitFor"),
      { timeout: 600 },
      (_call, index) => (index === 0 ? running : ran("bye\n")),
      { earlier },
    );
    expect(waited.calls.map((call) => call.kind === "function" && call.input.yield_time_ms)).toEqual([
      300_000, 300_000,
    ]);
    expect(waited.result.content).toBe("task_id: bash-77\nstatus: completed\nexit_code: 0\n\n[output]\nup\nbye\n");
    expect(told("WaitFor", { timeout: 5 })).toContain("No task runs");
  });

  it("of files", () => {
    expect(told("Read", { path: "a" }, ran("one\ntwo\n"))).toBe(
      "1\tone\n2\ttwo\n<system>2 lines read from line 1 of 2 in the file.</system>",
    );
    expect(told("Read", { path: "a", line_offset: 2, column_offset: 1, max_chars: 1 }, ran("one\ntwo\nx\n"))).toBe(
      "2\tw\n<system>1 lines read from line 2 of 3 in the file. The limit of characters was reached.</system>",
    );
    expect(told("Edit", { path: "a", old_string: "one", new_string: "1" }, ran("one\n"), updated)).toBe(
      "Edited a in 1 place.",
    );
    expect(told("Edit", { path: "a", old_string: "", new_string: "1" })).toMatch(/^<system>ERROR: Invalid arguments/);
    expect(told("Write", { path: "a", content: "x" }, updated, ran(""))).toBe("Wrote a; it has 1 bytes.");
    expect(told("Glob", { pattern: "*", head_limit: 1 }, ran("a\nb\n"))).toBe(
      "a\n<system>1 more; use offset=1.</system>",
    );
    const { calls } = runTool(tool("Grep"), { pattern: "x", "-A": 1, output_mode: "content" }, () => ran("a:1:x\n"));
    expect(commandOf(calls[0])).toContain("--line-number --after-context=1 -- x .");
  });
});
