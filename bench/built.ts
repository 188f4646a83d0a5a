/**
 * The code as it is published. What a start costs must have neither the price of stripping types in it nor that of files
 * which no package has, on neither side.
 */
import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const repository = path.resolve(import.meta.dirname, "..");
const cache = path.join(repository, "node_modules/.cache/codex-bridge");

/**
 * Bundles the code as `npm run build` does, and files of `bench/` with it.
 * @returns the folder: what is in dist/, and `NAME.js` for each `NAME.ts`
 */
export async function built(names: readonly string[] = []): Promise<string> {
  const folder = path.join(cache, `bench-built-${process.pid}`);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), '{"type":"module"}\n');
  // In a process of its own: Linux counts the most memory its parent had as that of a process that is measured.
  await promisify(execFile)(process.execPath, [import.meta.filename, folder, ...names]);
  return folder;
}

export async function removeBuilt(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

if (import.meta.main) {
  const { bundleCode } = await import("../scripts/build/code.ts");
  const [folder = "", ...names] = process.argv.slice(2);
  const roles = Object.fromEntries(names.map((name) => [name, path.join(import.meta.dirname, `${name}.ts`)]));
  await bundleCode(repository, folder, roles);
}
