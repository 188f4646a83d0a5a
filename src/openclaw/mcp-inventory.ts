import type { McpServer, McpTool } from "../harness/mcp-inventory.ts";
import type { Runtime } from "./runtime.ts";
import type { HostHarness } from "./sdk.ts";
import { sessionRef } from "./session-ref.ts";
import { peekHarness } from "./shared-harness.ts";

type Load = NonNullable<HostHarness["loadMcpToolCatalog"]>;
type Query = Parameters<Load>[0];
type Catalog = NonNullable<Awaited<ReturnType<Load>>>;

const waitMs = 3000;

/**
 * The host's MCP servers as Codex runs them in this session (host contract `AgentHarness.loadMcpToolCatalog`); of a
 * session whose thread is not loaded nobody can say anything, and nothing is started to find out.
 */
export async function mcpCatalog(runtime: Runtime, query: Query): Promise<Catalog | undefined> {
  const harness = peekHarness(runtime.place, runtime.config(), query.agentId);
  const servers = await harness?.mcpServers(sessionRef(query), waitMs);
  return servers && inHostWords(servers, query);
}

function inHostWords(
  servers: readonly McpServer[],
  { mcpServerNames, toolOverrides }: Pick<Query, "mcpServerNames" | "toolOverrides">,
): Catalog {
  const known = servers.filter(({ name }) => mcpServerNames.includes(name));
  const rows = known.flatMap(({ name, tools }) => tools.map((tool) => row(name, tool)));
  const denied = ({ serverName, toolName }: (typeof rows)[number]): boolean =>
    toolOverrides?.mcpToolsDeny?.[serverName]?.includes(toolName) === true;
  const hidden = rows.filter(denied);
  return {
    version: 1,
    generatedAt: Date.now(),
    servers: Object.fromEntries(
      known.map(({ name, tools }) => [
        name,
        { serverName: name, launchSummary: "run by Codex", toolCount: tools.length },
      ]),
    ),
    tools: rows.filter((each) => !denied(each)),
    ...(hidden.length > 0 ? { sessionDeniedTools: hidden } : {}),
  };
}

function row(serverName: string, { name, title, description, inputSchema }: McpTool): Catalog["tools"][number] {
  return {
    serverName,
    // Names of this kind are what the host has in its configuration; Codex takes no others.
    safeServerName: serverName,
    toolName: name,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    inputSchema: inputSchema as Catalog["tools"][number]["inputSchema"],
    fallbackDescription: `${name} of the MCP server ${serverName}`,
  };
}
