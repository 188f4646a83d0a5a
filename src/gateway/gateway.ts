import { configuredHarness, type GatewayConfig, routeProvider, withKey } from "./config.ts";
import { Endpoint, type EndpointOptions } from "./endpoint.ts";
import { GatewayError } from "./errors.ts";
import { unknownProvider } from "./explain.ts";
import type { HarnessId } from "./harness/ids.ts";
import { harnessById, nativeChat } from "./harness/registry.ts";
import type { Harness } from "./harness/types.ts";
import type { JsonObject } from "./json.ts";
import { codexModelName, readModelName } from "./model-name.ts";
import { type Route, routeFor } from "./route.ts";
import { Sessions } from "./sessions.ts";

export interface GatewayOptions extends EndpointOptions {
  readonly config: GatewayConfig;
  /** Where the providers' keys are read from. */
  readonly env: NodeJS.ProcessEnv;
  /** Shared with gateways of other configurations; closed by whoever made it. */
  readonly endpoint?: Endpoint;
  /** Harness objects of one's own, by the id they stand in for. */
  readonly harnesses?: Readonly<Partial<Record<HarnessId, Harness>>>;
}

/** What a host wants to have served. */
export interface GatewayTurn {
  /** Whatever names the host's session. */
  readonly session: string;
  /** As its provider calls it, or as Codex was told. */
  readonly model: string;
  /** One of `model_providers`; default the one Codex was told, then the configured `model_provider`. */
  readonly provider?: string;
  readonly cwd: string;
  readonly effort?: string;
  /** Instead of the configured harness. */
  readonly harness?: string;
  /** One question with instructions of its own: a shape, where its API can do without, would only be in the way. */
  readonly single?: boolean;
}

/** What an attempt has to say to Codex so that its model is asked through the gateway. */
export interface GatewayAccess {
  readonly modelProvider: string;
  readonly model: string;
  /** For the attempt's `config`. Holds the session's token; it goes to the app-server over its pipe and nowhere else. */
  readonly config: JsonObject;
  readonly route: Route;
  /** The model is not told Codex's base instructions. */
  readonly ownPrompt: boolean;
  /** For a session that will not ask again. */
  release(): void;
}

/** The provider Codex is told it talks to. One name for all, so that another upstream does not fork a thread. */
export const codexProviderId = "codex-bridge";

/** Serves turns as one configuration says. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sessions = new Sessions();
  readonly #endpoint: Endpoint;
  #closed = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#endpoint = options.endpoint ?? new Endpoint(options);
  }

  /** How a turn would be served; undefined when its provider is none of ours and Codex talks to it by itself. */
  route(turn: Pick<GatewayTurn, "model" | "provider" | "harness" | "single">): Route | undefined {
    const provider = routeProvider(this.#options.config, turn.provider);
    if (!provider) return undefined;
    if (turn.single && provider.wireApi === "chat") return routeFor("", turn.model, provider);
    const harness = turn.harness ?? configuredHarness(this.#options.config, provider.id, turn.model);
    return routeFor(harness, turn.model, provider);
  }

  /**
   * Gets ready to serve a turn.
   * @returns undefined when its provider is none of ours: nothing is started for it
   * @throws GatewayError `route_invalid` | `provider_unknown` | `provider_key_missing` |
   *   `gateway_listen` | `gateway_closed`
   */
  async access(named: GatewayTurn): Promise<GatewayAccess | undefined> {
    const { config, env } = this.#options;
    // A thread that is loaded again is known by the name Codex has for its model.
    const told = readModelName(named.model);
    const provided = named.provider ?? told.provider;
    const turn = { ...named, model: told.model, ...(provided === undefined ? {} : { provider: provided }) };
    const route = this.route(turn);
    const found = routeProvider(config, turn.provider);
    if (!route || !found) {
      // Codex cannot know a provider that was ours.
      if (told.provider !== undefined) throw unknownProvider(config, provided);
      return undefined;
    }
    if (this.#closed) throw new GatewayError("gateway_closed", "The gateway is closed.");
    const provider = withKey(config, found, env);
    if (route.warning !== undefined) this.#options.warn?.(route.warning, { provider: provider.id, model: turn.model });
    const harness = route.transport === "native" ? undefined : this.#harnessOf(route);
    const token = this.#sessions.set(turn.session, {
      provider,
      ...(harness ? { harness } : {}),
      cwd: turn.cwd,
      ...(turn.effort === undefined ? {} : { effort: turn.effort }),
      guidance: config.harness_guidance,
      strict: config.harness_strict,
    });
    const url = await this.#endpoint.serve(this.#sessions);
    const contextWindow = provider.models[turn.model]?.contextWindow;
    return {
      modelProvider: codexProviderId,
      model: codexModelName(provider.id, turn.model),
      config: threadConfig(url, token, contextWindow),
      route,
      ownPrompt: route.transport === "harness",
      release: () => this.#sessions.forget(turn.session),
    };
  }

  /** True once something was served. */
  get running(): boolean {
    return this.#endpoint.running && !this.#closed;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#endpoint.forget(this.#sessions);
    if (!this.#options.endpoint) await this.#endpoint.close();
  }

  #harnessOf({ harness: id }: Route): Harness {
    if (id === undefined) return nativeChat;
    return this.#options.harnesses?.[id] ?? harnessById(id);
  }
}

/** How much a command may bring back, in tokens; Codex's own default for a model it does not know is about 10 KB. */
const toolOutputTokens = 60_000;

/** Measured on 0.125.0, 0.142.5 and 0.169.0: taken with the thread; what a release does not know it leaves alone. */
function threadConfig(url: string, token: string, contextWindow: number | undefined): JsonObject {
  return {
    model_providers: {
      [codexProviderId]: {
        name: codexProviderId,
        base_url: url,
        wire_api: "responses",
        // Not from the environment: what stands there, every command of the model can read.
        experimental_bearer_token: token,
        requires_openai_auth: false,
        supports_websockets: false,
        request_max_retries: 2,
        stream_max_retries: 3,
        stream_idle_timeout_ms: 600_000,
      },
    },
    tool_output_token_limit: toolOutputTokens,
    ...(contextWindow === undefined ? {} : { model_context_window: contextWindow }),
    // The provider's own search cannot be reached from here.
    web_search: "disabled",
    tools: { update_plan: { enabled: true } },
    features: { goals: false, default_mode_request_user_input: true },
    suppress_unstable_features_warning: true,
  };
}
