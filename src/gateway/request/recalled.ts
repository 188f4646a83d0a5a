import type { OfferedTool } from "../native/types.ts";
import type { RequestItem } from "./items.ts";

/**
 * What a request that offers nothing (one for a summary) offered before, as far as its history tells: what was called,
 * and commands. Programs are run again with it, and say again what they said.
 */
export function recalledTools(items: readonly RequestItem[]): OfferedTool[] {
  const called = items.flatMap((item) => (item.type === "call" ? [item] : []));
  const tools = new Map([["exec_command", recalled({ kind: "function", name: "exec_command" })]]);
  for (const call of called) tools.set([call.namespace ?? [], call.name].flat().join(" "), recalled(call));
  return [...tools.values()];
}

function recalled({ kind, name, namespace }: Pick<OfferedTool, "kind" | "name" | "namespace">): OfferedTool {
  const where = namespace === undefined ? {} : { namespace };
  return { kind, name, ...where, description: "", parameters: { type: "object" } };
}
