import { describe, expect, it } from "vitest";
import { findCommand } from "../../../src/gateway/harness/swe-agent/parse.ts";
import { sweAgent } from "../../../src/gateway/harness/swe-agent/swe-agent.ts";
import { correctionText, silentText } from "../../../src/gateway/harness/swe-agent/texts.ts";
import { shellWords } from "../../../src/gateway/harness/swe-agent/words.ts";
import type { ModelAnswer } from "../../../src/gateway/upstream/types.ts";
import { ran } from "../support/direct.ts";
import {
  answered,
  bodyOf,
  callOf,
  commandOf,
  contextOf,
  conversationOf,
  openBytes,
  runTool,
  said,
} from "../support/shape.ts";

const context = contextOf();
const [command] = sweAgent.tools(context);
const callFor = (cmd: string) => callOf("command", "command", JSON.stringify({ command: cmd }));
const updated = "Success. Updated the following files:\nM a\n";
type Earlier = { call: ReturnType<typeof callFor>; result: { content: string } }[];
const run = (cmd: string, outputs: readonly string[] = [], earlier: Earlier = []) =>
  runTool(command, { command: cmd }, (_call, index) => outputs[index] ?? "", { earlier });

describe("what swe-agent sends", () => {
  it("has four fields, the task wrapped once, and outputs as observations; it only ever appends", () => {
    const entries = [
      said("Fix it."),
      answered("Look.\n```\nls\n```", [[callFor("ls"), "a.txt\n"]], "thinking"),
      answered("```\ntrue\n```", [[callFor("true"), silentText]]),
      answered("Done."),
      said("And more."),
    ];
    const bodies = [1, 2, 3, 5].map((count) => bodyOf(sweAgent, context, conversationOf(entries.slice(0, count))));
    for (const [index, body] of bodies.entries()) {
      expect(Object.keys(body)).toEqual(["model", "messages", "temperature", "top_p"]);
      if (index > 0) expect(openBytes(body).startsWith(openBytes(bodies[index - 1]!))).toBe(true);
    }
    expect(bodies[0]).toMatchObject({ temperature: 1, top_p: 0.95 });
    const { messages } = bodies[3]!;
    expect(messages.map(({ role }) => role).join()).toBe("system,user,assistant,user,assistant,user,assistant,user");
    expect(messages[1]?.content).toMatch(
      /^<uploaded_files>\n\/w\n<\/uploaded_files>[\s\S]*<pr_description>\nFix it\.\n<\/pr_description>/,
    );
    expect(messages.slice(2)).toEqual([
      { role: "assistant", content: "Look.\n```\nls\n```" },
      { role: "user", content: "OBSERVATION:\na.txt\n" },
      { role: "assistant", content: "```\ntrue\n```" },
      { role: "user", content: silentText },
      { role: "assistant", content: "Done." },
      { role: "user", content: "And more." },
    ]);
    const kind = bodyOf(sweAgent, context, conversationOf(entries, { developer: ["Be kind."] }));
    expect(String(kind.messages[0]?.content)).toContain("Be kind.");
  });

  it("forgets an answer in the wrong form once there is a later one", () => {
    const entries = [said("Fix."), answered("Hm."), said(correctionText)];
    const roles = (...more: Parameters<typeof conversationOf>[0]) =>
      bodyOf(sweAgent, context, conversationOf([...entries, ...more])).messages.map(({ role }) => role);
    expect(roles()).toEqual(["system", "user", "assistant", "user"]);
    expect(roles(answered("x", [[callFor("ls"), "a"]]))).toEqual(["system", "user", "assistant", "user"]);
  });

  it("asks again for an answer without a command, unless it was cut off", () => {
    const answer = (text: string, stop: ModelAnswer["stop"] = "end"): ModelAnswer => ({
      text,
      thinking: [],
      calls: [],
      stop,
    });
    expect(sweAgent.interpret?.(answer("Well."), context)).toEqual({ kind: "again", correction: correctionText });
    expect(sweAgent.interpret?.(answer("Well.", "max_tokens"), context)).toEqual({
      kind: "answer",
      text: "Well.",
      calls: [],
    });
    expect(sweAgent.interpret?.(answer("Look.\n```\nls\n```"), context)).toEqual({
      kind: "answer",
      text: "Look.",
      calls: [callFor("ls")],
    });
  });
});

describe("commands in a text", () => {
  const fence = (body: string, label = "") => `\`\`\`${label}\n${body}\n\`\`\``;
  it.each([
    ["a fence", `do\n${fence("ls -a")}`, "ls -a", "do"],
    ["a label", fence("ls", "bash"), "ls", ""],
    ["a label as the first line", fence("bash\nls"), "ls", ""],
    ["the last of several", `${fence("one")}\nthen\n${fence("two", "sh")}`, "two", `${fence("one")}\nthen`],
    ["no other language", `${fence("ls")}\n${fence("x = 1", "python")}`, "ls", fence("x = 1", "python")],
    ["the only one, whatever its label", fence("x = 1", "python"), "x = 1", ""],
    ["a fence within a fence", fence(`cat <<E\n${fence("x", "python")}\nE`), `cat <<E\n${fence("x", "python")}\nE`, ""],
    ["none", "nothing here", "", "nothing here"],
    ["an empty one", fence(""), "", ""],
    ["an open one", "```\nls", "", "```\nls"],
    [
      "tool_invoke",
      "a<tool_invoke><name>execute_bash</name><code>ls &amp;&amp; x</code></tool_invoke>b",
      "ls && x",
      "ab",
    ],
    ["invoke", '<invoke name="bash"><parameter name="command">a &lt; b</parameter></invoke>', "a < b", ""],
    [
      "a parameter in a parameter",
      "<invoke name='execute_bash'><parameter name='command'><parameter>ls</parameter></parameter></invoke>",
      "ls",
      "",
    ],
    ["invoke with a command tag", '<invoke name="bash"><command>ls</command></invoke>', "ls", ""],
    ["execute_bash", "<execute_bash>\nls\n</execute_bash>", "ls", ""],
    ["execute_bash with code", `<execute_bash><code>ls</code></execute_bash>\n${fence("other")}`, "ls", fence("other")],
    [
      "another tool's invoke",
      '<invoke name="python"><command>x</command></invoke>',
      "",
      '<invoke name="python"><command>x</command></invoke>',
    ],
  ])("are found: %s", (_name, text, cmd, discussion) => {
    const found = findCommand(text);
    expect(found.command).toBe(cmd);
    if (cmd !== "") expect(found.discussion).toBe(discussion);
  });

  it("are split as a shell would", () => {
    expect(shellWords(`a 'b c' "d \\"e\\" $f" g\\ h ''`)).toEqual(["a", "b c", 'd "e" $f', "g h", ""]);
    expect(shellWords("x 'y")).toBeUndefined();
  });
});

