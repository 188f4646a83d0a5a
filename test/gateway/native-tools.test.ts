import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostTool } from "../../src/requests/types.ts";
import { openDirect, user } from "./support/direct.ts";
import { openGatewayHost } from "./support/host.ts";
import { toolTexts } from "./support/play.ts";
import { stepOf, toolResults } from "./support/script.ts";
import type { UpstreamRequest } from "./support/upstream.ts";

/*
 * Tools that are no harness's own: of MCP servers, of the host, Codex's sub-agents. A model of any shape is offered them
 * under one flat name each, and what it calls is called.
 */

const server = path.resolve(import.meta.dirname, "../requests/mcp-server.mjs");
const toolNames = ({ body }: UpstreamRequest): string[] =>
  ((body.tools ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name);

let bridge: Awaited<ReturnType<typeof openGatewayHost>>;
beforeAll(async () => {
  bridge = await openGatewayHost("native-tools");
});
afterAll(() => bridge.close());

describe("on a real Codex", () => {
  const lookup: HostTool = {
    name: "lookup",
    description: "looks a word up",
    inputSchema: { type: "object", properties: { word: { type: "string" } }, required: ["word"] },
    execute: (args) => `found ${(args as { word: string }).word}`,
  };
  // The host's tool has a name that shapes have for their own.
  const namesake: HostTool = { ...lookup, name: "ReadFile", execute: () => "the host's ReadFile" };

  it.each([
    ["kimi-test", "ReadFile"],
    ["qwen-test", "read_file"],
    ["deepseek-test", "read_file"],
    ["plain-test", "exec_command"],
  ])("%s calls a tool of an MCP server and tools of the host", async (model, own) => {
    const seen = path.join(bridge.work, `peek-${model}`);
    const from = bridge.upstream.requests.length;
    let called: string[] = [];
    bridge.upstream.script = (request) => {
      if (stepOf(request) > 0) return { say: "done" };
      const names = toolNames(request);
      called = [/demo.*peek$/, /^lookup$/, /^ReadFile_2$|^ReadFile$/].map(
        (form) => names.findLast((name) => form.test(name)) ?? "none",
      );
      const [peek = "", find = "", other = ""] = called;
      return {
        calls: [
          { name: peek, args: { file: seen } },
          { name: find, args: { word: "plum" } },
          { name: other, args: { word: "x" } },
        ],
      };
    };
    const result = await bridge.turn(model, "use them", {
      model,
      tools: [lookup, namesake],
      config: { mcp_servers: { demo: { command: process.execPath, args: [server] } } },
    });
    const [first, last] = bridge.upstream.requests.slice(from);
    expect(result).toMatchObject({ ok: true, text: "done" });
    expect(toolNames(first!)).toContain(own);
    expect(new Set(toolNames(first!)).size).toBe(toolNames(first!).length);
    const results = toolTexts(last!);
    expect(results[0]).toContain("peek done");
    expect(existsSync(seen)).toBe(true);
    expect(results.slice(1)).toEqual([
      expect.stringContaining("found plum"),
      expect.stringContaining("the host's ReadFile"),
    ]);
    const said = result.entries.flatMap(({ tool }) => (tool ? [tool.name] : []));
    expect(said).toEqual(expect.arrayContaining(["lookup", "ReadFile"]));
  });

  it("a sub-agent is asked through the same provider, and its parent hears of it", async () => {
    const from = bridge.upstream.requests.length;
    bridge.upstream.script = (request) => {
      const child = JSON.stringify(request.body.messages).includes("count the plums");
      const isParent = JSON.stringify(request.body.messages).includes("delegate this");
      if (child && !isParent) return { say: "Seven plums." };
      const names = toolNames(request);
      const named = (form: RegExp): string => names.find((name) => form.test(name)) ?? "none";
      if (stepOf(request) === 0)
        return { calls: [{ name: named(/spawn_agent$/), args: { message: "count the plums" } }] };
      const id = /"agent_id":\s*"([^"]+)"|"id":\s*"([^"]+)"/.exec(toolResults(request).join());
      const target = id?.[1] ?? id?.[2] ?? "";
      if (stepOf(request) === 1)
        return { calls: [{ name: named(/wait_agent$/), args: { ids: [target], targets: [target] } }] };
      return { say: `The agent says: ${/Seven plums/.exec(toolResults(request).join())?.[0]}` };
    };
    const result = await bridge.turn("parent", "delegate this", { model: "plain-test" });
    expect(result, JSON.stringify(bridge.upstream.requests.slice(from).map(toolResults))).toMatchObject({
      ok: true,
      text: "The agent says: Seven plums",
    });
    const keys = bridge.upstream.requests.slice(from).map(({ headers }) => headers.authorization);
    expect(new Set(keys)).toEqual(new Set([`Bearer ${bridge.key}`]));
  });
});

it("tools that come as an item of the input are offered, too", async () => {
  const direct = await openDirect("additional-tools", ({ index }) =>
    index === 0 ? { calls: [{ name: "demo__peek", args: { file: "x" } }] } : { say: "ok" },
  );
  const inner = { type: "function", name: "peek", description: "looks", parameters: { type: "object" } };
  const tools = [{ type: "namespace", name: "demo", tools: [inner] }, { type: "web_search" }];
  const { items } = await direct.ask([{ type: "additional_tools", role: "developer", tools }, user("hi")], {
    tools: [],
  });
  expect(toolNames(direct.upstream.requests[0]!)).toEqual(["demo__peek"]);
  expect(items.at(-1)).toMatchObject({
    type: "function_call",
    namespace: "demo",
    name: "peek",
    arguments: '{"file":"x"}',
  });
  await direct.close();
});
