import { describe, expect, it } from "vitest";
import { nativeTools, toolSet } from "../../src/requests/tool-set.ts";
import type { HostTool } from "../../src/requests/types.ts";

const legal = /^[A-Za-z0-9_-]{1,128}$/;
const tool = (name: string, more: Partial<HostTool> = {}): HostTool => ({
  name,
  description: `about ${name}`,
  inputSchema: { type: "object" },
  execute: () => name,
  ...more,
});

/** Each tool that is offered, found again by the name it is offered under. */
function found(tools: readonly HostTool[]): (string | undefined)[] {
  const set = toolSet(tools);
  return set.definitions.map(({ name, namespace }) => set.find(name, namespace)?.name);
}

describe("names", () => {
  it("stay as they are where Codex takes them", () => {
    const names = ["a", "get_weather", "Get-Weather2", "x".repeat(128), "mcpish", "my_mcp__x"];
    expect(toolSet(names.map((name) => tool(name))).definitions.map(({ name }) => name)).toEqual(names);
  });

  it("that Codex does not take become like ones, each its own, and lead back", () => {
    const odd = ["my tool!", "my tool?", "my_tool__", "日本", "中国", "!", "", "mcp", "mcp__fs__read", "x".repeat(300)];
    const long = `${"x".repeat(300)}y`;
    const tools = [...odd, long].map((name) => tool(name));
    const { definitions, leftOut } = toolSet(tools);
    const names = definitions.map(({ name }) => name);
    expect(leftOut).toEqual([]);
    expect(new Set(names).size).toBe(tools.length);
    for (const name of names) expect(name).toMatch(legal);
    for (const name of names) expect(name).not.toMatch(/^mcp(__|$)/);
    expect(found(tools)).toEqual([...odd, long]);
  });

  it("that only look alike do not take the place of one that is as it should be", () => {
    const { definitions, leftOut } = toolSet([tool("my tool"), tool("my_tool")]);
    expect(leftOut).toEqual([]);
    expect(definitions.map(({ description }) => description)).toEqual(["about my tool", "about my_tool"]);
    expect(found([tool("my tool"), tool("my_tool")])).toEqual(["my tool", "my_tool"]);
  });

  it("never become that of a tool Codex has itself", () => {
    const { definitions } = toolSet([tool("apply patch"), tool("web.search")]);
    expect(definitions).toHaveLength(2);
    for (const { name } of definitions) expect(nativeTools).not.toContain(name);
  });

  it("are used once: the first tool keeps it, the others are named", () => {
    const { definitions, leftOut, find } = toolSet([tool("a"), tool("a", { execute: () => "second" })]);
    expect(definitions).toHaveLength(1);
    expect(leftOut).toEqual([{ name: "a", reason: "another tool has this name" }]);
    expect(find("a", null)?.execute(undefined, undefined as never)).toBe("a");
  });

  it("of Codex's own tools are left out, unless the host says otherwise", () => {
    expect(toolSet([tool("exec"), tool("good")]).leftOut).toEqual([
      { name: "exec", reason: "Codex has this tool itself" },
    ]);
    expect(toolSet([tool("exec"), tool("good")], ["good"]).definitions.map(({ name }) => name)).toEqual(["exec"]);
  });

  it("nobody offered lead nowhere", () => {
    const { find } = toolSet([tool("a", { namespace: "n" })]);
    for (const [name, namespace] of [
      ["a", null],
      ["a", undefined],
      ["a", "m"],
      ["b", "n"],
      ["toString", null],
    ] as const)
      expect(find(name, namespace)).toBeUndefined();
    expect(find("a", "n")?.name).toBe("a");
  });
});

describe("schemas", () => {
  const circular: Record<string, unknown> = { type: "object" };
  circular.properties = { self: circular };
  it.each([
    ["a text", "no schema", /no JSON schema/],
    ["null", null, /no JSON schema/],
    ["a list", [], /no JSON schema/],
    ["nothing", undefined, /no JSON schema/],
    ["one of another type", { type: "array" }, /of type array, not an object/],
    ["one that contains itself", circular, /cannot be written as JSON/],
    ["one with a number JSON does not know", { type: "object", maximum: 1n }, /cannot be written as JSON/],
  ])("%s: the tool is left out with the reason, the others stay", (_what, inputSchema, reason) => {
    const { definitions, leftOut } = toolSet([tool("bad", { inputSchema }), tool("good")]);
    expect(definitions.map(({ name }) => name)).toEqual(["good"]);
    expect(leftOut).toEqual([{ name: "bad", reason: expect.stringMatching(reason) }]);
  });

  it("without a type are taken as they are", () => {
    const inputSchema = { properties: { q: {} } };
    expect(toolSet([tool("a", { inputSchema })]).definitions[0]?.inputSchema).toBe(inputSchema);
  });
});

describe("namespaces", () => {
  it("keep equal names apart", () => {
    const tools = [tool("a"), tool("a", { namespace: "n" }), tool("a", { namespace: "m" })];
    const { definitions, leftOut, find } = toolSet(tools);
    expect(leftOut).toEqual([]);
    expect(definitions.map(({ namespace }) => namespace)).toEqual([undefined, "n", "m"]);
    expect([find("a", null), find("a", "n"), find("a", "m")]).toEqual(tools);
  });

  it("are what a tool that is searched for needs", () => {
    const { definitions } = toolSet([
      tool("a", { deferLoading: true }),
      tool("b", { deferLoading: true, namespace: "n" }),
      tool("c", { namespace: "n" }),
    ]);
    expect(definitions.map((each) => [each.name, each.deferLoading])).toEqual([
      ["a", undefined],
      ["b", true],
      ["c", undefined],
    ]);
    // What is absent must not be sent as null.
    expect(Object.keys(definitions[0]!)).toEqual(["name", "description", "inputSchema"]);
  });
});
