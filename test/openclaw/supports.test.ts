import { describe, expect, it } from "vitest";
import { type RouteFacts, supportsRoute } from "../../src/openclaw/supports.ts";

/** As a 2026.9.6 host asked for `openai/gpt-5.5` with an API key. */
const route: RouteFacts = {
  provider: "openai",
  modelId: "gpt-5.5",
  requestedRuntime: "codex",
  modelProvider: {
    requestTransportOverrides: "none",
    endpointOverrides: "none",
    runtimePolicy: { compatibleIds: ["openclaw", "codex"] },
  },
};

function withFacts(facts: Partial<NonNullable<RouteFacts["modelProvider"]>>): RouteFacts {
  return { ...route, modelProvider: { ...route.modelProvider, ...facts } };
}

describe("supportsRoute", () => {
  it.each(["openai", "codex"])("claims a %s route that lists codex", (provider) => {
    expect(supportsRoute("codex", { ...route, provider })).toEqual({ supported: true, priority: 100 });
  });

  it("claims it when the host selects automatically", () => {
    expect(supportsRoute("codex", { ...route, requestedRuntime: "auto" }).supported).toBe(true);
  });

  it("leaves other providers alone", () => {
    expect(supportsRoute("codex", { ...route, provider: "anthropic" }).supported).toBe(false);
  });

  it("does not claim a route that does not list codex, or lists nothing", () => {
    expect(supportsRoute("codex", withFacts({ runtimePolicy: { compatibleIds: ["openclaw"] } })).supported).toBe(false);
    const unsaid = { api: "openai-responses", baseUrl: "https://example.test/v1" };
    expect(supportsRoute("codex", { ...route, modelProvider: unsaid }).supported).toBe(false);
    expect(supportsRoute("codex", { ...route, requestedRuntime: "auto", modelProvider: {} }).supported).toBe(false);
  });

  it("holds nothing against a route of which nothing is said yet", () => {
    expect(supportsRoute("codex", { provider: "openai", requestedRuntime: "codex" }).supported).toBe(true);
  });

  it("claims a model that only Codex's own account knows, when it is asked for by name", () => {
    const native = { preparedAuth: { source: "harness" }, endpointOverrides: "none" } as const;
    expect(supportsRoute("codex", { ...route, modelProvider: native }).supported).toBe(true);
    expect(supportsRoute("codex", { ...route, requestedRuntime: "auto", modelProvider: native }).supported).toBe(false);
  });

  it.each([
    ["subscription", "profile", "oauth", true],
    ["subscription", "profile", "token", true],
    ["subscription", "profile", "api_key", false],
    ["subscription", "direct", "api-key", false],
    ["subscription", "harness", undefined, false],
    ["api-key", "direct", "api-key", true],
    ["api-key", "profile", "api_key", true],
    ["api-key", "profile", "oauth", false],
    ["api-key", "none", undefined, false],
  ] as const)("does not pay a %s route from %s with %s: %s", (requirement, source, mode, supported) => {
    const auth = withFacts({ preparedAuth: { source, mode, requirement } });
    expect(supportsRoute("codex", auth)).toMatchObject(
      supported ? { supported } : { supported, reason: expect.stringMatching(/prepared/) },
    );
  });

  it("leaves the billing to the operator's own Codex", () => {
    const auth = withFacts({ preparedAuth: { source: "harness", requirement: "subscription" } });
    expect(supportsRoute("codex", auth).supported).toBe(false);
    expect(supportsRoute("codex", auth, "user").supported).toBe(true);
  });

  it.each(["requestTransportOverrides", "endpointOverrides"] as const)("gives a route with %s back", (field) => {
    expect(supportsRoute("codex", withFacts({ [field]: "present" }))).toMatchObject({
      supported: false,
      fallbackRuntime: "openclaw",
    });
  });

  it("claims under another id only what is pinned to that id", () => {
    expect(supportsRoute("codex-bridge", { ...route, requestedRuntime: "codex-bridge" }).supported).toBe(true);
    expect(supportsRoute("codex-bridge", { ...route, requestedRuntime: "auto" }).supported).toBe(false);
    expect(supportsRoute("codex-bridge", route).supported).toBe(false);
  });
});
