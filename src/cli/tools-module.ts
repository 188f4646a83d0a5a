import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { BridgeError } from "../errors.ts";
import type { HostTool } from "../requests/types.ts";

/**
 * The tools of `--tools`: a module's export `tools`, or its default export, as an array of HostTool.
 * @param file path of the module, relative to the folder the command runs in
 * @throws BridgeError `tools_module_invalid` naming the file and what is wrong with it
 */
export async function loadTools(file: string): Promise<readonly HostTool[]> {
  const absolute = path.resolve(file);
  if (!existsSync(absolute))
    throw invalid(absolute, "there is no such file", "Give the path of a module with --tools.");
  const module: Record<string, unknown> = await import(pathToFileURL(absolute).href).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw invalid(
      absolute,
      `it cannot be loaded: ${why}`,
      "Correct the module; `node <file>` shows the whole error.",
      cause,
    );
  });
  const exported = module.tools ?? module.default;
  const remedy = "Export an array: export const tools = [{ name, description, inputSchema, execute }].";
  if (exported === undefined) throw invalid(absolute, "it has neither an export `tools` nor a default one", remedy);
  if (!Array.isArray(exported)) throw invalid(absolute, `its export is no array, but ${kindOf(exported)}`, remedy);
  for (const [index, tool] of exported.entries()) {
    const fault = faultOf(tool);
    if (fault !== undefined) throw invalid(absolute, `tool ${index + 1} ${fault}`, "Correct this tool.");
  }
  return exported;
}

/** What Codex could not take or we could not run; whether a schema makes sense is looked at where threads are started. */
function faultOf(tool: unknown): string | undefined {
  if (tool === null || typeof tool !== "object") return `is no object, but ${kindOf(tool)}`;
  const { name, description, inputSchema, execute } = tool as Record<string, unknown>;
  if (typeof name !== "string" || name === "") return "has no name";
  if (typeof execute !== "function") return `(${name}) has no function execute`;
  if (typeof description !== "string") return `(${name}) has no description`;
  if (inputSchema === null || typeof inputSchema !== "object") return `(${name}) has no inputSchema`;
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function invalid(file: string, what: string, remedy: string, cause?: unknown): BridgeError {
  const options = { remedy, facts: { file }, ...(cause === undefined ? {} : { cause }) };
  return new BridgeError("tools_module_invalid", `The tools of ${file} cannot be used: ${what}.`, options);
}
