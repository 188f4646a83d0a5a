import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseGatewayConfig } from "../../../src/gateway/config.ts";
import { Gateway, type GatewayOptions } from "../../../src/gateway/gateway.ts";
import { createCodexHarness } from "../../../src/harness/codex-harness.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../../../src/host/embedded-host.ts";
import { testFolder } from "../../support/home.ts";
import { startUpstream, type UpstreamScript } from "./upstream.ts";

export interface GatewayHostOptions {
  readonly wire?: "chat" | "messages";
  readonly harness?: string;
  readonly model?: string;
  /** Facts of the provider's models, such as a harness of their own. */
  readonly models?: Record<string, object>;
  /** More of the gateway's configuration. */
  readonly config?: Record<string, unknown>;
  readonly heartbeatMs?: number;
  readonly harnesses?: GatewayOptions["harnesses"];
  /** What the upstream model says, until `script` is set. */
  readonly script?: UpstreamScript;
}

const key = "test-key-of-the-upstream";

/**
 * A real Codex (CODEX_UNDER_TEST, or the managed one) whose model is a scripted upstream behind the gateway. The folder
 * `work` is where turns run.
 */
export async function openGatewayHost(name: string, options: GatewayHostOptions = {}) {
  const { wire = "chat", model = "test-model" } = options;
  const folder = testFolder(name);
  const work = path.join(folder.path, "work");
  mkdirSync(work, { recursive: true });
  const upstream = await startUpstream(wire, options.script ?? (() => ({ say: "ok" })));
  const config = parseGatewayConfig({
    ...(options.harness === undefined ? {} : { harness: options.harness }),
    model_provider: "up",
    model_providers: {
      up: { name: "Up", base_url: upstream.url, env_key: "UP_KEY", wire_api: wire, models: options.models ?? {} },
    },
    ...options.config,
  });
  const warnings: string[] = [];
  const open = () => {
    const gateway = new Gateway({
      stateDir: folder.path,
      config,
      env: { UP_KEY: key },
      warn: (message) => warnings.push(message),
      ...(options.harnesses ? { harnesses: options.harnesses } : {}),
      ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    });
    const command = process.env.CODEX_UNDER_TEST;
    const harness = createCodexHarness({
      stateDir: folder.path,
      server: {
        ...(command ? { command } : {}),
        codexHome: path.join(folder.path, "home"),
        configOverrides: ["analytics.enabled=false", "features.plugins=false"],
        env: { HOME: folder.path },
      },
      modelRouter: ({ session, model: wanted = model, cwd, effort }) =>
        gateway.access({ session: session.key, model: wanted, cwd, ...(effort === undefined ? {} : { effort }) }),
    });
    return { gateway, harness, host: new EmbeddedHost({ stateDir: folder.path, harnesses: [harness] }) };
  };
  let current = open();
  const shut = async (): Promise<void> => {
    await current.host.dispose();
    await current.gateway.close();
  };
  return {
    folder: folder.path,
    work,
    key,
    upstream,
    warnings,
    get gateway() {
      return current.gateway;
    },
    get harness() {
      return current.harness;
    },
    get host() {
      return current.host;
    },
    /** Bridge, gateway and Codex anew, as in another process. */
    async restart() {
      await shut();
      current = open();
    },
    turn: (sessionKey: string, prompt: string, extra: Partial<HostTurn> = {}): Promise<HostTurnResult> =>
      current.host.runTurn({
        sessionKey,
        prompt,
        cwd: work,
        approvalPolicy: "never",
        sandbox: "danger-full-access",
        model,
        ...extra,
      }),
    async close() {
      await shut();
      await upstream.close();
      folder.remove();
    },
  };
}
