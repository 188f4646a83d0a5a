import type { CodexHarness } from "../harness/codex-harness.ts";
import { type HostAttempt, loadHostRuntime } from "./sdk.ts";

/** The one helper of the host that says how its MCP servers look to Codex; absent on hosts that do not lend it. */
type LoadServers = (params: {
  workspaceDir: string;
  agentId?: string;
  cfg?: HostAttempt["config"];
  disableTools?: boolean;
  toolsAllow?: string[];
  toolOverrides?: HostAttempt["toolOverrides"];
}) => Promise<{
  configPatch?: { mcp_servers: object };
  diagnostics: readonly { readonly message?: string }[];
}>;

type Warn = (message: string) => void;
type Loader = () => Promise<{ loadCodexBundleMcpThreadConfig?: LoadServers }>;
const hostLoader = loadHostRuntime as unknown as Loader;

/**
 * A harness whose attempts have the host's MCP servers (`mcp.servers` and those of bundles): Codex runs them itself, as
 * it runs those of its own configuration. Where Codex may do nothing by itself it gets none.
 */
export function withMcpServers(
  harness: CodexHarness,
  params: HostAttempt,
  warn: Warn,
  load: Loader = hostLoader,
): CodexHarness {
  return {
    ...harness,
    async runAttempt(attempt) {
      const servers = attempt.nativeExecution === "off" ? undefined : await mcpServers(params, warn, load);
      return harness.runAttempt(
        servers ? { ...attempt, config: { ...attempt.config, mcp_servers: servers } } : attempt,
      );
    },
  };
}

/** @returns undefined when there are none; what is wrong with one of them is warned of, and the turn goes on */
export async function mcpServers(
  params: HostAttempt,
  warn: Warn,
  load: Loader = hostLoader,
): Promise<object | undefined> {
  const { disableTools, toolsAllow, agentId, config: cfg, workspaceDir } = params;
  if (params.modelRun || params.pluginHarnessToolPolicyRestricted) return undefined;
  try {
    const { loadCodexBundleMcpThreadConfig } = await load();
    const found = await loadCodexBundleMcpThreadConfig?.({
      workspaceDir,
      ...(agentId === undefined ? {} : { agentId }),
      ...(cfg === undefined ? {} : { cfg }),
      ...(disableTools === undefined ? {} : { disableTools }),
      ...(toolsAllow === undefined ? {} : { toolsAllow }),
      ...(params.toolOverrides === undefined ? {} : { toolOverrides: params.toolOverrides }),
    });
    for (const { message } of found?.diagnostics ?? []) if (message) warn(`MCP server: ${message}`);
    return found?.configPatch?.mcp_servers;
  } catch (thrown) {
    warn(`The host's MCP servers are not there in this turn: ${String(thrown)}`);
    return undefined;
  }
}
