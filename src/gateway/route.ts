import { GatewayError } from "./errors.ts";
import { type HarnessId, isHarnessId } from "./harness/ids.ts";
import type { WireApi } from "./upstream/provider.ts";

/* Which harness serves a model of a provider, and over which API. Two tables, both tested as full cross products. */

/** The provider as routing looks at it. */
export interface RouteProvider {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly wireApi: WireApi;
}

export type Selection =
  | { readonly kind: "harness"; readonly id: HarnessId; readonly from: "configured" | "inferred" }
  /** A name that is none of ours: a mark of the operator's, without a meaning here. */
  | { readonly kind: "other"; readonly name: string }
  | { readonly kind: "native"; readonly from: "configured" | "default" };

export interface Route {
  /** `native`: Codex's own Responses. `compatibility`: Codex's prompt and tools over Chat. `harness`: the harness's own. */
  readonly transport: "native" | "compatibility" | "harness";
  readonly harness?: HarnessId;
  readonly selection: Selection;
  /** Why it came out so, in one sentence. */
  readonly reason: string;
  /** Something the operator may not expect. */
  readonly warning?: string;
}

const messagesHarnesses: readonly HarnessId[] = ["claude-code", "claude-code-bare"];

/**
 * @param harness the configured one: undefined when there is none, `""` for native without inference
 * @throws GatewayError `route_invalid` with what to configure
 */
export function routeFor(harness: string | undefined, model: string, provider: RouteProvider): Route {
  const selection = select(harness, model, provider);
  const id = selection.kind === "harness" ? selection.id : undefined;
  const reason = reasonOf(selection, provider);
  if (provider.wireApi === "responses") return responsesRoute(selection, id, reason);
  if (provider.wireApi === "chat") return chatRoute(selection, id, reason);
  if (id !== undefined && messagesHarnesses.includes(id)) {
    return { transport: "harness", harness: id, selection, reason };
  }
  const named = selection.kind === "harness" ? selection.id : selection.kind === "other" ? selection.name : undefined;
  throw named === undefined
    ? invalid(
        'wire_api = "messages" requires a harness-native transport; configure harness = "claude-code" or "claude-code-bare" for Anthropic-style sessions',
      )
    : invalid(`wire_api = "messages" is not supported by harness = "${named}"`);
}

function responsesRoute(selection: Selection, id: HarnessId | undefined, reason: string): Route {
  if (id !== undefined && messagesHarnesses.includes(id)) {
    throw invalid(`harness = "${id}" requires a provider with wire_api = "messages"`);
  }
  const warning = `harness = "${id}" has no effect on a provider with wire_api = "responses"; the native Responses API is used`;
  return { transport: "native", selection, reason, ...(id === undefined ? {} : { warning }) };
}

function chatRoute(selection: Selection, id: HarnessId | undefined, reason: string): Route {
  if (id !== undefined && !messagesHarnesses.includes(id)) {
    return { transport: "harness", harness: id, selection, reason };
  }
  const warning = `harness = "${id}" needs wire_api = "messages"; over chat the model gets Codex's own prompt and tools`;
  return { transport: "compatibility", selection, reason, ...(id === undefined ? {} : { warning }) };
}

function select(harness: string | undefined, model: string, provider: RouteProvider): Selection {
  if (harness === "") return { kind: "native", from: "configured" };
  if (harness !== undefined) {
    return isHarnessId(harness)
      ? { kind: "harness", id: harness, from: "configured" }
      : { kind: "other", name: harness };
  }
  const id = inferHarness(model, provider);
  return id === undefined ? { kind: "native", from: "default" } : { kind: "harness", id, from: "inferred" };
}

/** The harness a model was trained for, as far as its and its provider's names tell. The first line that fits decides. */
export function inferHarness(model: string, provider: RouteProvider): HarnessId | undefined {
  const slug = model.toLowerCase();
  const names = [provider.id.toLowerCase(), provider.name.toLowerCase()];
  const url = provider.baseUrl.toLowerCase();
  const named = (...words: string[]): boolean => words.some((word) => names.some((name) => name.includes(word)));
  const at = (...hosts: string[]): boolean => hosts.some((host) => url.includes(host));
  const called = (...words: string[]): boolean => words.some((word) => slug.includes(word));
  if (
    provider.wireApi === "messages" ||
    called("anthropic/", "claude") ||
    named("anthropic") ||
    at("api.anthropic.com")
  ) {
    return "claude-code";
  }
  if (
    called("kimi", "moonshot") ||
    named("kimi", "moonshot") ||
    at("api.kimi.com", "api.moonshot.ai", "api.moonshot.cn")
  ) {
    return "kimi-cli";
  }
  if (
    called("qwen", "/qwq") ||
    slug.startsWith("qwq") ||
    named("qwen", "dashscope") ||
    at("dashscope.aliyuncs.com/compatible-mode", "dashscope-intl.aliyuncs.com/compatible-mode")
  ) {
    return "qwen-code";
  }
  if (called("deepseek") || named("deepseek") || at("api.deepseek.com")) return "deepseek-tui";
  return undefined;
}

function reasonOf(selection: Selection, { id, wireApi }: RouteProvider): string {
  const wire = `provider "${id}" has wire_api = "${wireApi}"`;
  if (selection.kind === "other") return `harness = "${selection.name}" is no known harness and only a mark; ${wire}`;
  if (selection.kind === "harness") {
    return selection.from === "configured"
      ? `harness = "${selection.id}" is configured; ${wire}`
      : `no harness is configured, and model or provider point to "${selection.id}"; ${wire}`;
  }
  return selection.from === "configured"
    ? `harness = "" asks for the native shape; ${wire}`
    : `no harness is configured, and neither model nor provider point to one; ${wire}`;
}

function invalid(message: string): GatewayError {
  return new GatewayError("route_invalid", message, {
    remedy: "Change `harness`, or `wire_api` of the provider, in the configuration.",
  });
}
