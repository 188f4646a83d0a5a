import { describe, expect, it } from "vitest";
import { configuredHarness, parseGatewayConfig, routeProvider, withKey } from "../../src/gateway/config.ts";
import { explain, showHarness } from "../../src/gateway/explain.ts";
import { harnessIds } from "../../src/gateway/harness/ids.ts";
import { harnessById } from "../../src/gateway/harness/registry.ts";
import { presets, withPresets } from "../../src/gateway/presets.ts";
import { inferHarness, type RouteProvider, routeFor } from "../../src/gateway/route.ts";
import type { WireApi } from "../../src/gateway/upstream/provider.ts";

const provider = (wireApi: WireApi, more: Partial<RouteProvider> = {}): RouteProvider => ({
  id: "up",
  name: "Up",
  baseUrl: "https://up.example/v1",
  wireApi,
  ...more,
});
const claude: readonly string[] = ["claude-code", "claude-code-bare"];
const named = [...harnessIds, "my-own-mark", ""];

/** The table of the facts, written out once more in another way than the code has it. */
function expected(wire: WireApi, harness: string): string | { transport: string; harness?: string; warned: boolean } {
  const known = (harnessIds as readonly string[]).includes(harness);
  if (wire === "responses") {
    if (claude.includes(harness)) return `harness = "${harness}" requires a provider with wire_api = "messages"`;
    return { transport: "native", warned: known };
  }
  if (wire === "chat") {
    if (known && !claude.includes(harness)) return { transport: "harness", harness, warned: false };
    return { transport: "compatibility", warned: known };
  }
  if (claude.includes(harness)) return { transport: "harness", harness, warned: false };
  return harness === ""
    ? 'wire_api = "messages" requires a harness-native transport; configure harness = "claude-code" or "claude-code-bare" for Anthropic-style sessions'
    : `wire_api = "messages" is not supported by harness = "${harness}"`;
}

function found(harness: string | undefined, model: string, of: RouteProvider) {
  try {
    const route = routeFor(harness, model, of);
    const id = route.harness === undefined ? {} : { harness: route.harness };
    return { transport: route.transport, ...id, warned: route.warning !== undefined };
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "route_invalid", remedy: expect.stringContaining("harness") });
    return (thrown as Error).message;
  }
}

describe("the route of a configured harness", () => {
  for (const wire of ["responses", "chat", "messages"] as const) {
    // Whatever the names say, what is configured wins.
    for (const model of ["plain", "claude-9", "kimi-k2", "qwen3", "deepseek-chat"]) {
      it.each(named)(`over ${wire} for ${model} with harness "%s"`, (harness) => {
        expect(found(harness, model, provider(wire))).toEqual(expected(wire, harness));
      });
    }
  }
});

