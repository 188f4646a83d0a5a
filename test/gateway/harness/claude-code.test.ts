import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/gateway/conversation/types.ts";
import { claudeCode, claudeCodeBare } from "../../../src/gateway/harness/claude-code/claude-code.ts";
import { unmarked } from "../support/play.ts";
import {
  answered,
  messagesBodyOf as bodyOf,
  callOf,
  contextOf,
  conversationOf,
  hostTool,
  type MessagesBody,
  notation,
  said,
} from "../support/shape.ts";

const facts = { date: "2026-11-20", platform: "linux", os: "6.1", offered: ["request_user_input", "update_plan"] };
const context = contextOf({ model: "claude-sonnet-4-6", facts });
const mark = { cache_control: { type: "ephemeral" } };
const bash = (id: string, command = "ls") => callOf(id, "Bash", JSON.stringify({ command }));

describe("what claude-code sends", () => {
  it("has the fields, scalars and marks of Claude Code, and nothing that says it were that", () => {
    const body = bodyOf(claudeCode, context, conversationOf([said("hello")], { skills: "a skill" }));
    expect(Object.keys(body)).toEqual(
      "model messages system tools max_tokens thinking context_management output_config stream".split(" "),
    );
    expect(body).toMatchObject({
      model: "claude-sonnet-4-6",
      max_tokens: 32_000,
      thinking: { type: "adaptive" },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      output_config: { effort: "high" },
      stream: true,
    });
    expect(body.system).toEqual([
      { type: "text", text: expect.any(String), ...mark },
      { type: "text", text: expect.stringContaining("Working directory: /w"), ...mark },
    ]);
    expect(body.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "<system-reminder>\na skill\n</system-reminder>" },
          { type: "text", text: expect.stringMatching(/^<system-reminder>[\s\S]*2026-11-20\.\n<\/system-reminder>$/) },
          { type: "text", text: "hello", ...mark },
        ],
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/billing|Anthropic|Claude Code|device_id/i);
    expect(claudeCode.betas?.(context)).toEqual([
      "interleaved-thinking-2025-05-14",
      "context-management-2025-06-27",
      "effort-2025-11-24",
    ]);
  });

  it("advertises the tools it can map, with the parameters of Claude Code", () => {
    const spawn = { kind: "function", name: "spawn_agent", namespace: "multi_agent_v1" } as const;
    const offered = [...context.offered, { ...spawn, description: "", parameters: {} }, hostTool];
    expect(claudeCode.tools({ ...context, offered }).map(notation)).toEqual([
      "Agent(description!:str, prompt!:str)",
      "AskUserQuestion(questions!:[{question!:str, header!:str, options!:[{label!:str, description!:str, preview:str}]{2..4}, multiSelect!:bool=false}]{1..4}, answers:{}, annotations:{}, metadata:{source:str})",
      "Bash(command!:str, timeout:num, description:str, run_in_background:bool, dangerouslyDisableSandbox:bool)",
      "Edit(file_path!:str, old_string!:str, new_string!:str, replace_all:bool=false)",
      "Glob(pattern!:str, path:str)",
      "Grep(pattern!:str, path:str, glob:str, output_mode:enum(content,files_with_matches,count), -B:num, -A:num, -C:num, context:num, -n:bool, -i:bool, -o:bool, type:str, head_limit:num, offset:num, multiline:bool)",
      "NotebookEdit(notebook_path!:str, cell_id:str, new_source!:str, cell_type:enum(code,markdown), edit_mode:enum(replace,insert,delete))",
      expect.stringMatching(/^Read\(file_path!:str, offset:int\(>=0 .*\), limit:int\(.*>0\), pages:str\)$/),
      "TaskCreate(subject!:str, description!:str, activeForm:str, metadata:{})",
      "TaskGet(taskId!:str)",
      "TaskList()",
      "TaskOutput(task_id!:str, block!:bool=true, timeout!:num(>=0 <=600000)=30000)",
      "TaskStop(task_id:str, shell_id:str)",
      expect.stringMatching(/^TaskUpdate\(taskId!:str, .* status:enum\(pending,in_progress,completed\)\/str, /),
      "Write(file_path!:str, content!:str)",
      "host__lookup(q:str)",
    ]);
    const child = claudeCode.tools({ ...context, child: true }).map(({ name }) => name);
    expect(child).not.toContain("AskUserQuestion");
    expect(child).not.toContain("TaskOutput");
    const few = claudeCode.tools({ ...context, offered: context.offered.slice(0, 2) }).map(({ name }) => name);
    expect(few.filter((name) => /Ask|TaskCreate|TaskUpdate/.test(name))).toEqual([]);
    expect(claudeCodeBare.tools({ ...context, offered }).map(({ name }) => name)).toEqual(["Bash", "Edit", "Read"]);
  });

  const entries: Entry[] = [
    said("hello"),
    {
      kind: "assistant",
      text: "Looking. More.\n",
      thinking: [
        { text: "Hm.", signature: "s1" },
        { text: "unsigned" },
        { text: "", redacted: "opaque", after: 8 },
        { text: "So.", signature: "s2", after: 14 },
      ],
      calls: [
        { call: bash("t.1"), result: { content: "a", isError: false } },
        {
          call: callOf("t:1", "Edit", '{"file_path":"/w/a","old_string":"x","new_string":"y "}'),
          result: { content: "no", isError: true },
        },
      ],
    },
    answered("", [[bash("t2"), { content: [{ type: "image", url: "data:image/png;base64,AAAA" }] }]]),
    { kind: "user", parts: [{ type: "image", url: "data:image/tiff;base64,AAAA" }] },
    answered(" \n"),
    said("more"),
  ];

  it("lays out calls, results and thoughts as the API takes them", () => {
    const { messages } = bodyOf(claudeCode, context, conversationOf(entries));
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant", "user"]);
    expect(messages[1]?.content).toEqual([
      { type: "thinking", thinking: "Hm.", signature: "s1" },
      { type: "text", text: "Looking." },
      { type: "redacted_thinking", data: "opaque" },
      { type: "text", text: " More." },
      { type: "thinking", thinking: "So.", signature: "s2" },
      { type: "tool_use", id: "t_1", name: "Bash", input: { command: "ls" } },
      {
        type: "tool_use",
        id: "t_1_2",
        name: "Edit",
        input: { replace_all: false, file_path: "/w/a", old_string: "x", new_string: "y " },
      },
    ]);
    expect(messages[2]?.content).toEqual([
      { tool_use_id: "t_1", type: "tool_result", content: "a", is_error: false },
      { type: "tool_result", content: "no", is_error: true, tool_use_id: "t_1_2" },
    ]);
    expect(messages[4]?.content).toEqual([
      {
        tool_use_id: "t2",
        type: "tool_result",
        content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } }],
      },
      { type: "text", text: expect.stringContaining("picture") },
      { type: "text", text: "more", ...mark },
    ]);
    const blind = bodyOf(claudeCode, { ...context, modelFacts: { images: false } }, conversationOf(entries));
    expect(JSON.stringify(blind)).not.toContain("base64");
  });

  it("never ends with the model's own words, nor lets these end with a thought", () => {
    const thinking = [{ text: "So.", signature: "s", after: 4 }];
    const broken: Entry = { kind: "assistant", text: "Half", thinking, calls: [] };
    const { messages } = bodyOf(claudeCode, context, conversationOf([said("hello"), broken]));
    expect(messages.slice(1)).toEqual([
      { role: "assistant", content: [{ type: "text", text: "Half" }] },
      { role: "user", content: [{ type: "text", text: expect.stringContaining("broke off"), ...mark }] },
    ]);
  });

  it.each([claudeCode, claudeCodeBare])("only ever appends, and moves one mark on: $id", (harness) => {
    const bodies = [1, 2, 3, 6].map((count) => bodyOf(harness, context, conversationOf(entries.slice(0, count))));
    for (const [index, body] of bodies.entries()) {
      expect(JSON.stringify(body.messages).split("cache_control")).toHaveLength(2);
      expect(JSON.stringify(body.messages)).toMatch(/"cache_control":\{"type":"ephemeral"\}\}\]\}\]$/);
      const before = bodies[index - 1];
      if (!before) continue;
      expect(unmarked(body.messages).startsWith(unmarked(before.messages).replace(/\]\}\]$/, ""))).toBe(true);
      expect([body.system, body.tools]).toEqual([before.system, before.tools]);
    }
  });

  it("reminds of the list at the tenth result without it, once", () => {
    const calls = Array.from({ length: 12 }, (_, index) => answered("", [[bash(`b${index}`), "ok"]]));
    const list = answered("", [[callOf("l", "TaskCreate", "{}"), "ok"]]);
    const shown = ({ messages }: MessagesBody) =>
      messages
        .flatMap(({ content }) => content)
        .flatMap(({ content, tool_use_id: id }) => (/TaskCreate/.test(String(content)) ? [id] : []));
    const rest = calls.slice(0, 10).map((entry, index) => ({ ...entry, ...answered("", [[bash(`c${index}`), "ok"]]) }));
    const long = conversationOf([said("x"), ...calls, list, ...rest]);
    expect(shown(bodyOf(claudeCode, context, long))).toEqual(["b9", "c9"]);
    expect(shown(bodyOf(claudeCodeBare, context, long))).toEqual([]);
  });

  it("puts documents into the first message and developer instructions at the end of the prompt", () => {
    const more = { developer: ["Be kind."], documents: [{ place: "/w", text: "Use tabs." }] };
    for (const harness of [claudeCode, claudeCodeBare]) {
      const body = bodyOf(harness, context, conversationOf([said("x")], more));
      expect(body.system.at(-1)?.text).toMatch(/# Additional Developer Instructions\n\nBe kind\.$/);
      expect(body.messages[0]?.content[0]?.text).toContain("# AGENTS.md (/w)\nUse tabs.\n# currentDate");
      const strict = bodyOf(harness, { ...context, strict: true }, conversationOf([said("x")], more));
      expect(JSON.stringify(strict.system)).not.toContain("Be kind.");
    }
    expect(bodyOf(claudeCodeBare, context, conversationOf([said("x")])).system.at(-1)?.text).toBe(
      "CWD: /w\nDate: 2026-11-20",
    );
  });

  it("asks for a summary in the same words, but forbids calls", () => {
    const turn = bodyOf(claudeCode, context, conversationOf([said("x")]));
    const none = { ...context, offered: [], recalled: true as const };
    const summary = bodyOf(claudeCode, none, conversationOf([said("x"), said("sum up")], { purpose: "compaction" }));
    expect(summary.tool_choice).toEqual({ type: "none" });
    expect([summary.system, summary.tools]).toEqual([turn.system, turn.tools]);
    expect(unmarked(summary.messages).startsWith(unmarked(turn.messages).replace(/\]\}\]$/, ""))).toBe(true);
  });

  it("has a short prompt, no thinking and a temperature for a child", () => {
    const body = bodyOf(claudeCode, { ...context, child: true }, conversationOf([said("x")]));
    expect(body).toMatchObject({ temperature: 1 });
    expect(Object.keys(body)).not.toContain("thinking");
    expect(Object.keys(body)).not.toContain("context_management");
    expect(body.system[1]?.text).toMatch(/<env>\nWorking directory: \/w[\s\S]*<\/env>$/);
  });
});
