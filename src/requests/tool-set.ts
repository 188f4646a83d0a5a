import type { ToolDefinition } from "../protocol/params.ts";
import { schemaFault } from "./tool-schema.ts";
import type { HostTool } from "./types.ts";

/** Tools that Codex has itself; a second one of the same name would only confuse the model. */
export const nativeTools: readonly string[] = [
  "read",
  "write",
  "edit",
  "ls",
  "apply_patch",
  "exec",
  "exec_command",
  "write_stdin",
  "process",
  "shell",
  "update_plan",
  "view_image",
  "web_search",
  "tool_search",
  "request_user_input",
];

export interface ToolSet {
  /** What a thread is started with. */
  readonly definitions: readonly ToolDefinition[];
  /** The tool behind a name the server calls. */
  find(name: string, namespace: string | null | undefined): HostTool | undefined;
  /** Tools that are left out, each with the reason; the thread starts all the same. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

/** Codex from 0.129 on takes these only. */
const legalName = /^[A-Za-z0-9_-]{1,128}$/;

/** Turns the host's tools into what every Codex release takes, and keeps the way back. */
export function toolSet(tools: readonly HostTool[], exclude: readonly string[] = nativeTools): ToolSet {
  const byKey = new Map<string, HostTool>();
  const definitions: ToolDefinition[] = [];
  const leftOut: { name: string; reason: string }[] = [];
  // Names that can stay as they are go first: one that only looks alike must not take their place.
  const ordered = [...tools].sort((a, b) => Number(!isLegal(a.name)) - Number(!isLegal(b.name)));
  for (const tool of ordered) {
    const reason = exclude.includes(tool.name)
      ? "Codex has this tool itself"
      : (namespaceFault(tool.namespace) ?? schemaFault(tool.inputSchema));
    if (reason !== undefined) {
      leftOut.push({ name: tool.name, reason });
      continue;
    }
    const isTaken = (candidate: string): boolean =>
      byKey.has(key(candidate, tool.namespace)) || (candidate !== tool.name && exclude.includes(candidate));
    const name = legal(tool.name, isTaken);
    if (name === undefined) {
      leftOut.push({ name: tool.name, reason: "another tool has this name" });
      continue;
    }
    byKey.set(key(name, tool.namespace), tool);
    const { description, inputSchema, namespace, deferLoading } = tool;
    definitions.push({
      name,
      description,
      inputSchema,
      ...(namespace === undefined ? {} : { namespace }),
      // Only tools of a namespace can be loaded when they are searched for.
      ...(deferLoading && namespace !== undefined ? { deferLoading } : {}),
    });
  }
  return {
    definitions: inOrderOf(tools, definitions, byKey),
    leftOut,
    find: (name, namespace) => byKey.get(key(name, namespace ?? undefined)),
  };
}

/** The host's order says what matters most. */
function inOrderOf(
  tools: readonly HostTool[],
  definitions: readonly ToolDefinition[],
  byKey: ReadonlyMap<string, HostTool>,
): ToolDefinition[] {
  const place = ({ name, namespace }: ToolDefinition): number => tools.indexOf(byKey.get(key(name, namespace))!);
  return [...definitions].sort((a, b) => place(a) - place(b));
}

function key(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}\0${name}`;
}

/** Codex keeps these for itself. */
const reservedNamespaces: readonly string[] = ["functions", "web", "collaboration", "mcp", "multi_tool_use"];

function namespaceFault(namespace: string | undefined): string | undefined {
  if (namespace === undefined) return undefined;
  const legal = /^[A-Za-z0-9_-]{1,64}$/.test(namespace) && !namespace.startsWith("mcp__");
  if (!legal) return `its namespace ${JSON.stringify(namespace.slice(0, 80))} is not one Codex takes`;
  return reservedNamespaces.includes(namespace) ? `Codex keeps the namespace ${namespace} for itself` : undefined;
}

function isLegal(name: string): boolean {
  return legalName.test(name) && !name.startsWith("mcp__") && name !== "mcp";
}

/** A name Codex takes: the same where it can be, otherwise a like one that no other tool has. */
function legal(name: string, isTaken: (name: string) => boolean): string | undefined {
  if (isLegal(name)) return isTaken(name) ? undefined : name;
  const plain =
    name
      .replace(/[^A-Za-z0-9_-]+/g, "_")
      .replace(/^mcp(?=__|$)/, "host_mcp")
      .slice(0, 120) || "tool";
  for (let n = 1; n < 100; n += 1) {
    const candidate = n === 1 ? plain : `${plain}_${n}`;
    if (!isTaken(candidate)) return candidate;
  }
  return undefined;
}
