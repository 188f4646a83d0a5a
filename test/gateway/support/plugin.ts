import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { register } from "../../../src/openclaw/register.ts";
import type { HostHarness, HostResult } from "../../../src/openclaw/sdk.ts";
import { fakeAttempt } from "../../openclaw/fake-attempt.ts";
import { fakeHost } from "../../openclaw/fake-host.ts";
import { testFolder } from "../../support/home.ts";
import { runningBelow } from "../../support/processes.ts";
import { startUpstream, type UpstreamScript } from "./upstream.ts";

/** What a host says when it asks about models; only the names matter here. */
type CatalogQuery = Parameters<NonNullable<HostHarness["loadModelCatalog"]>>[0];

export const upstreamKey = "upstream-key-nobody-else-may-have";

/**
 * The plugin as a host registers it, on a real Codex (CODEX_UNDER_TEST, or the managed one), with a scripted Chat upstream
 * as the provider `up`. The host is a labelled fake: a test that uses this replaces its SDK by `vi.mock`.
 */
export async function openPlugin(name: string, config: object = {}, script: UpstreamScript = () => ({ say: "ok" })) {
  const folder = testFolder(name);
  const work = path.join(folder.path, "work");
  mkdirSync(work);
  const upstream = await startUpstream("chat", script);
  process.env.UP_KEY = upstreamKey;
  const command = process.env.CODEX_UNDER_TEST;
  const common = {
    appServer: {
      ...(command ? { command } : {}),
      configOverrides: ["analytics.enabled=false", "features.plugins=false"],
    },
    sandbox: "danger-full-access",
  };
  const withProvider = (models: object, more: object = {}) => ({
    ...common,
    model_providers: { up: { base_url: upstream.url, env_key: "UP_KEY", wire_api: "chat", models } },
    ...more,
  });
  const host = fakeHost(folder.path, { ...common, ...config });
  const told: string[] = [];
  const note = (message: string): void => void told.push(message);
  Object.assign(host.api.logger, { info: note, warn: note, error: note, debug: note });
  register(host.api);
  return {
    folder: folder.path,
    work,
    upstream,
    host,
    /** Everything that was logged, at any level. */
    told,
    withProvider,
    models: () => host.harness.loadModelCatalog!({ agentId: "main" } as CatalogQuery),
    turn: async (session: string, route: readonly [provider: string, model: string], more: object = {}) => {
      const [provider, modelId] = route;
      return (await host.harness.runAttempt(
        fakeAttempt({
          sessionKey: session,
          sessionId: session,
          provider,
          modelId,
          model: { id: modelId, provider, api: "openai-responses", input: ["text"], cost: {} },
          workspaceDir: work,
          timeoutMs: 240_000,
          hostCapabilities: capabilities,
          ...more,
        }) as never,
      )) as HostResult;
    },
    async close() {
      await host.dispose();
      await upstream.close();
      folder.remove();
    },
  };
}

export const capabilities = {
  assertActive: () => undefined,
  createToolSurface: () => [],
  runBeforeToolCall: async () => undefined,
  requestApproval: async () => undefined,
  waitForApproval: async () => undefined,
};

/** Arguments and environments of every process this one has started and that still runs. */
export function visibleToChildren(): string {
  return runningBelow(process.pid)
    .map((pid) => {
      try {
        return `${readFileSync(`/proc/${pid}/cmdline`)}\n${readFileSync(`/proc/${pid}/environ`)}`;
      } catch {
        return argumentsOf(pid);
      }
    })
    .join("\n");
}

/** Where there is no /proc. */
function argumentsOf(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    // It has ended meanwhile.
    return "";
  }
}
