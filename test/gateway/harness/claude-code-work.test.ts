import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { openGatewayHost } from "../support/host.ts";
import { resultTexts, unmarked } from "../support/play.ts";
import type { ScriptedAnswer, UpstreamRequest } from "../support/upstream.ts";

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const book = { cells: [{ cell_type: "code", id: "k", metadata: {}, outputs: [], source: ["1\n"] }], nbformat: 4 };
const childWords = "Another agent gave you this task.";

it("claude-code's agents, background commands, pictures, notebooks and summaries are Codex's own", async () => {
  const bridge = await openGatewayHost("claude-work", { harness: "claude-code", wire: "messages", model: "claude-x" });
  try {
    const at = (name: string): string => path.join(bridge.work, name);
    writeFileSync(at("p.png"), Buffer.from(pixel, "base64"));
    writeFileSync(at("n.ipynb"), `${JSON.stringify(book, null, 1)}\n`);
    const isChild = ({ body }: UpstreamRequest): boolean => JSON.stringify(body.system).includes(childWords);
    const agent = { name: "Agent", args: { description: "count", prompt: "COUNT them" }, id: "toolu_a" };
    const notebook = { notebook_path: at("n.ipynb"), cell_id: "k", new_source: "2\n" };
    bridge.upstream.script = (request): ScriptedAnswer => {
      if (isChild(request)) return { say: "42 of them" };
      const task_id = /task_id: (\S+)/.exec(JSON.stringify(request.body.messages))?.[1]?.replace(/\\n.*/, "");
      const answers: ScriptedAnswer[] = [
        {
          calls: [
            agent,
            { name: "Read", args: { file_path: at("p.png") }, id: "toolu_p" },
            { name: "Read", args: { file_path: at("n.ipynb") }, id: "toolu_r" },
            { name: "NotebookEdit", args: notebook, id: "toolu_n" },
            { name: "Bash", args: { command: "echo up; exec sleep 600", run_in_background: true }, id: "toolu_b" },
          ],
        },
        {
          calls: [{ name: "TaskStop", args: { task_id }, id: "toolu_s" }],
        },
      ];
      return answers[(request.body.messages.length - 1) / 2] ?? { say: "over" };
    };
    const turn = await bridge.turn("s", "work");
    const last = bridge.upstream.requests.at(-1)!;
    const [, , , edited, started, stopped] = resultTexts(last);
    expect(turn, JSON.stringify(last.body.messages)).toMatchObject({ ok: true, text: "over" });
    const [told, picture] = (last.body.messages[2]?.content ?? []) as { content: unknown }[];
    expect(told?.content).toEqual([{ type: "text", text: "42 of them" }]);
    expect(picture?.content).toEqual([
      { type: "image", source: { type: "base64", media_type: "image/png", data: expect.any(String) } },
    ]);
    expect(edited).toBe(`Notebook ${at("n.ipynb")}: replaced the cell.`);
    const kept = { ...book.cells[0], execution_count: null, source: ["2\n"] };
    expect(JSON.parse(readFileSync(at("n.ipynb"), "utf8"))).toEqual({ ...book, cells: [kept] });
    expect(started).toMatch(/\ntask_id: bash-\d+\nstatus: running\n\nup$/);
    // The oldest releases give a command without a terminal no interruption; then it is not said to be stopped.
    expect(stopped).toMatch(/^task_id: bash-\d+\nstatus: (stopped|running)/);
    if (!process.env.CODEX_UNDER_TEST) expect(stopped).toMatch(/\nstatus: stopped\n/);
    bridge.upstream.script = ({ body }) => (body.tool_choice ? { say: "SUMMARY" } : { say: "on" });
    expect(await bridge.harness.compact({ key: "s", id: "s" })).toMatchObject({ compacted: true });
    expect(await bridge.turn("s", "after")).toMatchObject({ ok: true, text: "on" });
    const [summary, after] = bridge.upstream.requests.slice(-2).map(({ body }) => body);
    // Tools and prompt are those of the turns before, so that the provider's cache holds for the longest request of all.
    expect(summary?.tool_choice).toEqual({ type: "none" });
    expect([summary?.tools, summary?.system]).toEqual([last.body.tools, last.body.system]);
    expect(unmarked(summary?.messages).startsWith(unmarked(last.body.messages).replace(/\]\}\]$/, ""))).toBe(true);
    expect(JSON.stringify(after?.messages)).toContain("SUMMARY");
    expect(JSON.stringify(after?.messages)).not.toContain("tool_use");
    const [child, ...others] = bridge.upstream.requests.filter(isChild).map(({ body }) => body);
    expect(others).toEqual([]);
    expect(child).toMatchObject({ temperature: 1 });
    expect(JSON.stringify(child?.messages)).toContain("COUNT them");
    expect(JSON.stringify(child?.tools)).not.toMatch(/"name":"(Agent|AskUserQuestion|TaskOutput)"/);
  } finally {
    await bridge.close();
  }
});
