/**
 * Where the settings of an MCP server stand in Codex's configuration.
 * @returns undefined for a name no path of settings can hold
 */
export function mcpSetting(name: string): string | undefined {
  return /^[\w-]+$/.test(name) ? `mcp_servers.${name}` : undefined;
}
