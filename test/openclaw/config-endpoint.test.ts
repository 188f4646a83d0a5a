import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePluginConfig } from "../../src/openclaw/config.ts";
import { endpointFields } from "../../src/openclaw/config-endpoint.ts";

const url = "wss://codex.example.org";
const local = "ws://127.0.0.1:4500";

describe("a server somebody else runs, in the plugin's configuration", () => {
  const taken: [Record<string, string>, unknown][] = [
    [{ url: local }, { url: local }],
    [{ url: "unix:///run/codex.sock", homeScope: "user" }, { url: "unix:///run/codex.sock" }],
    [
      { url, tokenFile: "/t" },
      { url, auth: { type: "capability-token", file: "/t" } },
    ],
    [
      { url, sharedSecretFile: "/s" },
      { url, auth: { type: "signed-bearer-token", file: "/s" } },
    ],
    [
      { url, sharedSecretFile: "/s", tokenIssuer: "i", tokenAudience: "a" },
      { url, auth: { type: "signed-bearer-token", file: "/s", issuer: "i", audience: "a" } },
    ],
  ];
  it.each(taken)("%j", (appServer, endpoint) => {
    // It has one home and one account, whoever's turn it is.
    expect(parsePluginConfig({ appServer }).appServer).toMatchObject({ endpoint, homeScope: "user" });
  });

  it("keeps the provider that is named for its threads", () => {
    expect(parsePluginConfig({ appServer: { url: local, modelProvider: "mine" } }).appServer).toMatchObject({
      endpoint: { url: local },
      modelProvider: "mine",
    });
  });

  const refused: [Record<string, unknown>, string, string][] = [
    [{ tokenFile: "/t" }, "tokenFile", "appServer.url"],
    [{ tokenAudience: "a" }, "tokenAudience", "appServer.url"],
    [{ url: local, command: "/opt/codex" }, "command", "Remove one"],
    [{ url: local, codexHome: "/h" }, "codexHome", "Remove one"],
    [{ url: local, configOverrides: ["a=1"] }, "configOverrides", "Remove one"],
    [{ url: local, env: { A: "b" } }, "env", "Remove one"],
    [{ url: local, homeScope: "agent" }, "homeScope", "Remove it"],
    [{ url, tokenFile: "/t", sharedSecretFile: "/s" }, "tokenFile", "Keep the one"],
    [{ url: local, tokenIssuer: "i" }, "tokenIssuer", "sharedSecretFile"],
    [{ url: local, tokenFile: "/t", tokenAudience: "a" }, "tokenAudience", "sharedSecretFile"],
    [{ url }, "url", "token"],
    [{ url: "ws://codex.example.org", tokenFile: "/t" }, "url", "wss://"],
    [{ url: "http://127.0.0.1:1" }, "url", "unix:///"],
    [{ url: "unix:///run/codex.sock", tokenFile: "/t" }, "url", "Leave it out"],
    [{ url: "ws://me:planted@127.0.0.1:1" }, "url", "file"],
    [{ url: 4500 }, "url", ""],
    [{ url: "" }, "url", ""],
  ];
  it.each(refused)("%j is refused, naming %s", (appServer, field, remedy) => {
    let error: { code?: string; remedy?: string; facts?: { field?: string } } = {};
    try {
      parsePluginConfig({ appServer });
    } catch (thrown) {
      error = thrown as typeof error;
    }
    expect(error).toMatchObject({ code: "plugin_config_invalid", facts: { field: `appServer.${field}` } });
    expect(error.remedy).toContain(remedy);
    expect(JSON.stringify([String(error), error])).not.toContain("planted");
  });

  it("has the same fields in the manifest, each explained to people, and a pattern for what addresses are taken", () => {
    const manifest = JSON.parse(readFileSync("openclaw.plugin.json", "utf8"));
    const { properties } = manifest.configSchema.properties.appServer;
    for (const name of endpointFields) {
      expect(properties[name], name).toMatchObject({ type: "string" });
      expect(manifest.uiHints[`appServer.${name}`], name).toMatchObject({ label: expect.any(String), advanced: true });
    }
    const pattern = new RegExp(properties.url.pattern);
    for (const good of [url, local, "unix:///run/codex.sock", "unix:/run/codex.sock"]) expect(good).toMatch(pattern);
    for (const bad of ["http://127.0.0.1:1", "127.0.0.1:4500", ""]) expect(bad).not.toMatch(pattern);
  });
});
