import { z } from "zod";
import { rememberSecrets } from "../redact.ts";
import { GatewayError } from "./errors.ts";
import type { RouteProvider } from "./route.ts";
import type { Provider } from "./upstream/provider.ts";

/* Harness modes as the operator configures them; field names are those of Open Interpreter's document. */

/* What each field is for stands beside it: docs/configuration.md is made of it. */
const about = (description: string) => ({ description });

const modelFacts = z.strictObject({
  maxOutputTokens: z.number().int().positive().optional().meta(about("Longest answer it can give, in tokens.")),
  contextWindow: z.number().int().positive().optional().meta(about("Size of its context, in tokens.")),
  efforts: z.array(z.string()).optional().meta(about("Reasoning efforts it knows.")),
  thinkingToggle: z.boolean().optional().meta(about("Thinking can be switched on and off.")),
  thinking: z.enum(["adaptive", "enabled", "none"]).optional().meta(about("How thinking is asked for.")),
  images: z.boolean().optional().meta(about("It takes pictures.")),
  harness: z
    .string()
    .optional()
    .meta(about("A harness for this model alone, instead of the one that is configured for all.")),
});

const provider = z.strictObject({
  name: z.string().min(1).optional().meta(about("Its name for people. Default: its id.")),
  base_url: z.url({ protocol: /^https?$/ }).meta(about("Where its API begins.")),
  env_key: z
    .string()
    .min(1)
    .optional()
    .meta(about("Environment variable with its API key. It stays in the bridge; Codex never gets it.")),
  wire_api: z.string().default("responses").meta(about("`responses`, `chat` or `messages`: the API it speaks.")),
  models: z.record(z.string(), modelFacts).default({}).meta(about("What is known of single models, by their names.")),
});

/** The file `harness.json`, as it may be written. */
export const gatewayConfigSchema = z.strictObject({
  harness: z
    .string()
    .optional()
    .meta(about('Shape in which models are asked; `""` is the native one. Unset: it follows from model and provider.')),
  harness_guidance: z.boolean().default(true).meta(about("Adds the shape's notes on its tools to the prompt.")),
  harness_strict: z.boolean().default(false).meta(about("Exact shape: developer instructions are left out.")),
  model_provider: z.string().min(1).optional().meta(about("Provider that is asked when a turn names none.")),
  model_providers: z
    .record(z.string().min(1), provider)
    .default({})
    .meta(about("Providers by their ids. One with the id of a preset stands in its place.")),
});

export type GatewayConfig = z.infer<typeof gatewayConfigSchema>;

const wireApis = ["responses", "chat", "messages"] as const;

/** @throws GatewayError `gateway_config_invalid` | `wire_api_unknown` */
export function parseGatewayConfig(value: unknown): GatewayConfig {
  const found = gatewayConfigSchema.safeParse(value ?? {});
  if (!found.success) {
    const [issue] = found.error.issues;
    const field = issue?.path.map(String).join(".") ?? "";
    throw new GatewayError(
      "gateway_config_invalid",
      `${field || "The configuration"}: ${issue?.message ?? "invalid"}`,
      {
        remedy: "Correct it in the configuration of harness modes.",
        facts: { field },
      },
    );
  }
  for (const [id, { wire_api }] of Object.entries(found.data.model_providers)) wireApiOf(id, wire_api);
  return found.data;
}

function wireApiOf(id: string, text: string): RouteProvider["wireApi"] {
  const known = wireApis.find((name) => name === text);
  if (known) return known;
  throw new GatewayError("wire_api_unknown", `model_providers.${id}.wire_api is "${text.slice(0, 60)}".`, {
    remedy: `Set it to one of ${wireApis.join(", ")}.`,
    facts: { provider: id },
  });
}

/**
 * The provider a turn names, or the configured one.
 * @returns undefined when none of ours is meant: Codex has it
 */
export function routeProvider(settings: GatewayConfig, id: string | undefined): RouteProvider | undefined {
  const name = id ?? settings.model_provider;
  if (name === undefined || !Object.hasOwn(settings.model_providers, name)) return undefined;
  const found = settings.model_providers[name]!;
  return {
    id: name,
    name: found.name ?? name,
    baseUrl: found.base_url,
    wireApi: wireApiOf(name, found.wire_api),
  };
}

/** The harness that is configured for a model; `""` is native, undefined lets it be inferred. */
export function configuredHarness(settings: GatewayConfig, providerId: string, model: string): string | undefined {
  return settings.model_providers[providerId]?.models[model]?.harness ?? settings.harness;
}

/**
 * The provider with its key, which is read from the environment now and goes nowhere else.
 * @throws GatewayError `provider_key_missing`
 */
export function withKey(settings: GatewayConfig, route: RouteProvider, env: NodeJS.ProcessEnv): Provider {
  const found = settings.model_providers[route.id];
  const variable = found?.env_key;
  const key = variable === undefined ? undefined : env[variable];
  if (variable !== undefined && !key) {
    throw new GatewayError("provider_key_missing", `Provider "${route.id}" needs an API key in ${variable}.`, {
      remedy: `Set the environment variable ${variable} for the bridge.`,
      facts: { provider: route.id, variable },
    });
  }
  if (key) rememberSecrets(key);
  const models = Object.fromEntries(
    Object.entries(found?.models ?? {}).map(([name, { harness: _, ...facts }]) => [name, defined(facts)]),
  );
  return { ...route, ...(key ? { key } : {}), models };
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
}