describe("what swe-agent's commands come to", () => {
  const text = (...args: Parameters<typeof run>) => run(...args).result.content;
  const late = "Wall time: 30.0 seconds\nProcess running with session ID 7\nOutput:\n";

  it("output, silence, failures, and no programs for a keyboard", () => {
    expect(text("ls", [ran("a\n")])).toBe("a\n");
    expect(text("true", [ran("")])).toBe(silentText);
    expect(text("false", [ran("", 1)])).toContain("exit code 1");
    expect(text("x", [ran("bash: line 3: x: command not found\n", 127)])).toBe("bash: x: command not found\n");
    expect(String(text("x", [ran("y".repeat(100_005))]))).toMatch(/^y{100000}\n<clipped: 5 more characters/);
    for (const cmd of ["vim a", "python", "less x"]) expect(run(cmd).calls).toEqual([]);
    expect(run("python a.py", [ran("ok\n")]).result.content).toBe("ok\n");
  });

  it("a timeout after 30 seconds, and the end of the turn after three in a row", () => {
    const once = run("sleep 99", [late, ran("^C", 130)]);
    expect(once.result.content).toContain("'sleep 99' was cancelled because it ran longer than 30 seconds");
    expect(once.result.endTurn).toBeUndefined();
    const one = { call: callFor("sleep 99"), result: { content: String(once.result.content) } };
    expect(run("sleep 9", [late, ran("")], [one]).result.endTurn).toBeUndefined();
    expect(run("sleep 9", [late, ran("")], [one, one]).result.endTurn).toContain("3 commands");
    const fine = { call: callFor("ls"), result: { content: "a" } };
    expect(run("sleep 9", [late, ran("")], [one, fine]).result.endTurn).toBeUndefined();
  });

  it("edits of the editor, and their undoing from the conversation", () => {
    const edit = `str_replace_editor str_replace a --old_str 'two' --new_str "2"`;
    const done = run(edit, [ran("one\ntwo\n"), updated]);
    expect(commandOf(done.calls[1])).toContain("-two\n+2\n");
    expect(done.result.content).toBe(
      "The file /w/a has been edited.\nLines around the change:\n     1\tone\n     2\t2",
    );
    expect(text(edit, [ran("two two\n")])).toContain("stand 2 times");
    const insert = run("str_replace_editor insert a --insert_line 1 --new_str 'x\ny'", [ran("one\ntwo\n"), updated]);
    expect(commandOf(insert.calls[1])).toContain(" one\n+x\n+y\n two\n");
    const earlier = [
      { call: callFor(edit), result: { content: String(done.result.content) } },
      { call: callFor("str_replace_editor insert a --insert_line 1 --new_str x"), result: { content: "failed" } },
    ];
    const undone = run("str_replace_editor undo_edit a", [ran("one\n2\n"), updated], earlier);
    expect(commandOf(undone.calls[1])).toContain("-2\n+two\n");
    expect(undone.result.content).toBe("The last edit of /w/a was undone.");
    const after = [
      ...earlier,
      { call: callFor("str_replace_editor undo_edit a"), result: { content: String(undone.result.content) } },
    ];
    expect(text("str_replace_editor undo_edit a", [], after)).toContain("no edit of /w/a");
    expect(text("str_replace_editor view a --view_range 2 2", [ran("one\ntwo\n")])).toBe(
      "The lines of /w/a, numbered:\n     2\ttwo",
    );
    expect(text("str_replace_editor create a --file_text x", [ran("there")])).toContain("exists already");
    const create = run("str_replace_editor create n --file_text 'x\n'", [
      ran("cat: n: No such file or directory", 1),
      updated,
    ]);
    expect(create.result.content).toBe("File created successfully at: /w/n");
    expect(text("str_replace_editor fly a")).toContain('knows no "fly"');
  });

  it("a review with the whole change at the first submit, the end of the turn at the second", () => {
    const first = run("submit", [ran("+new\n")]);
    expect(commandOf(first.calls[0])).toMatch(/^git --no-pager diff HEAD; git ls-files -o /);
    expect(first.result.content).toContain("<diff>\n+new\n\n</diff>");
    const earlier = [{ call: callFor("submit"), result: { content: String(first.result.content) } }];
    expect(run("submit", [], earlier)).toMatchObject({ result: { endTurn: "The change is submitted." }, calls: [] });
    expect(run("submit", [ran("")], [...earlier, ...earlier]).result.endTurn).toBeUndefined();
  });
});
