import { type HarnessModes, listedModels } from "./harness-modes.ts";
import type { HostApi } from "./sdk.ts";

type Provider = Parameters<HostApi["registerProvider"]>[0];

/** Of models that only Codex's own account knows; Codex reports the real window with every turn. */
const unknownModel = {
  reasoning: true,
  input: ["text", "image"] as ("text" | "image")[],
  cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  contextWindow: 272_000,
  maxTokens: 128_000,
};

/**
 * Makes model refs `codex/<id>` of older configurations mean what they always meant: that model of OpenAI on the native
 * Codex. Hosts refuse a ref whose provider no plugin owns; `openai/<id>` is the spelling to prefer. The account is the
 * one of the provider openai (`providerAuthAliases` of the manifest). Models of harness modes are had by such refs, too.
 */
export function codexProvider(
  modes: () => HarnessModes | undefined,
): Provider & Required<Pick<Provider, "resolveDynamicModel">> {
  return {
    id: "codex",
    label: "Codex",
    auth: [],
    resolveDynamicModel: ({ modelId, modelRegistry }) => ({
      ...unknownModel,
      ...(servedFacts(modes(), modelId) ?? modelRegistry.find("openai", modelId)),
      id: modelId,
      name: modelId,
      provider: "codex",
      api: "openai-responses",
      baseUrl: "https://api.openai.com/v1",
    }),
  };
}

function servedFacts(modes: HarnessModes | undefined, modelId: string) {
  const facts = listedModels(modes).find(({ id }) => id === modelId)?.facts;
  if (!facts) return undefined;
  return {
    reasoning: facts.thinking !== "none",
    ...(facts.images === false ? { input: ["text" as const] } : {}),
    ...(typeof facts.contextWindow === "number" ? { contextWindow: facts.contextWindow } : {}),
    ...(typeof facts.maxOutputTokens === "number" ? { maxTokens: facts.maxOutputTokens } : {}),
  };
}
