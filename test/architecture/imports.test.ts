import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const src = path.resolve(import.meta.dirname, "../../src");

/** Each folder may import only from itself and from those before it. Files directly in src/ come before all. */
const order = [
  "error-codes",
  "files",
  "scripted-model",
  "wire",
  "protocol",
  "server",
  "thread",
  "turn",
  "transcript",
  "requests",
  "harness",
  "host",
  "replay",
  "gateway",
  "doctor",
  "library",
  "openclaw",
  "cli",
];
/** What the design says a folder must not know, beyond the order. */
const forbidden: Record<string, readonly string[]> = {
  "scripted-model": ["files"],
  wire: ["scripted-model"],
  openclaw: ["host", "scripted-model", "library"],
  gateway: [
    "scripted-model",
    "wire",
    "server",
    "thread",
    "turn",
    "transcript",
    "requests",
    "harness",
    "host",
    "replay",
  ],
  replay: ["openclaw"],
  doctor: ["scripted-model", "turn", "transcript", "requests", "harness", "host", "replay", "gateway"],
};

function importsOf(source: string): string[] {
  const found = source.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)["']([^"']+)["']/g);
  return [...found].map((match) => match[1]!);
}

function violations(file: string, source: string): string[] {
  const folder = path.dirname(file) === "." ? undefined : file.split(path.sep)[0]!;
  const found: string[] = [];
  for (const specifier of importsOf(source)) {
    if (!specifier.startsWith(".")) {
      if (/^openclaw(\/|$)/.test(specifier) && folder !== "openclaw") found.push(`${file} imports ${specifier}`);
      continue;
    }
    const target = path.relative(src, path.resolve(src, path.dirname(file), specifier));
    if (target.startsWith("..")) found.push(`${file} imports ${specifier}, which is outside src`);
    if (!target.includes(path.sep) || folder === undefined) continue;
    const targetFolder = target.split(path.sep)[0]!;
    const allowed = order.indexOf(targetFolder) <= order.indexOf(folder) && order.includes(targetFolder);
    if (!allowed || forbidden[folder]?.includes(targetFolder)) found.push(`${file} imports ${target}`);
  }
  return found;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

describe("the house", () => {
  it("has only folders with a place in the order", () => {
    const folders = new Set(files.filter((file) => file.includes(path.sep)).map((file) => file.split(path.sep)[0]));
    expect([...folders].filter((folder) => !order.includes(folder!))).toEqual([]);
  });

  it("imports only upwards", () => {
    expect(files.flatMap((file) => violations(file, readFileSync(path.join(src, file), "utf8")))).toEqual([]);
  });

  it("would notice a wrong import in each of its forms", () => {
    expect(violations("wire/x.ts", 'import { a } from "../protocol/events.ts";')).toHaveLength(1);
    expect(violations("wire/x.ts", 'const a = await import("../protocol/events.ts");')).toHaveLength(1);
    expect(violations("turn/x.ts", 'import type { a } from "openclaw/plugin-sdk";')).toHaveLength(1);
    expect(violations("turn/x.ts", 'export { a } from "../harness/types.ts";')).toHaveLength(1);
    expect(violations("turn/x.ts", 'import { a } from "../protocol/items.ts";')).toHaveLength(0);
  });

  it("keeps files small", () => {
    const long = files.filter((file) => readFileSync(path.join(src, file), "utf8").split("\n").length > 260);
    expect(long).toEqual([]);
  });
});
