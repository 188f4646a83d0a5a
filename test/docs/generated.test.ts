import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { pages } from "../../scripts/docs/pages.ts";
import { errorAreas } from "../../src/error-codes.ts";

const root = path.resolve(import.meta.dirname, "../..");

test.each(Object.entries(pages()))("%s is what `npm run docs` writes", (file, text) => {
  expect(readFileSync(path.join(root, file), "utf8")).toBe(text);
});

test("every described error code is one that something can have", () => {
  const files = readdirSync(path.join(root, "src"), { recursive: true, encoding: "utf8" });
  const code = files
    .filter((file) => file.endsWith(".ts") && !file.startsWith("error-codes"))
    .map((file) => readFileSync(path.join(root, "src", file), "utf8"))
    .join("\n");
  const described = errorAreas.flatMap(([, codes]) => Object.keys(codes));
  expect(described.filter((each) => !code.includes(`"${each}"`))).toEqual([]);
  expect(new Set(described).size).toBe(described.length);
});
