import type { CodexHarness } from "../harness/codex-harness.ts";
import { mcpSetting } from "../harness/mcp-setting.ts";
import type { HostAttempt } from "./sdk.ts";
import { type HostMcp, loadHostMcp } from "./sdk-mcp.ts";

type Warn = (message: string) => void;

/**
 * A harness whose attempts have the host's MCP servers (`mcp.servers` and those of bundles): Codex runs them itself, as
 * it runs those of its own configuration. Where Codex may do nothing by itself it gets none.
 */
export function withMcpServers(
  harness: CodexHarness,
  params: HostAttempt,
  warn: Warn,
  load: () => Promise<HostMcp> = loadHostMcp,
): CodexHarness {
  return {
    ...harness,
    async runAttempt(attempt) {
      const servers = attempt.nativeExecution === "off" ? undefined : await mcpServers(params, warn, load);
      return harness.runAttempt(servers ? { ...attempt, config: { ...attempt.config, ...servers } } : attempt);
    },
  };
}

/**
 * @returns one setting per server, which leaves those of Codex's own settings where they are: a whole table would take
 *   the place of theirs. Undefined when there are none; what is wrong with one of them is warned of, and the turn goes on.
 */
export async function mcpServers(
  params: HostAttempt,
  warn: Warn,
  load: () => Promise<HostMcp> = loadHostMcp,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { disableTools, toolsAllow, toolOverrides, agentId, config: cfg, workspaceDir } = params;
  if (params.modelRun || disableTools || params.pluginHarnessToolPolicyRestricted) return undefined;
  const agent = agentId === undefined ? {} : { agentId };
  try {
    const host = await load();
    const [bundled, own] = await Promise.all([
      host.bundled?.({
        workspaceDir,
        ...agent,
        ...(cfg === undefined ? {} : { cfg }),
        ...(toolsAllow === undefined ? {} : { toolsAllow }),
        ...(toolOverrides === undefined ? {} : { toolOverrides }),
      }),
      host.own?.({
        run: params,
        cwd: params.cwd ?? workspaceDir,
        ...agent,
        allowLiteralOAuthProjection: true,
        warn,
        onServerUnavailable: (name) => warn(`The MCP server ${name} is left out: its login is not usable.`),
      }),
    ]);
    for (const { message } of bundled?.diagnostics ?? []) if (message) warn(`MCP server: ${message}`);
    const servers = Object.entries({ ...bundled?.configPatch?.mcp_servers, ...own?.mcp_servers });
    return servers.length > 0 ? settings(servers, warn) : undefined;
  } catch (thrown) {
    warn(`The host's MCP servers are not there in this turn: ${String(thrown)}`);
    return undefined;
  }
}

/** A name that no path of settings can hold is one Codex takes for no server either. */
function settings(servers: readonly [string, unknown][], warn: Warn): Record<string, unknown> {
  const usable = servers.flatMap(([name, server]): [string, unknown][] => {
    const setting = mcpSetting(name);
    if (setting !== undefined) return [[setting, server]];
    warn(`The MCP server ${JSON.stringify(name)} is left out: Codex takes names of letters, digits, _ and -.`);
    return [];
  });
  return Object.fromEntries(usable);
}
