import type { ToolResult } from "../../conversation/types.ts";
import { toolMaker } from "../tool.ts";

/** How a call that went wrong is told. */
export function failed(words: string): ToolResult {
  return { content: `Error: ${words}`, isError: true };
}

export const tool = toolMaker(failed);
