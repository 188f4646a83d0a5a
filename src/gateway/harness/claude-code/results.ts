import type { ToolResult } from "../../conversation/types.ts";
import { closedParametersOf, toolMaker } from "../tool.ts";

/** How a call that could not do its work is told. A command that ran and failed is told otherwise. */
export function failed(words: string): ToolResult {
  return { content: `<tool_use_error>${words}</tool_use_error>`, isError: true };
}

export const tool = toolMaker(failed, closedParametersOf);

/** Words of the program's within what a user said or a tool returned. */
export function reminder(words: string): string {
  return `<system-reminder>\n${words}\n</system-reminder>`;
}
