import { toBridgeError } from "../errors.ts";
import { configuredHarness, type GatewayConfig, routeProvider } from "./config.ts";
import { GatewayError } from "./errors.ts";
import { type HarnessId, harnessIds, isHarnessId } from "./harness/ids.ts";
import { harnessById } from "./harness/registry.ts";
import type { HarnessContext } from "./harness/types.ts";
import type { JsonObject } from "./json.ts";
import type { OfferedTool } from "./native/types.ts";
import { type Route, routeFor } from "./route.ts";

/** How a model of a provider would be served, and why; what is wrong stands in `error`. */
export interface Explanation {
  readonly model: string;
  readonly provider: {
    readonly id: string;
    readonly name: string;
    readonly base_url: string;
    readonly wire_api: string;
    readonly key: "set" | "missing" | "none";
  };
  readonly transport?: Route["transport"];
  readonly harness?: string;
  readonly selected?: "configured" | "inferred" | "default";
  readonly reason?: string;
  readonly warning?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly remedy?: string };
}

/** @throws GatewayError `provider_unknown` */
export function explain(
  config: GatewayConfig,
  query: { readonly model: string; readonly provider?: string; readonly harness?: string },
  env: NodeJS.ProcessEnv,
): Explanation {
  const named = routeProvider(config, query.provider);
  if (!named) throw unknownProvider(config, query.provider);
  const variable = config.model_providers[named.id]?.env_key;
  const key = variable === undefined ? "none" : env[variable] ? "set" : "missing";
  const provider = { id: named.id, name: named.name, base_url: named.baseUrl, wire_api: named.wireApi, key } as const;
  const about = { model: query.model, provider };
  try {
    const harness = query.harness ?? configuredHarness(config, named.id, query.model);
    const { transport, harness: id, selection, reason, warning } = routeFor(harness, query.model, named);
    return {
      ...about,
      transport,
      ...(id === undefined ? {} : { harness: id }),
      selected: selection.kind === "other" ? "configured" : selection.from,
      reason,
      ...(warning === undefined ? {} : { warning }),
    };
  } catch (thrown) {
    return { ...about, error: toBridgeError(thrown).toJSON() };
  }
}

export function unknownProvider(config: GatewayConfig, id: string | undefined): GatewayError {
  const known = Object.keys(config.model_providers).sort().join(", ");
  const message = id === undefined ? "No provider is named." : `There is no provider "${id}".`;
  return new GatewayError("provider_unknown", message, {
    remedy: `Name one of ${known}, or configure it under model_providers.`,
  });
}

export interface HarnessLine {
  readonly id: HarnessId;
  readonly wire: string;
  readonly summary: string;
}

export function listHarnesses(): HarnessLine[] {
  return harnessIds.map((id) => {
    const { wire, summary } = harnessById(id);
    return { id, wire, summary };
  });
}

/**
 * What a harness would send with a first message, where Codex offers its usual tools.
 * @throws GatewayError `harness_unknown`
 */
export function showHarness(id: string, cwd: string, model: string): { tools: readonly string[]; body: JsonObject } {
  if (!isHarnessId(id)) {
    throw new GatewayError("harness_unknown", `There is no harness "${id}".`, {
      remedy: `Choose one of ${harnessIds.join(", ")}.`,
    });
  }
  const harness = harnessById(id);
  const context: HarnessContext = {
    model,
    provider: { id: "example", name: "Example", baseUrl: "https://example.invalid/v1" },
    cwd,
    modelFacts: {},
    guidance: true,
    strict: false,
    child: false,
    threadId: "example-thread",
    codexVersion: "",
    offered: usualTools,
    facts: {},
  };
  const tools = harness.tools(context);
  const conversation = {
    purpose: "turn",
    instructions: "",
    developer: [],
    documents: [],
    skills: "",
    entries: [{ kind: "user", parts: [{ type: "text", text: "(the first message)" }] }],
  } as const;
  return { tools: tools.map(({ name }) => name), body: harness.body({ context, conversation, tools }) };
}

const usualTools: readonly OfferedTool[] = [
  ["exec_command"],
  ["write_stdin"],
  ["update_plan"],
  ["request_user_input"],
  ["view_image"],
  ["spawn_agent", "multi_agent_v1"],
  ["wait_agent", "multi_agent_v1"],
].map(([name = "", namespace]) => ({
  kind: "function",
  name,
  ...(namespace === undefined ? {} : { namespace }),
  description: "(as Codex describes it)",
  parameters: { type: "object" },
}));
