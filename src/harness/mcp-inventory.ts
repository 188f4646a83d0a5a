import { z } from "zod";
import type { LiveServer } from "./server-slot.ts";

/** An MCP server that Codex runs for a thread, and its tools. */
export interface McpServer {
  readonly name: string;
  readonly tools: readonly McpTool[];
  /** Why its tools could not be listed. */
  readonly problem?: string;
}

export interface McpTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: object;
}

const listed = z.looseObject({
  data: z.array(
    z.looseObject({
      name: z.string(),
      tools: z
        .record(
          z.string(),
          z.looseObject({
            name: z.string().nullish(),
            title: z.string().nullish(),
            description: z.string().nullish(),
            inputSchema: z.looseObject({}).nullish(),
          }),
        )
        .nullish(),
      toolsError: z.string().nullish(),
    }),
  ),
  nextCursor: z.string().nullish(),
});

const maxPages = 10;

/** The MCP servers of a loaded thread (`mcpServerStatus/list`); nothing is started for it. */
export async function listMcpServers(live: LiveServer, threadId: string, timeoutMs: number): Promise<McpServer[]> {
  const servers: McpServer[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const params = { threadId, detail: "toolsAndAuthOnly", ...(cursor === undefined ? {} : { cursor }) };
    const answer = await live.server.request("mcpServerStatus/list", params, { timeoutMs });
    const { data, nextCursor } = listed.parse(answer);
    for (const { name, tools, toolsError } of data) {
      servers.push({
        name,
        tools: Object.entries(tools ?? {}).map(([key, tool]) => ({
          name: tool.name ?? key,
          ...(tool.title ? { title: tool.title } : {}),
          ...(tool.description ? { description: tool.description } : {}),
          inputSchema: tool.inputSchema ?? { type: "object", properties: {} },
        })),
        ...(toolsError ? { problem: toolsError } : {}),
      });
    }
    if (!nextCursor) break;
    cursor = nextCursor;
  }
  return servers;
}
