import { describe, expect, it } from "vitest";
import { parsePluginConfig } from "../../src/openclaw/config.ts";
import { servedBy } from "../../src/openclaw/harness-modes.ts";

describe("harness modes in the plugin's configuration", () => {
  it("are absent where only a host's defaults say something", () => {
    expect(parsePluginConfig({ harness_guidance: true, harness_strict: false }).harnessModes).toBeUndefined();
  });

  it.each([
    [{ harness: "kimi-cli" }, "harness"],
    [{ model_provider: "" }, "model_provider"],
    [{ model_provider: 7 }, "model_provider"],
    [{ model_providers: ["up"] }, "model_providers"],
  ])("are refused by their field: %j", (config, field) => {
    expect(() => parsePluginConfig(config)).toThrowError(
      expect.objectContaining({ code: "plugin_config_invalid", facts: { field } }),
    );
  });

  const providers = { one: { models: { a: {}, both: {} } }, two: { models: { b: {}, both: {} } }, bare: {} };
  it.each([
    ["the provider a route names", { model_providers: providers }, "bare", "x", "bare"],
    ["also one that is only a preset", { model_provider: "moonshot" }, "moonshot", "x", "moonshot"],
    ["the one that lists the model", { model_providers: providers }, "codex", "b", "two"],
    ["of two that do, the general one", { model_providers: providers, model_provider: "two" }, "openai", "both", "two"],
    [
      "the general one for any other model",
      { model_providers: providers, model_provider: "bare" },
      "openai",
      "x",
      "bare",
    ],
    ["nobody, where none is general", { model_providers: providers }, "openai", "x", undefined],
    [
      "nobody for a provider of the host's",
      { model_providers: providers, model_provider: "one" },
      "anthropic",
      "a",
      undefined,
    ],
    ["nobody by an inherited name", { model_providers: providers }, "codex", "constructor", undefined],
    ["nobody before a model is known", { model_provider: "one" }, "openai", undefined, undefined],
  ])("serve a route by %s", (_why, modes, provider, modelId, expected) => {
    expect(servedBy(modes, { provider, modelId })).toBe(expected);
  });
});
