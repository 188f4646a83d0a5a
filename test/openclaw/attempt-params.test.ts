import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { capabilityUses, noUnknownCapability } from "../../src/openclaw/attempt-capabilities.ts";
import { attemptFields, noUnknownField } from "../../src/openclaw/attempt-params.ts";

const folder = path.resolve(import.meta.dirname, "../../src/openclaw");
const tables = ["attempt-params.ts", "attempt-callbacks.ts", "attempt-capabilities.ts"];
const source = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !tables.includes(file))
  .map((file) => readFileSync(path.join(folder, file), "utf8"))
  .join("\n");
const fields = Object.entries(attemptFields);

function isRead(field: string): boolean {
  // By name from the params, or taken out of them: `{ a, b: c } = params`, `({ a }: HostAttempt)`.
  return new RegExp(`\\bparams\\??\\.${field}\\b|[{,(]\\s*${field}\\s*[:,}=]`).test(source);
}

describe("the table of what a host prepares", () => {
  // That it has every field, and none too many, is checked by the compiler.
  it("is complete by type", () => expect(noUnknownField).toBe(true));

  it("gives a reason for everything that is ignored", () => {
    expect(fields.filter(([, use]) => use.startsWith("ignored") && use.length < 20)).toEqual([]);
  });

  it("says used only of what is read", () => {
    const unread = fields.filter(([field, use]) => use.startsWith("used") && !isRead(field)).map(([field]) => field);
    expect(unread).toEqual([]);
  });

  it("says ignored only of what is not read", () => {
    const read = fields
      .filter(([field, use]) => use.startsWith("ignored") && new RegExp(`\\bparams\\.${field}\\b`).test(source))
      .map(([field]) => field);
    expect(read).toEqual([]);
  });
});

describe("the table of what a host lends", () => {
  const uses = Object.entries(capabilityUses);
  const named = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(source);

  it("is complete by type", () => expect(noUnknownCapability).toBe(true));

  it("says used of what is named in the source, and of nothing else", () => {
    expect(uses.filter(([name, use]) => use.startsWith("used") && !named(name))).toEqual([]);
    const lent = uses.filter(([name, use]) => use.startsWith("ignored") && new RegExp(`\\w\\.${name}\\b`).test(source));
    expect(lent.map(([name]) => name).filter((name) => name !== "kind" && name !== "version")).toEqual([]);
  });

  it("gives a reason for everything that is ignored", () => {
    expect(uses.filter(([, use]) => use.startsWith("ignored") && use.length < 20)).toEqual([]);
  });
});
