import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import semver from "semver";

/* Versions of a package from npm, each installed once, in a folder of its own outside the repository. */

const run = promisify(execFile);
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const maxBuffer = 1 << 26;

/** Written last: without it, a folder is one that was given up. */
const completeFile = ".complete";

/** Where the versions of one package are, by default. */
export function cacheFolder(name: string): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "codex-bridge", name);
}

/** Every published stable version, oldest first (`npm view NAME versions`). */
export async function publishedVersions(name: string): Promise<string[]> {
  const { stdout } = await run(npm, ["view", name, "versions", "--json"], { maxBuffer });
  return (JSON.parse(stdout) as string[])
    .filter((version) => semver.prerelease(version) === null)
    .sort((left, right) => semver.compare(left, right));
}

export interface Installing {
  /** Of all versions of the package. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Like a version of this package is written, for an error. */
  readonly example: string;
  /** Throws when what npm installed is of no use. */
  readonly check?: (folder: string) => void;
}

/**
 * Installs one version unless it is there. Safe beside other processes that install the same.
 * @returns its folder
 * @throws Error with npm's words when it cannot be installed
 */
export async function installed({ folder, name, version, example, check }: Installing): Promise<string> {
  if (!semver.valid(version)) throw new Error(`${version} is not a version; write it like ${example}.`);
  const home = path.join(folder, version);
  if (isComplete(home)) return home;
  const building = `${home}.${process.pid}`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  await writeFile(path.join(building, "package.json"), '{"private":true}\n');
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", `${name}@${version}`];
  try {
    await run(npm, args, { cwd: building, maxBuffer });
    check?.(building);
    await writeFile(path.join(building, completeFile), "");
    await rm(home, { recursive: true, force: true });
    await rename(building, home);
  } catch (thrown) {
    await rm(building, { recursive: true, force: true });
    // Another process was faster.
    if (!isComplete(home)) throw thrown;
  }
  return home;
}

function isComplete(home: string): boolean {
  return existsSync(path.join(home, completeFile));
}
