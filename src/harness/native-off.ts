import { BridgeError } from "../errors.ts";
import type { ThreadSettings } from "../protocol/params.ts";
import type { AppServer } from "../server/app-server.ts";
import { mcpSetting } from "./mcp-setting.ts";
import { mergedConfig } from "./merged-config.ts";

/** Codex's own ways to act, switched off one by one; an empty list of environments (`turn/start`) does the rest. */
const config: Readonly<Record<string, unknown>> = {
  web_search: "disabled",
  include_apply_patch_tool: false,
  tools: { view_image: false, web_search: false },
  features: {
    shell_tool: false,
    unified_exec: false,
    apply_patch_freeform: false,
    js_repl: false,
    multi_agent: false,
    apps: false,
    plugins: false,
    image_generation: false,
  },
};

/**
 * The settings of a thread in which Codex itself may do nothing. Measured on 0.125.0, 0.142.5, 0.154.0 and 0.169.0: the
 * configuration takes the shell away, the sandbox refuses patches, and the empty environments take away the rest, such
 * as looking at a picture of the host. Each of them alone leaves something open on some release. MCP servers of Codex's own
 * configuration are programs that none of these reaches: they are switched off by name.
 *
 * @param servers see `mcpServersOff`
 */
export function nativeOff(
  settings: ThreadSettings,
  servers: Readonly<Record<string, unknown>>,
): Pick<ThreadSettings, "approvalPolicy" | "sandbox" | "config"> {
  const all = { ...mergedConfig(settings.config ?? {}, config), ...servers };
  return { approvalPolicy: "never", sandbox: "read-only", config: all };
}

/**
 * The settings that switch off every MCP server of Codex's own configuration, as it holds in a folder (`config/read`). An
 * empty table would be merged with what is there: each has to be named.
 *
 * @throws BridgeError `native_off_impossible` for a name no setting can address
 */
export async function mcpServersOff(
  server: AppServer,
  cwd: string,
  timeoutMs: number,
): Promise<Readonly<Record<string, false>>> {
  const { config: effective } = await server.call("config/read", { includeLayers: false, cwd }, { timeoutMs });
  const off = Object.keys(effective.mcp_servers ?? {}).map((name) => {
    const setting = mcpSetting(name);
    if (setting !== undefined) return [`${setting}.enabled`, false] as const;
    throw new BridgeError("native_off_impossible", `The MCP server ${JSON.stringify(name)} cannot be switched off.`, {
      remedy: "Give it a name of letters, digits, _ and - in Codex's configuration.",
      facts: { name },
    });
  });
  return Object.fromEntries(off);
}
