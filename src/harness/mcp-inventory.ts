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

const maxPages = 10;

/** The MCP servers of a loaded thread (`mcpServerStatus/list`); nothing is started for it. */
export async function listMcpServers(live: LiveServer, threadId: string, timeoutMs: number): Promise<McpServer[]> {
  const servers: McpServer[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const params = { threadId, detail: "toolsAndAuthOnly", ...(cursor === undefined ? {} : { cursor }) } as const;
    const { data, nextCursor } = await live.server.call("mcpServerStatus/list", params, { timeoutMs });
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
