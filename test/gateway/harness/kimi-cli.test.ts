import { describe, expect, it } from "vitest";
import { kimiCli } from "../../../src/gateway/harness/kimi-cli/kimi-cli.ts";
import {
  answered,
  bodyOf,
  callOf,
  contextOf,
  conversationOf,
  hostTool,
  notation,
  openBytes,
  said,
} from "../support/shape.ts";

const scene = {
  os: "Linux",
  shell: "bash (`/bin/bash`)",
  now: "2026-11-20T10:00:00.000000+00:00",
  listing: "└── a.txt",
  agents: [{ path: "/w/AGENTS.md", text: "Use tabs." }],
  skills: [{ scope: "Project", name: "deploy", path: "/w/.kimi/skills/deploy/SKILL.md", description: "Ships it." }],
};
const context = contextOf({ facts: scene });

describe("what kimi-cli sends", () => {
  it("has the fields and scalars of Kimi CLI", () => {
    const body = bodyOf(kimiCli, context, conversationOf([said("hello\n\n")]));
    expect(Object.keys(body)).toEqual([
      "model",
      "messages",
      "stream",
      "stream_options",
      "tools",
      "max_tokens",
      "prompt_cache_key",
    ]);
    expect(body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 32000,
      prompt_cache_key: "th-1",
    });
    expect(body.messages.slice(1)).toEqual([{ role: "user", content: "hello" }]);
  });

  it.each([
    [undefined, {}, { thinking: { type: "disabled" } }],
    ["none", {}, { thinking: { type: "disabled" } }],
    ["minimal", { reasoning_effort: "low", thinking: { type: "enabled" } }],
    ["low", { reasoning_effort: "low", thinking: { type: "enabled" } }],
    ["medium", { reasoning_effort: "medium", thinking: { type: "enabled" } }],
    ["high", { reasoning_effort: "high", thinking: { type: "enabled" } }],
    ["xhigh", { reasoning_effort: "high", thinking: { type: "enabled" } }],
  ] as [string | undefined, object, object?][])(
    "maps effort %s, for models with a thinking switch too",
    (effort, fields, toggled = fields) => {
      const told = (thinkingToggle: boolean) => {
        const more = { ...(effort === undefined ? {} : { effort }), modelFacts: { thinkingToggle } };
        const { reasoning_effort, thinking } = bodyOf(kimiCli, contextOf(more), conversationOf([said("x")]));
        return JSON.parse(JSON.stringify({ reasoning_effort, thinking }));
      };
      expect(told(false)).toEqual(fields);
      expect(told(true)).toEqual(toggled);
    },
  );

  it("advertises the tools it can map, with the parameters of Kimi CLI", () => {
    expect(kimiCli.tools(contextOf({ offered: [...context.offered, hostTool] })).map(notation)).toEqual([
      'AskUserQuestion(questions!:[{question!:str, header:str="", options!:[{label!:str, description:str=""}]{2..4}, multi_select:bool=false}]{1..4})',
      "SetTodoList(todos:[{title!:str, status!:enum(pending,in_progress,done)}]/null)",
      'Shell(command!:str, timeout:int(>=1 <=86400)=60, run_in_background:bool=false, description:str="")',
      "TaskList(active_only:bool=true, limit:int(>=1 <=100)=20)",
      "TaskOutput(task_id!:str, block:bool=false, timeout:int(>=0 <=3600)=30)",
      'TaskStop(task_id!:str, reason:str="Stopped by TaskStop")',
      "ReadFile(path!:str, line_offset:int=1, n_lines:int(>=1)=1000)",
      "ReadMediaFile(path!:str)",
      "Glob(pattern!:str, directory:str/null, include_dirs:bool=true)",
      'Grep(pattern!:str, path:str=".", glob:str/null, output_mode:str="files_with_matches", -B:int/null, -A:int/null, -C:int/null, -n:bool=true, -i:bool=false, type:str/null, head_limit:int(>=0)=250, offset:int(>=0)=0, multiline:bool=false, include_ignored:bool=false)',
      'WriteFile(path!:str, content!:str, mode:enum(overwrite,append)="overwrite")',
      "StrReplaceFile(path!:str, edit!:{old!:str, new!:str, replace_all:bool=false}/[{old!:str, new!:str, replace_all:bool=false}])",
      "host__lookup(q:str)",
    ]);
    const bare = contextOf({ offered: context.offered.slice(0, 2) });
    expect(kimiCli.tools(bare).map(({ name }) => name)).not.toEqual(
      expect.arrayContaining(["AskUserQuestion", "SetTodoList", "ReadMediaFile"]),
    );
    const schemas = JSON.stringify(kimiCli.tools(context).map(({ parameters }) => parameters));
    expect(schemas).not.toMatch(/additionalProperties|\$schema|"type":\[/);
  });

  it("lays out calls, results, pictures and thinking, and only ever appends", () => {
    const picture = { type: "image", url: "data:image/png;base64,AA" } as const;
    const entries = [
      said("hello\n"),
      answered(
        "Looking.",
        [
          [callOf("functions.Shell:0", "Shell", '{ "command": "true" }'), ""],
          [callOf("functions.X:1", "X", "{}"), { content: "no such", isError: true }],
          [callOf("functions.ReadMediaFile:2", "ReadMediaFile", "{}"), { content: [picture] }],
        ],
        "Hm.",
      ),
      answered("", [[callOf("functions.Shell:3", "Shell", '{"command":"ls"}'), "bin\0ary"]]),
      answered("Done."),
      said("more"),
    ];
    const bodies = [1, 2, 3, 5].map((count) => bodyOf(kimiCli, context, conversationOf(entries.slice(0, count))));
    for (const [index, body] of bodies.slice(1).entries()) {
      expect(openBytes(body).startsWith(openBytes(bodies[index]!))).toBe(true);
      expect(body.tools).toEqual(bodies[0]?.tools);
    }
    const calls = [
      { id: "functions.Shell:0", type: "function", function: { name: "Shell", arguments: '{ "command": "true" }' } },
      { id: "functions.X:1", type: "function", function: { name: "X", arguments: "{}" } },
      { id: "functions.ReadMediaFile:2", type: "function", function: { name: "ReadMediaFile", arguments: "{}" } },
    ];
    const told = bodies[2]?.messages.slice(2) ?? [];
    expect(told).toEqual([
      { role: "assistant", content: "Looking.", reasoning_content: "Hm.", tool_calls: calls },
      { role: "tool", content: "<system>Tool output is empty.</system>", tool_call_id: "functions.Shell:0" },
      { role: "tool", content: "<system>ERROR: no such</system>", tool_call_id: "functions.X:1" },
      { role: "tool", content: "(the picture follows)", tool_call_id: "functions.ReadMediaFile:2" },
      {
        role: "user",
        content: [
          { type: "text", text: "Pictures returned by the tool:" },
          { type: "image_url", image_url: { url: picture.url, id: null } },
        ],
      },
      {
        role: "assistant",
        tool_calls: [
          { id: "functions.Shell:3", type: "function", function: { name: "Shell", arguments: '{"command":"ls"}' } },
        ],
      },
      {
        role: "tool",
        content: "<system>The output is not text and is left out.</system>",
        tool_call_id: "functions.Shell:3",
      },
    ]);
    expect(Object.keys(told[1] ?? {})).toEqual(["role", "content", "tool_call_id"]);
  });

  it("names the place, the project and its skills in the prompt; the guidance exactly once, or not at all", () => {
    const prompt = (more: object = {}, conversation: object = {}) =>
      String(bodyOf(kimiCli, { ...context, ...more }, conversationOf([said("x")], conversation)).messages[0]?.content);
    const usual = prompt();
    const headings = usual.split("\n").filter((line) => line.startsWith("# "));
    expect(headings).toEqual([
      "# Prompt and Tool Use",
      "# General Guidelines for Coding",
      "# General Guidelines for Research and Data Processing",
      "# Working Environment",
      "# Project Information",
      "# Skills",
      "# Ultimate Reminders",
    ]);
    for (const part of [
      scene.now,
      "└── a.txt",
      "<!-- From: /w/AGENTS.md -->\nUse tabs.",
      "  - Description: Ships it.",
    ]) {
      expect(usual).toContain(part);
    }
    expect(usual.split("<extra_instruction>")).toHaveLength(2);
    expect(prompt({ guidance: false })).not.toContain("<extra_instruction>");
    const documents = [{ place: "/w", text: "Always.\n\n--- project-doc ---\n\nUse tabs." }];
    const more = prompt({}, { developer: ["Be kind."], documents });
    expect(more).toContain("<!-- From: /w -->\nAlways.\n");
    expect(more.split("Use tabs.")).toHaveLength(2);
    expect(more).toMatch(/# Additional Developer Instructions\n\nBe kind\.$/);
    expect(prompt({ strict: true }, { developer: ["Be kind."] })).not.toContain("Be kind.");
    expect(prompt({ child: true })).toContain("sub-agent");
    const summary = bodyOf(kimiCli, context, conversationOf([said("sum up")], { purpose: "compaction" }));
    expect(Object.keys(summary)).not.toContain("tools");
  });
});