const hits: [string, string, Partial<RouteProvider>, string | undefined][] = [
  ["a model with claude", "Claude-Opus", {}, "claude-code"],
  ["a model with anthropic/", "Anthropic/x", {}, "claude-code"],
  ["anthropic alone in a model", "anthropic-like", {}, undefined],
  ["a provider id with anthropic", "x", { id: "my-ANTHROPIC" }, "claude-code"],
  ["a provider name with anthropic", "x", { name: "Anthropic EU" }, "claude-code"],
  ["Anthropic's address", "x", { baseUrl: "https://API.anthropic.com/v1" }, "claude-code"],
  ["a model with kimi", "KIMI-k2", {}, "kimi-cli"],
  ["a model with moonshot", "moonshot-v1", {}, "kimi-cli"],
  ["a provider with kimi", "x", { id: "kimi" }, "kimi-cli"],
  ["a provider named moonshot", "x", { name: "Moonshot" }, "kimi-cli"],
  ["api.kimi.com", "x", { baseUrl: "https://api.kimi.com/coding/v1" }, "kimi-cli"],
  ["api.moonshot.ai", "x", { baseUrl: "https://api.moonshot.ai/v1" }, "kimi-cli"],
  ["api.moonshot.cn", "x", { baseUrl: "https://api.moonshot.cn/v1" }, "kimi-cli"],
  ["a model with qwen", "Qwen3-Coder", {}, "qwen-code"],
  ["a model that starts with qwq", "QwQ-32b", {}, "qwen-code"],
  ["a model with /qwq", "x/qwq-32b", {}, "qwen-code"],
  ["qwq in the middle", "my-qwq", {}, undefined],
  ["a provider with qwen", "x", { id: "qwen-eu" }, "qwen-code"],
  ["a provider with dashscope", "x", { name: "DashScope" }, "qwen-code"],
  ["DashScope's compatible mode", "x", { baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1" }, "qwen-code"],
  ["its international one", "x", { baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1" }, "qwen-code"],
  ["DashScope's own API", "x", { baseUrl: "https://dashscope.aliyuncs.com/api/v1" }, undefined],
  ["a model with deepseek", "DeepSeek-V3", {}, "deepseek-tui"],
  ["a provider with deepseek", "x", { id: "deepseek" }, "deepseek-tui"],
  ["DeepSeek's address", "x", { baseUrl: "https://api.deepseek.com" }, "deepseek-tui"],
  ["nothing", "gpt-oss", {}, undefined],
  ["kimi at Anthropic's address", "kimi-k2", { baseUrl: "https://api.anthropic.com" }, "claude-code"],
  ["qwen at DeepSeek's address", "qwen3", { baseUrl: "https://api.deepseek.com" }, "qwen-code"],
  ["deepseek at a provider called kimi", "deepseek-r1", { id: "kimi" }, "kimi-cli"],
];

describe("the harness that is inferred", () => {
  it.each(hits)("from %s", (_name, model, more, id) => {
    for (const wire of ["responses", "chat"] as const) expect(inferHarness(model, provider(wire, more))).toBe(id);
    expect(inferHarness(model, provider("messages", more))).toBe("claude-code");
  });

  it.each(hits)("is routed like a configured one: %s", (_name, model, more) => {
    for (const wire of ["responses", "chat", "messages"] as const) {
      const of = provider(wire, more);
      const id = inferHarness(model, of);
      expect(found(undefined, model, of)).toEqual(expected(wire, id ?? ""));
    }
  });

  it.each(hits)("is not looked for when the harness is empty: %s", (_name, model, more) => {
    for (const wire of ["responses", "chat"] as const) {
      expect(routeFor("", model, provider(wire, more)).selection).toEqual({ kind: "native", from: "configured" });
    }
  });
});

describe("every harness", () => {
  it.each(harnessIds)("is there for the API its route has, and can be shown: %s", (id) => {
    const harness = harnessById(id);
    expect(harness.id).toBe(id);
    expect(routeFor(id, "m", provider(harness.wire))).toMatchObject({ transport: "harness", harness: id });
    const { tools, body } = showHarness(id, "/w", "m");
    expect(body).toMatchObject({ model: "m", messages: expect.any(Array) });
    expect(new Set(tools).size).toBe(tools.length);
  });

  it.each(Object.keys(presets))("that a preset leads to is there: %s", (id) => {
    for (const model of [
      "plain",
      "claude-sonnet-4-6",
      "anthropic/claude-opus-4.7",
      "kimi-k2",
      "qwen3",
      "deepseek-v3",
    ]) {
      const told = explain(withPresets(parseGatewayConfig({})), { model, provider: id }, {});
      expect(told.error).toBeUndefined();
      const claude = id === "anthropic" ? "claude-code" : undefined;
      if (model.includes("claude")) expect(told.harness).toBe(claude);
      if (told.harness !== undefined) expect(harnessById(told.harness as never).wire).toBe(told.provider.wire_api);
    }
  });
});

describe("the configuration of harness modes", () => {
  const base = { model_providers: { up: { base_url: "https://up.example/v1", env_key: "UP_KEY", wire_api: "chat" } } };

  it("has guidance on, responses as its wire, and nothing else by itself", () => {
    const config = parseGatewayConfig({ model_providers: { up: { base_url: "https://up.example/v1" } } });
    expect(config).toEqual({
      harness_guidance: true,
      harness_strict: false,
      model_providers: { up: { base_url: "https://up.example/v1", wire_api: "responses", models: {} } },
    });
  });

  it("takes the harness of a model before that of all", () => {
    const config = parseGatewayConfig({
      harness: "minimal",
      model_providers: { up: { ...base.model_providers.up, models: { a: { harness: "kimi-cli" }, b: {} } } },
    });
    expect(["a", "b", "c"].map((model) => configuredHarness(config, "up", model))).toEqual([
      "kimi-cli",
      "minimal",
      "minimal",
    ]);
  });

  it("knows the provider a turn names, or the configured one, and leaves others to Codex", () => {
    const config = parseGatewayConfig({ ...base, model_provider: "up" });
    expect(routeProvider(config, undefined)).toMatchObject({ id: "up", name: "up", wireApi: "chat" });
    expect(routeProvider(config, "openai")).toBeUndefined();
    expect(routeProvider(parseGatewayConfig(base), undefined)).toBeUndefined();
  });

  it.each([
    [{ harnes: "x" }, "gateway_config_invalid"],
    [{ model_providers: { up: { base_url: "not a url" } } }, "gateway_config_invalid"],
    [{ model_providers: { up: { base_url: "file:///etc/passwd" } } }, "gateway_config_invalid"],
    [{ model_providers: { up: { base_url: "https://up.example", wire_api: "grpc" } } }, "wire_api_unknown"],
    [{ harness_guidance: "yes" }, "gateway_config_invalid"],
  ])("refuses %j", (value, code) => {
    expect(() => parseGatewayConfig(value)).toThrow(expect.objectContaining({ code }));
  });

  it("names the variable of a missing key, and never the key", () => {
    const config = parseGatewayConfig(base);
    const route = routeProvider(config, "up")!;
    expect(() => withKey(config, route, {})).toThrow(
      expect.objectContaining({ code: "provider_key_missing", message: expect.stringContaining("UP_KEY") }),
    );
    expect(withKey(config, route, { UP_KEY: "k" })).toMatchObject({ key: "k" });
  });
});
