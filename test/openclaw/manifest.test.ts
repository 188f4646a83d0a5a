import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defaultClocks } from "../../src/clocks.ts";
import { parseGatewayConfig } from "../../src/gateway/config.ts";
import { parsePluginConfig } from "../../src/openclaw/config.ts";

interface Schema {
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

const manifest = JSON.parse(readFileSync("openclaw.plugin.json", "utf8")) as {
  configSchema: Schema;
  uiHints: Record<string, { label?: string; help?: string }>;
  configGroups: { id: string; title: string; order: number; properties: string[] }[];
  configContracts: { dangerousFlags: { path: string; equals: unknown }[] };
};

function fieldsOf({ properties = {} }: Schema, before = ""): [path: string, schema: Schema][] {
  return Object.entries(properties).flatMap(([name, each]) => [
    [before + name, each] as [string, Schema],
    ...fieldsOf(each, `${before}${name}.`),
  ]);
}

describe("the manifest", () => {
  const fields = fieldsOf(manifest.configSchema);

  it("has a title and help for every field, and for nothing else", () => {
    const explained = Object.entries(manifest.uiHints).flatMap(([name, { label, help }]) =>
      label && help ? [name] : [],
    );
    expect(explained.sort()).toEqual(fields.map(([name]) => name).sort());
    const labels = Object.values(manifest.uiHints).map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it("has every section in one group", () => {
    const grouped = manifest.configGroups.flatMap(({ properties }) => properties);
    expect(grouped.toSorted()).toEqual(Object.keys(manifest.configSchema.properties ?? {}).toSorted());
    expect(new Set(manifest.configGroups.map(({ id }) => id)).size).toBe(manifest.configGroups.length);
    for (const { title } of manifest.configGroups) expect(title).not.toBe("");
  });

  it("has the defaults that the plugin has", () => {
    const { clocks } = manifest.configSchema.properties ?? {};
    const told = Object.entries(clocks?.properties ?? {}).map(([name, schema]) => [name, schema.default]);
    expect(Object.fromEntries(told)).toEqual(defaultClocks);
    const plain = { ...parseGatewayConfig({}), ...parsePluginConfig({}) } as unknown as Record<string, unknown>;
    for (const [name, { default: value }] of Object.entries(manifest.configSchema.properties ?? {})) {
      if (value !== undefined) expect(plain[name], name).toBe(value);
    }
  });

  it("tells the host's doctor of what is dangerous, in values that there are", () => {
    expect(manifest.configContracts.dangerousFlags.length).toBeGreaterThan(0);
    for (const { path, equals } of manifest.configContracts.dangerousFlags) {
      expect(fields.find(([name]) => name === path)?.[1].enum, path).toContain(equals);
      expect(parsePluginConfig({ [path]: equals }).sandbox).toBe("danger-full-access");
    }
  });
});
