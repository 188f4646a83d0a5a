import { inputItems, type ResponsesBody, type ResponsesTool } from "./request.ts";

/** A tool call as the model must write it. */
export type ToolCall =
  | { kind: "function"; name: string; namespace?: string | undefined; text: string; id?: string | undefined }
  | { kind: "custom"; name: string; namespace?: string | undefined; text: string; id?: string | undefined };

/** By default a script yields after 30 s and the model must ask again: a slow tool would count as a step of its own. */
const PATIENCE = '// @exec: {"yield_time_ms": 86400000}';

export interface OfferedTool {
  name: string;
  type: string;
  namespace?: string;
}

/** Every tool the request offers, with namespaces opened. Code-mode models get theirs in an input item. */
export function offeredTools(body: ResponsesBody): OfferedTool[] {
  const added = inputItems(body).flatMap((item) => (item.type === "additional_tools" ? (item.tools ?? []) : []));
  return [...(body.tools ?? []), ...added].flatMap((tool) => open(tool));
}

function open(tool: ResponsesTool, namespace?: string): OfferedTool[] {
  if (tool.type === "namespace") return (tool.tools ?? []).flatMap((inner) => open(inner, tool.name));
  const name = tool.name ?? tool.type ?? "";
  return [{ name, type: tool.type ?? "", ...(namespace === undefined ? {} : { namespace }) }];
}

/** True if the model reaches its tools by writing JavaScript for the freeform tool `exec`. */
export function isCodeMode(tools: readonly OfferedTool[]): boolean {
  return codeTool(tools) !== undefined && !tools.some((tool) => tool.name === "exec_command");
}

export interface ShellOptions {
  yieldMs?: number | undefined;
  workdir?: string | undefined;
  escalate?: string | undefined;
}

/** A shell command in the shape the offered tools demand. */
export function shellCall(tools: readonly OfferedTool[], command: string, options: ShellOptions): ToolCall {
  const escalation =
    options.escalate === undefined ? {} : { sandbox_permissions: "require_escalated", justification: options.escalate };
  const place = options.workdir === undefined ? {} : { workdir: options.workdir };
  const patience = options.yieldMs === undefined ? {} : { yield_time_ms: options.yieldMs };
  const args = { cmd: command, ...patience, ...place, ...escalation };
  if (isCodeMode(tools)) return codeCall(tools, "exec_command", args);
  if (!has(tools, "exec_command")) {
    // Servers without unified exec (features.unified_exec=false) offer one of these two instead.
    if (has(tools, "shell_command")) return functionCall("shell_command", { command, ...place, ...escalation });
    if (has(tools, "shell"))
      return functionCall("shell", { command: ["bash", "-lc", command], ...place, ...escalation });
  }
  return functionCall("exec_command", args);
}

/** A patch: freeform `apply_patch` if offered, else the heredoc that Codex intercepts into a file change. */
export function patchCall(tools: readonly OfferedTool[], patch: string): ToolCall {
  if (isCodeMode(tools)) return codeCall(tools, "apply_patch", patch);
  if (tools.some((tool) => tool.name === "apply_patch" && tool.type === "custom")) {
    return { kind: "custom", name: "apply_patch", text: patch };
  }
  return shellCall(tools, `apply_patch <<'EOF'\n${patch.replace(/\n$/, "")}\nEOF`, {});
}

/** A call of `update_plan`. */
export function planCall(tools: readonly OfferedTool[], plan: readonly object[], explanation?: string): ToolCall {
  return namedCall(tools, "update_plan", { ...(explanation === undefined ? {} : { explanation }), plan });
}

/** A call of any function tool; a code-mode model reaches a tool it was not offered directly through JavaScript. */
export function namedCall(
  tools: readonly OfferedTool[],
  name: string,
  args: unknown,
  options: { namespace?: string | undefined; id?: string | undefined } = {},
): ToolCall {
  const direct = tools.find(
    (tool) => tool.name === name && (options.namespace === undefined || tool.namespace === options.namespace),
  );
  if (isCodeMode(tools) && direct === undefined) {
    const path = options.namespace === undefined ? name : `${options.namespace}__${name}`;
    return { ...codeCall(tools, path, args), id: options.id };
  }
  const namespace = options.namespace ?? direct?.namespace;
  return { ...functionCall(name, args), namespace, id: options.id };
}

function functionCall(name: string, args: unknown): ToolCall {
  return { kind: "function", name, text: typeof args === "string" ? args : JSON.stringify(args ?? {}) };
}

/** JavaScript for the `exec` tool. Codex names nested tools by their path, as JavaScript identifiers. */
function codeCall(tools: readonly OfferedTool[], path: string, args: unknown): ToolCall {
  const name = path.replace(/[^A-Za-z0-9_$]/g, "_");
  const code = `${PATIENCE}
const result = await tools.${name}(${JSON.stringify(args ?? {})});
text(typeof result === "string" ? result : (result?.output ?? JSON.stringify(result)));`;
  return { kind: "custom", name: "exec", namespace: codeTool(tools)?.namespace, text: code };
}

function codeTool(tools: readonly OfferedTool[]): OfferedTool | undefined {
  return tools.find((tool) => tool.name === "exec" && tool.type === "custom");
}

function has(tools: readonly OfferedTool[], name: string): boolean {
  return tools.some((tool) => tool.name === name);
}
