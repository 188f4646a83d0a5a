import type { HostAttempt } from "./sdk.ts";

/** The host's MCP servers in Codex's words, behind two helpers; a host may lend either or none. */
export interface HostMcp {
  /** Those of the operator's `mcp.servers`, with their credentials, under the policy of the run. */
  readonly own?: (params: {
    run: HostAttempt;
    cwd: string;
    agentId?: string;
    allowLiteralOAuthProjection: boolean;
    warn: (message: string) => void;
    onServerUnavailable: (name: string, error: unknown) => void;
  }) => Promise<{ mcp_servers: object } | undefined>;
  /** Those that plugins and bundles bring. */
  readonly bundled?: (params: {
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
}

export async function loadHostMcp(): Promise<HostMcp> {
  const [projection, runtime] = await Promise.all([
    import("openclaw/plugin-sdk/codex-mcp-projection"),
    import("openclaw/plugin-sdk/agent-harness-runtime"),
  ]);
  const own = projection.buildCodexUserMcpServersThreadConfigPatchForRun;
  const bundled = runtime.loadCodexBundleMcpThreadConfig as HostMcp["bundled"];
  return { ...(own ? { own } : {}), ...(bundled ? { bundled } : {}) };
}
