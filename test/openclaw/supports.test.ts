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
    expect(supportsRoute("codex", { provider: "openai", requestedRuntime: "codex" }).supported).toBe(false);
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
