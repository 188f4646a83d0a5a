import { BridgeError } from "../errors.ts";

/** What we need of the API a host hands to `register`, by path. */
const neededAtLoad = ["registerAgentHarness", "registerService", "runtime.state.resolveStateDir"] as const;
/**
 * What a host lets a harness do is only seen when a turn runs. This function came with it (2026.8) and can be seen at
 * once: a host without it would fail the first turn instead of the load.
 */
const cameWithCapabilities = "registerSessionCatalog";

/** @throws BridgeError `host_too_old` when the host cannot run this plugin; decided by what it has, never by its version */
export function requireHost(api: object): void {
  const missing = [...neededAtLoad, cameWithCapabilities].filter((path) => typeof read(api, path) !== "function");
  if (missing.length > 0) throw tooOld(missing.map((path) => `api.${path}`));
}

/** @throws BridgeError `host_too_old` when a turn comes without what the host must lend it */
export function requireHostCapabilities(params: { readonly hostCapabilities?: unknown }): void {
  const missing = ["createToolSurface", "runBeforeToolCall", "requestApproval", "waitForApproval"].filter(
    (name) => typeof read(params.hostCapabilities, name) !== "function",
  );
  if (missing.length > 0) throw tooOld(missing.map((name) => `hostCapabilities.${name}`));
}

function read(value: unknown, path: string): unknown {
  let found = value;
  for (const name of path.split(".")) found = (found as Record<string, unknown> | null | undefined)?.[name];
  return found;
}

function tooOld(missing: readonly string[]): BridgeError {
  return new BridgeError(
    "host_too_old",
    `This OpenClaw does not have what codex-bridge needs: ${missing.join(", ")}.`,
    {
      remedy: "Update OpenClaw to 2026.8.2 or newer (`openclaw update`), or disable codex-bridge.",
      facts: { missing: missing.join(",") },
    },
  );
}
