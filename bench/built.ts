/**
 * The sources as a package has them: plain JavaScript in few files, other packages apart. What a start costs must not have
 * the price of stripping types in it, on neither side. `zod` is bundled: of its 130 files, half are translations.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { rolldown } from "rolldown";

const bundled: ReadonlySet<string> = new Set(["zod"]);
const cache = path.resolve(import.meta.dirname, "../node_modules/.cache/codex-bridge");

/**
 * Bundles files of `bench/`, with what they use of `src/`. What is imported when it is needed stays a file of its own.
 * @returns the folder: `NAME.js` for each `NAME.ts`
 */
export async function built(names: readonly string[]): Promise<string> {
  const folder = path.join(cache, `bench-built-${process.pid}`);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), '{"type":"module"}\n');
  const input = Object.fromEntries(names.map((name) => [name, path.join(import.meta.dirname, `${name}.ts`)]));
  const bundle = await rolldown({
    input,
    platform: "node",
    external: (id) => !(id.startsWith(".") || path.isAbsolute(id) || bundled.has(id)),
    logLevel: "warn",
  });
  try {
    await bundle.write({ dir: folder, format: "esm", chunkFileNames: "parts/[name]-[hash].js" });
  } finally {
    await bundle.close();
  }
  return folder;
}

export async function removeBuilt(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
