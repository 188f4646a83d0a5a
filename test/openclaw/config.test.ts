import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { parsePluginConfig } from "../../src/openclaw/config.ts";

function refusal(config: unknown): BridgeError {
  try {
    parsePluginConfig(config);
  } catch (thrown) {
    if (thrown instanceof BridgeError) return thrown;
    throw thrown;
  }
  throw new Error("the configuration was accepted");
}

describe("parsePluginConfig", () => {
  it("fills in defaults for nothing and for an empty object", () => {
    const defaults = {
      harnessId: "codex",
      approvalPolicy: "never",
      sandbox: "workspace-write",
      approvalsReviewer: "user",
      appServer: { homeScope: "agent", configOverrides: [], env: {} },
      clocks: {},
      toolTimeouts: {},
    };
    expect(parsePluginConfig(undefined)).toEqual(defaults);
    expect(parsePluginConfig({})).toEqual(defaults);
  });

  it("keeps what was configured", () => {
    const appServer = {
      command: "/opt/codex",
      codexHome: "/srv/codex",
      modelProvider: "mine",
      configOverrides: ['model_providers.mine.base_url="http://127.0.0.1:1/v1"'],
      env: { RUST_LOG: "info" },
    };
    const config = {
      harnessId: "codex-bridge",
      approvalPolicy: "untrusted",
      sandbox: "read-only",
      appServer,
      clocks: { quietProbeMs: 5000 },
      toolTimeouts: { image_generate: 300_000 },
      recording: { dir: "/srv/recordings", maxBytes: 1_000_000, keep: 5, lastMinutes: 10 },
    };
    expect(parsePluginConfig(config)).toEqual({
      ...config,
      approvalsReviewer: "user",
      appServer: { ...appServer, homeScope: "agent" },
    });
  });

  it.each(["codex-app-server", "app-server"])("takes %s for codex", (harnessId) => {
    expect(parsePluginConfig({ harnessId }).harnessId).toBe("codex");
  });

  it("knows modes that set policy, sandbox and reviewer together, and lets either be chosen by itself", () => {
    expect(parsePluginConfig({ approvalMode: "guardian" })).toMatchObject({
      approvalPolicy: "on-request",
      sandbox: "workspace-write",
      approvalsReviewer: "auto_review",
    });
    expect(parsePluginConfig({ approvalMode: "full", sandbox: "read-only" })).toMatchObject({
      approvalPolicy: "never",
      sandbox: "read-only",
    });
  });

  it.each([
    [{ harnesId: "x" }, "harnesId", "Write harnessId instead."],
    [{ harness_id: "x" }, "harness_id", "Write harnessId instead."],
    [{ clocks: { quietprobe: 1 } }, "clocks.quietprobe", "Write clocks.quietProbeMs instead."],
    [{ appserver: {} }, "appserver", "Write appServer instead."],
    [{ recording: { dir: "/r", lastMinute: 3 } }, "recording.lastMinute", "Write recording.lastMinutes instead."],
    [{ appServer: { homescope: "user" } }, "appServer.homescope", "Write appServer.homeScope instead."],
    [{ appServer: { comand: "codex" } }, "appServer.comand", "Write appServer.command instead."],
    [{ appServer: { configOverride: [] } }, "appServer.configOverride", "Write appServer.configOverrides instead."],
  ])("names a misspelt field and the right spelling: %j", (config, field, remedy) => {
    const error = refusal(config);
    expect(error.code).toBe("plugin_config_invalid");
    expect(error.facts.field).toBe(field);
    expect(error.message).toContain(field);
    expect(error.remedy).toBe(remedy);
  });

  it("lists the known fields when nothing is similar", () => {
    expect(refusal({ banana: 1 }).remedy).toContain("harnessId, approvalMode, approvalPolicy, sandbox, appServer");
  });

  it.each([
    [[], ""],
    [{ harnessId: "Codex!" }, "harnessId"],
    [{ harnessId: "openclaw" }, "harnessId"],
    [{ approvalPolicy: "always" }, "approvalPolicy"],
    [{ sandbox: true }, "sandbox"],
    [{ appServer: "codex" }, "appServer"],
    [{ appServer: { command: "" } }, "appServer.command"],
    [{ appServer: { homeScope: "mine" } }, "appServer.homeScope"],
    [{ appServer: { homeScope: "user", codexHome: "/srv" } }, "appServer.codexHome"],
    [{ appServer: { configOverrides: ["model"] } }, "appServer.configOverrides[0]"],
    [{ appServer: { env: { PORT: 1 } } }, "appServer.env.PORT"],
    [{ clocks: { toolMs: "90s" } }, "clocks.toolMs"],
    [{ toolTimeouts: 5 }, "toolTimeouts"],
    [{ toolTimeouts: { exec: 0 } }, "toolTimeouts.exec"],
    [{ toolTimeouts: { exec: 1.5 } }, "toolTimeouts.exec"],
    [{ toolTimeouts: { exec: 600_001 } }, "toolTimeouts.exec"],
  ])("refuses a wrong value and names its field: %j", (config, field) => {
    expect(refusal(config).facts.field).toBe(field);
  });

  it("does not repeat values that may be secret", () => {
    const error = refusal({ appServer: { configOverrides: ["sk-secret"] } });
    expect(JSON.stringify(error)).not.toContain("sk-secret");
  });

  it("names a misspelt field itself: the host's schema would reject all of its configuration for it", () => {
    const { configSchema } = JSON.parse(readFileSync("openclaw.plugin.json", "utf8")) as {
      configSchema: { additionalProperties: boolean; properties: Record<string, { additionalProperties?: boolean }> };
    };
    const { properties } = configSchema;
    expect([configSchema, properties.appServer, properties.clocks].map((each) => each?.additionalProperties)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("knows exactly the fields of the manifest", () => {
    const manifest = JSON.parse(readFileSync("openclaw.plugin.json", "utf8")) as {
      configSchema: { properties: Record<string, { properties?: Record<string, unknown> }> };
    };
    const { properties } = manifest.configSchema;
    expect(refusal({ zzzzzzzz: 1 }).remedy).toContain(`: ${Object.keys(properties).join(", ")}.`);
    expect(refusal({ appServer: { zzzzzzzz: 1 } }).remedy).toContain(
      `: ${Object.keys(properties.appServer?.properties ?? {}).join(", ")}.`,
    );
    expect(refusal({ clocks: { zzzzzzzz: 1 } }).remedy).toContain(
      `: ${Object.keys(properties.clocks?.properties ?? {}).join(", ")}.`,
    );
  });
});
