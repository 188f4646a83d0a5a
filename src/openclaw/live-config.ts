import { BridgeError } from "../errors.ts";
import { type PluginConfig, parsePluginConfig } from "./config.ts";
import { pluginId } from "./config-fields.ts";

/** What we read of the host's API; `runtime.config.current` is the configuration as it is now. */
export interface ConfigSource {
  readonly pluginConfig?: unknown;
  readonly runtime: { readonly config?: { current?(): unknown } };
}

/**
 * The plugin's configuration as it is when it is asked for: a change takes effect with the next turn. Cheap, because it
 * is read anew only when the host has another configuration object.
 */
export class LiveConfig {
  readonly #source: ConfigSource;
  #seen: unknown;
  #config: PluginConfig | BridgeError | undefined;

  constructor(source: ConfigSource) {
    this.#source = source;
  }

  /** @throws BridgeError `plugin_config_invalid` */
  read(): PluginConfig {
    const entry = this.#entry();
    if (this.#config === undefined || entry !== this.#seen) {
      this.#seen = entry;
      this.#config = parsed(entry);
    }
    if (this.#config instanceof BridgeError) throw this.#config;
    return this.#config;
  }

  /** The host has no current configuration while it loads plugins: then the one it handed over counts. */
  #entry(): unknown {
    const { runtime, pluginConfig } = this.#source;
    let current: unknown;
    try {
      current = runtime.config?.current?.();
    } catch {
      return pluginConfig;
    }
    const entries = (current as { plugins?: { entries?: Record<string, { config?: unknown }> } } | undefined)?.plugins
      ?.entries;
    const entry = entries?.[pluginId];
    return entry === undefined ? pluginConfig : entry.config;
  }
}

/** Undefined while it is wrong: the turn says so, with what to do about it. */
export function readable(config: LiveConfig): PluginConfig | undefined {
  try {
    return config.read();
  } catch {
    return undefined;
  }
}

function parsed(entry: unknown): PluginConfig | BridgeError {
  try {
    return parsePluginConfig(entry);
  } catch (thrown) {
    if (thrown instanceof BridgeError) return thrown;
    throw thrown;
  }
}
