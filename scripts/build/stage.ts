import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { bundleCode } from "./code.ts";

const root = path.resolve(import.meta.dirname, "..", "..");

/** What a host gets of the package, as it would be published, but built now and without types: half a second. */
export async function stagePackage(target: string): Promise<string> {
  await rm(target, { recursive: true, force: true });
  for (const name of ["package.json", "openclaw.plugin.json", "README.md", "LICENSE", "bin"]) {
    await cp(path.join(root, name), path.join(target, name), { recursive: true });
  }
  await bundleCode(root, path.join(target, "dist"));
  return target;
}
