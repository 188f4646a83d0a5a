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
  let grouped = false;
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
      // Grouped, for that is what groups are for; by themselves there may be none.
      if (grouped && log.code === "INEFFECTIVE_DYNAMIC_IMPORT") return;
      throw new Error(log.message);
    },
  });
  // A fifth of the text that a start reads would be comments; those that a licence asks for stay.
  const comments = { jsdoc: false, annotation: false, legal: true };
  const format = { dir: dist, format: "esm", chunkFileNames: "chunks/[name]-[hash].js", comments } as const;
  const codeSplitting = { groups: groupsOf(root, chunksOf((await bundle.generate(format)).output)) };
  grouped = true;
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

/**
 * What is always loaded together is one file: each costs a start more than what is in it. A group has what these files
 * load at once, without what an earlier group has.
 */
const together: Readonly<Record<string, readonly string[]>> = {
  "plugin-load": ["openclaw/plugin"],
  start: ["index"],
  greet: ["server/greet"],
  turn: ["server/reading", "harness/run-attempt"],
  "host-turn": ["runtime", "attempt", "preflight", "mcp-servers", "trajectory"].map((name) => `openclaw/${name}`),
};

interface Group {
  readonly name: string;
  test(id: string): boolean;
}

function groupsOf(root: string, chunks: readonly OutputChunk[]): Group[] {
  const taken = new Set<string>();
  const own = Object.entries(together).map(([name, files]) => {
    const modules = new Set(files.flatMap((file) => [...loadedWith(path.join(root, "src", `${file}.ts`), chunks)]));
    // Packages are also loaded without these.
    const group = new Set([...modules].filter((id) => !taken.has(id) && packageOf(id).length === 0));
    for (const id of group) taken.add(id);
    return { name, test: (id: string) => group.has(id) };
  });
  // First, for a group takes along what its modules need.
  return [{ name: "zod", test: (id) => packageOf(id).some((folder) => folder.endsWith("/zod")) }, ...own];
}

/** The modules that are there once a file is loaded, without what it imports later. An entry stays a file of its own. */
function loadedWith(file: string, chunks: readonly OutputChunk[]): Set<string> {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const seen = new Set<OutputChunk>();
  const visit = (chunk: OutputChunk | undefined): void => {
    if (!chunk || seen.has(chunk)) return;
    seen.add(chunk);
    for (const name of chunk.imports) visit(byFile.get(name));
  };
  const start = chunks.find(({ facadeModuleId, moduleIds }) => facadeModuleId === file || moduleIds.includes(file));
  if (!start) throw new Error(`Not in the bundle: ${file}`);
  visit(start);
  const modules = new Set([...seen].flatMap(({ moduleIds }) => moduleIds));
  if (start.isEntry) modules.delete(file);
  return modules;
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
