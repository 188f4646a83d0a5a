import { BridgeError } from "../errors.ts";
import { type GatewayConfig, parseGatewayConfig, routeProvider } from "../gateway/config.ts";
import { Endpoint } from "../gateway/endpoint.ts";
import { unknownProvider } from "../gateway/explain.ts";
import { codexProviderId, Gateway, type GatewayAccess } from "../gateway/gateway.ts";
import { readModelName } from "../gateway/model-name.ts";
import { withPresets } from "../gateway/presets.ts";
import type { ModelRouter } from "../harness/model-access.ts";
import type { PluginConfig } from "./config.ts";
import { OnceLog } from "./once-log.ts";
import { type Place, stateFolder } from "./shared-harness.ts";

const checked = new WeakMap<object, GatewayConfig>();

/**
 * Harness modes as the gateway wants them, with the presets.
 * @throws BridgeError `plugin_config_invalid` | `gateway_config_invalid` | `wire_api_unknown` | `provider_unknown`
 */
export function checkedModes({ harnessModes, appServer }: PluginConfig): GatewayConfig | undefined {
  if (!harnessModes) return undefined;
  let config = checked.get(harnessModes);
  if (!config) {
    config = withPresets(parseGatewayConfig(harnessModes));
    const named = config.model_provider;
    if (named !== undefined && !routeProvider(config, named)) throw unknownProvider(config, named);
    checked.set(harnessModes, config);
  }
  const given = Object.entries(config.model_providers).find(([, { env_key }]) =>
    Object.hasOwn(appServer.env, env_key ?? ""),
  );
  if (given) {
    throw wrong(
      `appServer.env.${given[1].env_key}`,
      `would give Codex, and every command it runs, the key of provider "${given[0]}"`,
      "Set the variable for the host itself, and remove it there.",
    );
  }
  if (appServer.endpoint && !isHere(appServer.endpoint.url)) {
    throw wrong(
      "model_providers",
      "needs a Codex on this machine (appServer.url is elsewhere)",
      "Remove one of the two.",
    );
  }
  return config;
}

export type GatewayEndpoint = Endpoint;

/** The way from a turn to the gateway, for one configuration. */
export interface TurnGateway {
  readonly router: ModelRouter;
  close(): Promise<void>;
}

/** Nothing is started yet. */
export function openEndpoint(place: Place): Endpoint {
  return new Endpoint({ stateDir: stateFolder(place), warn: (message) => place.log("warn", message) });
}

export function openTurnGateway(place: Place, config: GatewayConfig, endpoint: Endpoint): TurnGateway {
  const warnings = new OnceLog((message) => place.log("warn", message));
  const routes = new OnceLog((message) => place.log("info", message));
  const gateway = new Gateway({
    stateDir: stateFolder(place),
    config,
    env: process.env,
    endpoint,
    warn: (message) => warnings.say(message),
  });
  const router: ModelRouter = async ({ session, model, modelProvider, cwd, effort, single = false }) => {
    const provider = modelProvider === codexProviderId ? undefined : modelProvider;
    // What nobody routed to a provider of ours is Codex's own.
    if (model === undefined || (provider === undefined && readModelName(model).provider === undefined))
      return undefined;
    const access = await gateway.access({
      session: JSON.stringify([session.agentId ?? null, session.key]),
      model,
      cwd,
      single,
      ...(provider === undefined ? {} : { provider }),
      ...(effort === undefined ? {} : { effort }),
    });
    if (access) routes.say(sentence(access, readModelName(access.model)));
    return access;
  };
  return { router, close: () => gateway.close() };
}

function sentence({ route }: GatewayAccess, { provider, model }: { provider?: string; model: string }): string {
  const shape = route.harness === undefined ? "Codex's own shape" : `the shape ${route.harness}`;
  return `model ${model} of provider ${provider} is asked in ${shape}: ${route.reason}`;
}

function isHere(url: string): boolean {
  if (url.startsWith("unix:")) return true;
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

function wrong(field: string, why: string, remedy: string): BridgeError {
  return new BridgeError("plugin_config_invalid", `${field} ${why}.`, { remedy, facts: { field } });
}
