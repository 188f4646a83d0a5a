import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const src = path.resolve(import.meta.dirname, "../../src");
/** What a file loads with it; types are gone then, and `import()` comes later. */
const imports = /^(?:import|export)\s+(?!type\b)[^;]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"/gm;

/** The packages and parts of Node that are loaded with an entry, each with the files that lead to it. */
function loadedWith(entry: string): Map<string, string[]> {
  const loaded = new Map<string, string[]>();
  const seen = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const here = [...way, path.relative(src, file)];
    for (const [, named, bare] of readFileSync(file, "utf8").matchAll(imports)) {
      const specifier = named ?? bare!;
      if (specifier.startsWith(".")) visit(path.resolve(path.dirname(file), specifier), here);
      else loaded.set(specifier, here);
    }
  };
  visit(path.join(src, entry), []);
  return loaded;
}

function packagesOf(entry: string): Map<string, string[]> {
  return new Map([...loadedWith(entry)].filter(([name]) => !name.startsWith("node:")));
}

/** One file, and needed as soon as there is a server. */
const small = ["signal-exit"];

// Every package is paid for before the first turn begins: zod is 190 KB of code.
describe("loads no package of any size at once:", () => {
  it.each([
    "index.ts",
    "library/embedded-host.ts",
    "harness/codex-harness.ts",
    "server/app-server.ts",
    // Codex is asked to prepare itself before anything is loaded that could understand its answer.
    "server/greet.ts",
  ])("%s", (entry) => {
    expect([...packagesOf(entry)].filter(([name]) => !small.includes(name))).toEqual([]);
  });

  it("the plugin, but for the host's own", () => {
    expect([...packagesOf("openclaw/plugin.ts").keys()]).toEqual(["openclaw/plugin-sdk/plugin-entry"]);
  });

  // See nodeUtil.
  it.each(["index.ts", "server/greet.ts", "openclaw/plugin.ts"])("nor a part of Node that takes long: %s", (entry) => {
    const loaded = loadedWith(entry);
    expect([loaded.get("node:util"), loaded.get("node:perf_hooks")]).toEqual([undefined, undefined]);
    expect(loaded.get("node:fs") ?? loaded.get("node:path")).toBeDefined();
  });

  it("would notice one", () => {
    expect([...packagesOf("server/ledger-entry.ts").keys()]).toEqual(["zod"]);
  });
});
