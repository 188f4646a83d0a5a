import { existsSync } from "node:fs";
import path from "node:path";

/** The folder of this package: a file of it is somewhere else in a clone than in a build. */
export function packageRoot(): string {
  const { root } = path.parse(import.meta.dirname);
  let folder = import.meta.dirname;
  while (folder !== root && !existsSync(path.join(folder, "package.json"))) folder = path.dirname(folder);
  return folder;
}
