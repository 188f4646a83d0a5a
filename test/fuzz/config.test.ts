import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePluginConfig } from "../../src/openclaw/config.ts";
import { anyJson, changed, changes, fuzz } from "./campaign.ts";

const good = {
  harnessId: "codex",
  approvalMode: "guardian",
  approvalPolicy: "on-request",
  sandbox: "read-only",
  appServer: {
    command: "/opt/codex",
    homeScope: "agent",
    codexHome: "/var/x",
    modelProvider: "openai",
    configOverrides: ["a.b=1", 'c="x"'],
    env: { A: "1", B_C: "2" },
  },
  maxContextTokens: 2000,
  clocks: { toolMs: 1, quietProbeMs: 30_000 },
  recording: { dir: "/var/r", maxBytes: 1, keep: 2, lastMinutes: 3 },
};

/** A configuration, or the reason why it is none. */
function outcome(value: unknown): unknown {
  try {
    return parsePluginConfig(value);
  } catch (thrown) {
    expect(thrown).toMatchObject({ name: "BridgeError", code: "plugin_config_invalid", remedy: expect.any(String) });
    expect((thrown as Error).message.length).toBeLessThan(2000);
    return undefined;
  }
}

describe("any configuration", () => {
  it("is one, or is refused by name", async () => {
    const first = outcome({ ...good, approvalMode: undefined });
    expect(first).toMatchObject({ appServer: { env: { A: "1" } } });
    await fuzz(
      "config",
      fc.asyncProperty(anyJson, changes, async (value, edits) => {
        outcome(value);
        const edited = changed(good, edits);
        const parsed = outcome(edited);
        if (parsed !== undefined) expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
        // What is read twice is read alike.
        expect(outcome(edited)).toEqual(parsed);
      }),
    );
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });
});
