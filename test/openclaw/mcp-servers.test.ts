import { describe, expect, it } from "vitest";
import type { CodexHarness } from "../../src/harness/codex-harness.ts";
import type { Attempt } from "../../src/harness/types.ts";
import { mcpServers, withMcpServers } from "../../src/openclaw/mcp-servers.ts";
import { OnceLog } from "../../src/openclaw/once-log.ts";
import type { HostAttempt } from "../../src/openclaw/sdk.ts";
import type { HostMcp } from "../../src/openclaw/sdk-mcp.ts";

const params = (extra: object = {}): HostAttempt =>
  ({ workspaceDir: "/work", agentId: "main", config: { mcp: {} }, ...extra }) as unknown as HostAttempt;
const servers = { docs: { command: "docs-server" } };

const mine = { mine: { command: "my-server" } };
/** As Codex's configuration has them. */
const mySettings = { "mcp_servers.mine": mine.mine };
const allSettings = { "mcp_servers.docs": servers.docs, ...mySettings };

/** A fake of the host's helpers. */
function fakeLoad(found: object = { configPatch: { mcp_servers: servers }, diagnostics: [] }) {
  const asked: unknown[] = [];
  const host: HostMcp = {
    async bundled(options) {
      asked.push(options);
      return found as { diagnostics: [] };
    },
    async own({ run, cwd }) {
      asked.push({ run, cwd });
      return { mcp_servers: mine };
    },
  };
  return { asked, load: async () => host };
}

describe("mcpServers", () => {
  it("are the host's, under the policy of the turn", async () => {
    const { asked, load } = fakeLoad();
    const policy = { toolsAllow: ["docs__*"], toolOverrides: { mcpServers: { docs: true } } };
    expect(await mcpServers(params(policy), () => undefined, load)).toEqual(allSettings);
    expect(asked).toEqual([
      { workspaceDir: "/work", agentId: "main", cfg: { mcp: {} }, ...policy },
      { run: params(policy), cwd: "/work" },
    ]);
  });

  it.each([{ modelRun: true }, { disableTools: true }, { pluginHarnessToolPolicyRestricted: true }])(
    "are left out with %j",
    async (extra) => {
      const { asked, load } = fakeLoad();
      expect(await mcpServers(params(extra), () => undefined, load)).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );

  it("are done without, with a warning, when they cannot be had", async () => {
    const warned: string[] = [];
    const warn = (message: string): void => void warned.push(message);
    expect(await mcpServers(params(), warn, async () => ({}))).toBeUndefined();
    expect(warned).toEqual([]);
    const { load } = fakeLoad({ diagnostics: [{ pluginId: "p", message: "docs has no command" }] });
    expect(await mcpServers(params(), warn, load)).toEqual(mySettings);
    const failing = async (): Promise<never> => {
      throw new Error("manifest unreadable");
    };
    expect(await mcpServers(params(), warn, failing)).toBeUndefined();
    expect(warned).toEqual(["MCP server: docs has no command", expect.stringContaining("manifest unreadable")]);
  });

  it("are left out when no setting can name them, with a warning", async () => {
    const warned: string[] = [];
    const { load } = fakeLoad({ configPatch: { mcp_servers: { "a.b": {} } }, diagnostics: [] });
    expect(await mcpServers(params(), (message) => void warned.push(message), load)).toEqual(mySettings);
    expect(warned).toEqual([expect.stringContaining('The MCP server "a.b" is left out')]);
  });

  it("are not given to a Codex that may do nothing by itself", async () => {
    const seen: Attempt[] = [];
    const harness = { runAttempt: async (attempt: Attempt) => void seen.push(attempt) } as unknown as CodexHarness;
    const off = { nativeExecution: "off", config: { kept: 1 } } as unknown as Attempt;
    const on = { config: { kept: 1 } } as unknown as Attempt;
    const able = withMcpServers(harness, params(), () => undefined, fakeLoad().load);
    await able.runAttempt(off);
    await able.runAttempt(on);
    expect(seen).toEqual([off, { config: { kept: 1, ...allSettings } }]);
  });
});

describe("OnceLog", () => {
  it("says a thing once, and another one too", () => {
    const said: string[] = [];
    const log = new OnceLog((line) => said.push(line));
    for (const account of ["key", "key", undefined]) log.facts("runs", { route: "openai/gpt-5.5", account });
    expect(said).toEqual(["runs route=openai/gpt-5.5 account=key", "runs route=openai/gpt-5.5"]);
  });
});
