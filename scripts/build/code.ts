import { isBuiltin } from "node:module";
import path from "node:path";
import { type OutputChunk, rolldown } from "rolldown";

/** What is started or imported by its name; everything else is a chunk. Named as in src/, for `bin/` finds either. */
const entries = ["index", "cli/main", "cli/demo", "openclaw/plugin", "replay/play/fake-server-main"];

/** The host's own, what is only there while developing, and two accelerators that ws does without. */
const external = [/^openclaw(\/|$)/, "rolldown", "bufferutil", "utf-8-validate"];

/**
 * Bundles the code with all packages it needs.
 * @param more files that become entries beside ours, by name: what tries the code as it is published
 * @returns how many files, and the folders of the packages that are in them, sorted
 */
export async function bundleCode(
  root: string,
  dist: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ files: number; packages: string[] }> {
  const own = Object.fromEntries(entries.map((name) => [name, path.join(root, "src", `${name}.ts`)]));
  const bundle = await rolldown({
    cwd: root,
    input: { ...own, ...more },
    platform: "node",
    external,
    logLevel: "warn",
    transform: { target: "node22.19" },
    // How long plugins take depends on the machine.
    checks: { pluginTimings: false },
    onLog(_, log) {
      throw new Error(log.message);
    },
  });
  const format = { dir: dist, format: "esm", chunkFileNames: "chunks/[name]-[hash].js" } as const;
  // What a host loads before anybody runs a turn is one file: each costs it more than what is in it.
  const early = loadedWith("openclaw/plugin", chunksOf((await bundle.generate(format)).output));
  const codeSplitting = { groups: [{ name: "plugin-load", test: (id: string) => early.has(id) }] };
  const { output } = await bundle.write({ ...format, codeSplitting });
  await bundle.close();
  const chunks = chunksOf(output);
  requireKnown(chunks);
  const packages = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap(packageOf)));
  return { files: output.length, packages: [...packages].sort() };
}

function chunksOf(output: readonly { type: string }[]): OutputChunk[] {
  return output.filter((file): file is OutputChunk => file.type === "chunk");
}

/** The modules that are there once an entry is loaded, without what it imports later. */
function loadedWith(entry: string, chunks: readonly OutputChunk[]): Set<string> {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const seen = new Set<OutputChunk>();
  const visit = (chunk: OutputChunk | undefined): void => {
    if (!chunk || seen.has(chunk)) return;
    seen.add(chunk);
    for (const file of chunk.imports) visit(byFile.get(file));
  };
  const start = chunks.find(({ isEntry, name }) => isEntry && name === entry);
  visit(start);
  return new Set([...seen].flatMap(({ moduleIds }) => moduleIds).filter((id) => id !== start?.facadeModuleId));
}

/** A package that was left outside would be missing from every installation: there are no dependencies. */
function requireKnown(chunks: readonly OutputChunk[]): void {
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const outside = chunks.flatMap(({ imports, dynamicImports }) =>
    [...imports, ...dynamicImports].filter(
      (name) => !own.has(name) && !isBuiltin(name) && !external.some((each) => matches(each, name)),
    ),
  );
  if (outside.length > 0) throw new Error(`Not in the bundle: ${[...new Set(outside)].join(", ")}`);
}

function matches(pattern: RegExp | string, name: string): boolean {
  return typeof pattern === "string" ? pattern === name : pattern.test(name);
}

/** The folder of the package a module is from: with its place in node_modules, for there may be two versions. */
function packageOf(moduleId: string): string[] {
  const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId.replaceAll("\\", "/"));
  return found ? [found[1]!] : [];
}
