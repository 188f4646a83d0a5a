import { describe, expect, it } from "vitest";
import { selectionOf } from "../../src/openclaw/selection.ts";
import { fakeAttempt } from "./fake-attempt.ts";

const runtime = (id: string) => ({ agentRuntime: { id } });
const provider = (fields: object) => ({ models: { providers: { openai: fields } } });
const defaults = (fields: object) => ({ agents: { defaults: fields } });
const pinnedProvider = provider(runtime("codex"));

/** An attempt at openai/gpt-5.5 of the agent main. */
const chosen = (config: object, fields: object = {}, harnessId = "codex") =>
  selectionOf(fakeAttempt({ config, ...fields }), harnessId);

describe("why the host runs an attempt here", () => {
  it.each<[string, object]>([
    ["by its provider", pinnedProvider],
    ["by its provider, spelled otherwise", { models: { providers: { " OpenAI ": runtime(" Codex-App-Server ") } } }],
    ["by a model of its provider", provider({ models: [{ id: "gpt-5.5", ...runtime("codex") }] })],
    ["by a model of all agents", defaults({ models: { "openai/gpt-5.5": runtime("codex") } })],
    ["by all models of a provider", defaults({ models: { "openai/*": runtime("codex") } })],
    ["by a model of its agent", { agents: { entries: { Main: { models: { "gpt-5.5": runtime("codex") } } } } }],
    ["by an older configuration", { agents: { list: [{ id: "main", models: { "openai/*": runtime("codex") } }] } }],
    [
      "by a model, where the provider says otherwise",
      provider({ ...runtime("auto"), models: [{ id: "gpt-5.5", ...runtime("codex") }] }),
    ],
  ])("is that it is pinned %s", (_how, config) => {
    expect(chosen(config)).toBe("pinned to codex");
  });

  it.each<[string, object]>([
    ["nothing names a runtime", {}],
    ["the host is to choose", provider(runtime("auto"))],
    ["another provider is pinned", { models: { providers: { anthropic: runtime("codex") } } }],
    ["another agent is", { agents: { entries: { other: { models: { "openai/*": runtime("codex") } } } } }],
    [
      "a rule for this very model says otherwise",
      { ...pinnedProvider, ...defaults({ models: { "openai/gpt-5.5": runtime("openclaw") } }) },
    ],
    ["a provider is named twice", { models: { providers: { openai: runtime("codex"), OpenAI: runtime("openclaw") } } }],
    ["only a rule that hosts ignore names it", defaults(runtime("codex"))],
  ])("is not known where %s", (_why, config) => {
    expect(chosen(config)).toBeUndefined();
  });

  it("is told for the id this harness has", () => {
    const config = provider(runtime("my-codex"));
    expect(chosen(config, {}, "my-codex")).toBe("pinned to my-codex");
    expect(chosen(config)).toBeUndefined();
  });

  it("is not the harness that the host prepared: it says so of any it has chosen", () => {
    expect(chosen({}, { agentHarnessId: "codex", agentHarnessRuntimeOverride: "codex" })).toBeUndefined();
  });

  it("is not known where another model may run before or after it that is not pinned", () => {
    const withFallback = (...fallbacks: string[]) => ({
      ...pinnedProvider,
      ...defaults({ model: { primary: "openai/gpt-5.5", fallbacks } }),
    });
    const more = { isFinalFallbackAttempt: false };
    expect(chosen(withFallback("anthropic/claude"), more)).toBeUndefined();
    expect(chosen(withFallback("anthropic/claude"), { fallbackActive: true })).toBeUndefined();
    expect(chosen(withFallback("an-alias"), more)).toBeUndefined();
    expect(chosen(pinnedProvider, { ...more, modelFallbacksOverride: ["anthropic/claude"] })).toBeUndefined();
    expect(chosen(withFallback("openai/gpt-5.4@work"), more)).toBe("pinned to codex");
    expect(chosen(withFallback("anthropic/claude"), { isFinalFallbackAttempt: true })).toBe("pinned to codex");
  });
});
