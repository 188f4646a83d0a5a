import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The version of the Codex among our own dependencies. */
export function managedVersion(): string {
  const file = createRequire(import.meta.url).resolve("@openai/codex/package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
