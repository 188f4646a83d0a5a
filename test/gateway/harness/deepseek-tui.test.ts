import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { deepseekTui } from "../../../src/gateway/harness/deepseek-tui/deepseek-tui.ts";
import { observeScene, sceneOf } from "../../../src/gateway/harness/deepseek-tui/observe.ts";
import { testFolder } from "../../support/home.ts";
import { answered, bodyOf, callOf, contextOf, conversationOf, notation, openBytes, said } from "../support/shape.ts";

const scene = sceneOf({ instructions: { source: "/w/AGENTS.md", text: "Use tabs." } });
const context = contextOf({ facts: scene });
const folder = testFolder("deepseek-shape");
afterAll(() => folder.remove());
const meta = (day: string) => ({ meta: `<turn_meta>\nCurrent local date: ${day}\n</turn_meta>` });

describe("what deepseek-tui sends", () => {
  it("has the fields, scalars and prompt parts of DeepSeek TUI", () => {
    const body = bodyOf(deepseekTui, context, conversationOf([said("hello", meta("2026-11-20"))]));
    const keys = ["model", "messages", "max_tokens", "stream", "stream_options", "tools", "tool_choice"];
    expect(Object.keys(body)).toEqual(keys);
    expect(body).toMatchObject({ max_tokens: 64000, stream: true, tool_choice: "auto" });
    const prompt = String(body.messages[0]?.content);
    const order = [
      "You are m-1,",
      "## Personality",
      "## Mode",
      "## Approvals",
      '<project_instructions source="/w/AGENTS.md">\nUse tabs.\n</project_instructions>',
      '<project_context_pack>\n{\n  "project_name"',
      "- lang: en",
      "## Context management",
      "## Summing up",
      "## In short",
    ].map((part) => prompt.indexOf(part));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
    expect(order).not.toContain(-1);
    expect(prompt).not.toMatch(/[ \t]$/m);
    expect(body.messages[1]).toEqual({
      role: "user",
      content: "<turn_meta>\nCurrent local date: 2026-11-20\n</turn_meta>\nhello",
    });
    const more = { developer: ["Be kind."], documents: [{ place: "/w", text: "Use tabs." }] };
    const kind = String(bodyOf(deepseekTui, context, conversationOf([said("x")], more)).messages[0]?.content);
    expect(kind.split("Use tabs.")).toHaveLength(2);
    expect(kind).toMatch(/Be kind\.$/);
    const summary = bodyOf(deepseekTui, context, conversationOf([said("sum up")], { purpose: "compaction" }));
    expect(Object.keys(summary)).toEqual(keys.slice(0, 5));
  });

  it("advertises the tools it can map, with the parameters of DeepSeek TUI", () => {
    expect(deepseekTui.tools(context).map(notation)).toEqual([
      "apply_patch(path:str, patch:str, changes:[{path!:str, content!:str}], fuzz:int, create_if_missing:bool)",
      "checklist_add(content!:str, status:enum(pending,in_progress,completed))",
      "checklist_list()",
      "checklist_update(id!:int, status!:enum(pending,in_progress,completed))",
      "checklist_write(todos!:[{content!:str, status!:enum(pending,in_progress,completed)}])",
      "edit_file(path!:str, search!:str, replace!:str)",
      "exec_shell(command!:str, timeout_ms:int, background:bool, stdin:str, cwd:str, combined_output:bool)",
      "exec_shell_cancel(task_id:str, id:str, all:bool)",
      "exec_shell_wait(task_id!:str, timeout_ms:int, wait:bool)",
      "exec_wait(task_id!:str, timeout_ms:int, wait:bool)",
      "file_search(query!:str, path:str, limit:int, extensions:[str], exclude:[str])",
      "git_blame(path!:str, rev:str, start_line:int(>=1)=1, max_lines:int(>=1 <=2000)=200, porcelain:bool=false)",
      "git_diff(path:str, cached:bool, unified:int(>=0 <=50)=3)",
      "git_log(path:str, max_count:int(>=1 <=200)=20, author:str, since:str, until:str)",
      "git_show(rev!:str, path:str, patch:bool=true, stat:bool=true, unified:int(>=0 <=50)=3)",
      "git_status(path:str)",
      "grep_files(pattern!:str, path:str, include:[str], exclude:[str], context_lines:int, case_insensitive:bool, max_results:int)",
      "list_dir(path:str)",
      "read_file(path!:str, start_line:int, max_lines:int)",
      "request_user_input(questions!:[{header!:str, id!:str, question!:str, options!:[{label!:str, description!:str}]{2..3}}]{1..3})",
      "todo_add(content!:str, status:enum(pending,in_progress,completed))",
      "todo_list()",
      "todo_update(id!:int, status!:enum(pending,in_progress,completed))",
      "todo_write(todos!:[{content!:str, status!:enum(pending,in_progress,completed)}])",
      "update_plan(explanation:str, plan!:[{step!:str, status!:enum(pending,in_progress,completed)}])",
      "write_file(path!:str, content!:str)",
    ]);
    const bare = deepseekTui.tools(contextOf({ offered: context.offered.slice(0, 2) })).map(({ name }) => name);
    expect(bare.filter((name) => /plan|todo|checklist|input/.test(name))).toEqual([]);
  });

  it("lays out calls and thinking, and only ever appends", () => {
    const entries = [
      said("hello", meta("2026-11-20")),
      answered("Looking.", [[callOf("c1", "read_file", '{ "path": "a b" }'), ""]], "Hm."),
      answered("", [[callOf("c2", "list_dir", "{ }"), "x"]], "So."),
      answered("Done."),
      said("more", meta("2026-11-21")),
    ];
    const bodies = [1, 2, 3, 5].map((count) => bodyOf(deepseekTui, context, conversationOf(entries.slice(0, count))));
    for (const [index, body] of bodies.slice(1).entries()) {
      expect(openBytes(body).startsWith(openBytes(bodies[index]!))).toBe(true);
    }
    expect(bodies[2]?.messages.slice(2)).toEqual([
      {
        role: "assistant",
        content: "Looking.",
        reasoning_content: "Hm.",
        tool_calls: [{ id: "c1", type: "function", function: { name: "read_file", arguments: '{"path":"a b"}' } }],
      },
      { role: "tool", tool_call_id: "c1", content: "" },
      {
        role: "assistant",
        content: "",
        reasoning_content: "So.",
        tool_calls: [{ id: "c2", type: "function", function: { name: "list_dir", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c2", content: "x" },
    ]);
    expect(bodies[3]?.messages.at(-1)?.content).toMatch(/2026-11-21\n<\/turn_meta>\nmore$/);
  });

  it.each([
    [undefined, {}],
    ["none", { thinking: { type: "disabled" } }],
    ["low", { reasoning_effort: "high", thinking: { type: "enabled" } }],
    ["high", { reasoning_effort: "high", thinking: { type: "enabled" } }],
    ["max", { reasoning_effort: "max", thinking: { type: "enabled" } }],
  ])("maps effort %s, and goes without thinking where some of it is lost", (effort, fields) => {
    const told = (...entries: Parameters<typeof conversationOf>[0]) => {
      const { reasoning_effort, thinking } = bodyOf(
        deepseekTui,
        contextOf({ facts: scene, ...(effort === undefined ? {} : { effort }) }),
        conversationOf([said("x"), ...entries]),
      );
      return JSON.parse(JSON.stringify({ reasoning_effort, thinking }));
    };
    const call = [[callOf("c", "list_dir", "{}"), "x"]] as const;
    expect(told()).toEqual(fields);
    expect(told(answered("", call, "Hm."))).toEqual(fields);
    expect(told(answered("", call, "Hm."), answered("", call))).toEqual({ thinking: { type: "disabled" } });
  });
});

describe("what deepseek-tui sees", () => {
  const put = (name: string, text = ""): void => {
    mkdirSync(path.dirname(path.join(folder.path, name)), { recursive: true });
    writeFileSync(path.join(folder.path, name), text);
  };
  const place = (cwd: string) => ({
    cwd: path.join(folder.path, cwd),
    platform: "linux" as const,
    home: "/h",
    now: new Date(2026, 10, 20, 12),
    signal: AbortSignal.timeout(60_000),
  });

  it("is the project, without writing into it", async () => {
    put("p/README.md", "Read me.");
    put("p/src/main.ts");
    put("p/src/deep/x.ts");
    put("p/package.json");
    put("p/.git/HEAD");
    const before = readdirSync(path.join(folder.path, "p"), { recursive: true }).length;
    const seen = await observeScene(place("p"));
    expect(seen.pack).toEqual({
      project_name: "p",
      directory_structure: ["README.md", "package.json", "src/", "src/deep/", "src/main.ts"],
      readme: { path: "README.md", excerpt: "Read me." },
      config_files: ["package.json"],
      key_source_files: ["src/main.ts"],
      counts: { config_files: 1, directory_entries: 5, key_source_files: 1 },
    });
    expect(sceneOf(JSON.parse(JSON.stringify(seen)))).toEqual(seen);
    expect(readdirSync(path.join(folder.path, "p"), { recursive: true })).toHaveLength(before);
    put("q/CLAUDE.md", "claude");
    put("q/sub/.codewhale/instructions.md", " whale \n");
    put("q/sub/AGENTS.md", "agents");
    const own = async (cwd: string) => (await observeScene(place(cwd))).instructions;
    expect(await own("q/sub")).toMatchObject({ text: "whale" });
    mkdirSync(path.join(folder.path, "q/other"), { recursive: true });
    expect(await own("q/other")).toEqual({ source: path.join(folder.path, "q/CLAUDE.md"), text: "claude" });
  });

  it("is, for each message, the day and the paths that matter", async () => {
    put("p/README.md", "Read me.");
    put("p/src/main.ts");
    const context = contextOf({ facts: await observeScene(place("p")) });
    const entries = [
      answered("", [
        [callOf("c", "edit_file", '{"path":"src"}'), "x"],
        [callOf("c", "edit_file", '{"path":"../out"}'), "x"],
      ]),
      said("Fix src/main.ts, please, not gone.ts."),
    ];
    const told = await deepseekTui.observeTurn?.(place("p"), context, conversationOf(entries));
    const lines = String(told?.meta).split("\n");
    expect(lines.slice(0, 3)).toEqual(["<turn_meta>", "Current local date: 2026-11-20", "## Repo Working Set"]);
    expect(lines.slice(4, 8)).toEqual([
      "Key files: README.md",
      "Active paths (prioritize these):",
      "- src/main.ts (file)",
      "- src (directory)",
    ]);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe("</turn_meta>");
  });
});
