/** Exported by the host's package.json, but its declaration file is left out of the npm package (2026.9.6). */
declare module "openclaw/plugin-sdk/codex-mcp-projection" {
  export const buildCodexUserMcpServersThreadConfigPatchForRun: import("./sdk-mcp.ts").HostMcp["own"];
}
