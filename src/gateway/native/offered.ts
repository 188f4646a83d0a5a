import type { ToolResult } from "../conversation/types.ts";
import type { CallContext, HarnessContext, HarnessTool } from "../harness/types.ts";
import type { JsonObject } from "../json.ts";
import type { NativeCall, NativeOutput, OfferedTool, Program } from "./types.ts";

/** True when Codex would execute this tool in this request. */
export function offers(context: HarnessContext, name: string, namespace?: string): boolean {
  return find(context, name, namespace) !== undefined;
}

export function find(context: HarnessContext, name: string, namespace?: string): OfferedTool | undefined {
  return context.offered.find(
    (tool) => tool.name === name && (namespace === undefined || tool.namespace === namespace),
  );
}

const maxNameChars = 64;

/**
 * The name a model knows an offered tool by: namespaces are flattened (`ns__tool`), and what other APIs would refuse is
 * replaced. Two tools never get one name.
 */
function flatNames(offered: readonly OfferedTool[]): ReadonlyMap<OfferedTool, string> {
  const names = new Map<OfferedTool, string>();
  const taken = new Set<string>();
  for (const tool of offered) {
    const whole = tool.namespace === undefined ? tool.name : `${tool.namespace}__${tool.name}`;
    const base = whole.replace(/[^A-Za-z0-9_-]/g, "_");
    let name = base.slice(0, maxNameChars);
    for (let next = 2; taken.has(name); next += 1) {
      const ending = `_${next}`;
      name = `${base.slice(0, maxNameChars - ending.length)}${ending}`;
    }
    taken.add(name);
    names.set(tool, name);
  }
  return names;
}

/** Tools that are what Codex offers, one to one: its own, MCP's and the host's. */
export function passThrough(offered: readonly OfferedTool[]): HarnessTool[] {
  return [...flatNames(offered)].map(([tool, name]) => ({
    name,
    description: tool.description,
    parameters: tool.kind === "custom" ? freeform : tool.parameters,
    parallel: true,
    *run(input: JsonObject): Program<ToolResult> {
      const output = yield nativeCall(tool, input);
      return { content: contentOf(output) };
    },
  }));
}

/** What a freeform tool looks like to a model that has only functions. */
const freeform: JsonObject = {
  type: "object",
  properties: { input: { type: "string", description: "The whole text the tool is given." } },
  required: ["input"],
  additionalProperties: false,
};

export function nativeCall(tool: OfferedTool, input: JsonObject): NativeCall {
  const { name } = tool;
  const namespace = tool.namespace === undefined ? {} : { namespace: tool.namespace };
  if (tool.kind === "function") return { kind: "function", name, ...namespace, input };
  return { kind: "custom", name, ...namespace, input: typeof input.input === "string" ? input.input : "" };
}

/** An output as a result: a string where it is nothing else. */
function contentOf(output: NativeOutput): ToolResult["content"] {
  return output.parts.every((part) => part.type === "text") ? output.text : output.parts;
}

/** Tools that are not Codex's own: of MCP servers and of the host. */
export function foreignTools(context: HarnessContext): OfferedTool[] {
  return context.offered.filter(({ name, namespace }) => !ownNames.has(name) && !ownNamespaces.has(namespace ?? ""));
}

const ownNames = new Set([
  "exec_command",
  "write_stdin",
  "update_plan",
  "request_user_input",
  "view_image",
  "apply_patch",
  "shell",
  "shell_command",
  "spawn_agent",
  "send_input",
  "resume_agent",
  "wait_agent",
  "close_agent",
  "get_goal",
  "create_goal",
  "update_goal",
  "tool_search",
]);
const ownNamespaces = new Set(["multi_agent_v1", "multi_agent_v2"]);

export type At = Pick<CallContext, "context">;
