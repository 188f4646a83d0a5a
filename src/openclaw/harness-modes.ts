import { BridgeError } from "../errors.ts";

/** The fields of the plugin's configuration that are about harness modes; named as in Open Interpreter's document. */
export const modeFields = [
  "harness",
  "harness_guidance",
  "harness_strict",
  "model_provider",
  "model_providers",
] as const;

/**
 * Harness modes as they are written in the configuration. Only what decides whether a route is ours is looked at here,
 * for hosts ask that a dozen times per run; `checkedModes` checks the rest before the first turn.
 */
export interface HarnessModes {
  readonly model_provider?: string;
  readonly model_providers?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** A route as a host names it. */
export interface HostRoute {
  readonly provider?: string | undefined;
  readonly modelId?: string | undefined;
}

/** Providers whose models Codex speaks to natively. The host normalizes other spellings to these. */
export const claimedProviders = ["openai", "codex"] as const;

/**
 * @returns undefined when nothing is configured
 * @throws BridgeError `plugin_config_invalid`
 */
export function modesIn(config: Readonly<Record<string, unknown>>): HarnessModes | undefined {
  const set = Object.fromEntries(
    modeFields.flatMap((name) => (config[name] === undefined ? [] : [[name, config[name]]])),
  );
  const { model_provider: named, model_providers: providers } = set;
  if (named === undefined && providers === undefined) {
    // Hosts fill in the manifest's defaults: those of the other fields say nothing.
    if (set.harness === undefined) return undefined;
    throw wrong(
      "harness",
      "has no effect without a provider",
      "Set model_provider or model_providers as well, or remove it.",
    );
  }
  if (named !== undefined && (typeof named !== "string" || named === "")) {
    throw wrong("model_provider", "must be the name of a provider", "Name one.");
  }
  if (providers !== undefined && !isTable(providers)) {
    throw wrong("model_providers", "must be an object of providers by name", "Correct it in openclaw.json.");
  }
  return set;
}

/**
 * The configured provider that serves a route: the one the route names; for routes of Codex's own providers the one
 * that lists the model, else the one that is configured for all. Cheap and pure.
 *
 * @returns undefined when Codex has the route by itself
 */
export function servedBy(modes: HarnessModes | undefined, { provider, modelId }: HostRoute): string | undefined {
  if (!modes || provider === undefined) return undefined;
  const { model_provider: general, model_providers: providers = {} } = modes;
  if (Object.hasOwn(providers, provider) || provider === general) return provider;
  if (modelId === undefined || !claimedProviders.some((name) => name === provider)) return undefined;
  const listing = Object.keys(providers).filter((id) => isListed(providers[id], modelId));
  return listing.find((id) => id === general) ?? listing[0] ?? general;
}

/** Models that are configured with their provider, as the host's lists show them. */
export function listedModels(
  modes: HarnessModes | undefined,
): { id: string; facts: Readonly<Record<string, unknown>> }[] {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const provider of Object.values(modes?.model_providers ?? {})) {
    const models = isTable(provider) && isTable(provider.models) ? provider.models : {};
    for (const [id, facts] of Object.entries(models)) found.set(id, isTable(facts) ? facts : {});
  }
  return [...found].map(([id, facts]) => ({ id, facts }));
}

function isListed(provider: unknown, modelId: string): boolean {
  return isTable(provider) && isTable(provider.models) && Object.hasOwn(provider.models, modelId);
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function wrong(field: string, why: string, remedy: string): BridgeError {
  return new BridgeError("plugin_config_invalid", `${field} ${why}.`, { remedy, facts: { field } });
}
