import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import semver from "semver";
import { floorVersion } from "../src/protocol/user-agent.ts";
import { managedBinary } from "../src/server/binary.ts";

/*
 * Codex releases from npm, each installed once, outside the repository: 200 to 400 MB each. CODEX_BRIDGE_RELEASES names
 * another folder.
 */

const run = promisify(execFile);
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

export const releasesFolder =
  process.env.CODEX_BRIDGE_RELEASES ??
  path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "codex-bridge", "releases");

export interface InstalledRelease {
  readonly version: string;
  /** The native executable. */
  readonly command: string;
}

/** Every published stable release the bridge supports, oldest first (`npm view @openai/codex versions`). */
export async function publishedReleases(): Promise<string[]> {
  const { stdout } = await run(npm, ["view", "@openai/codex", "versions", "--json"], { maxBuffer: 1 << 26 });
  return (JSON.parse(stdout) as string[])
    .filter((version) => semver.prerelease(version) === null && semver.gte(version, floorVersion))
    .sort(semver.compare);
}

/** The releases that are installed already, oldest first. */
export async function installedReleases(): Promise<string[]> {
  const names = await readdir(releasesFolder).catch(() => []);
  return names.filter((name) => existsSync(path.join(releasesFolder, name, ".complete"))).sort(semver.compare);
}

/**
 * Installs one release unless it is there. Safe beside other processes that install the same.
 * @throws BridgeError `codex_binary_not_found` when npm has no executable of it for this platform (optional packages that
 *   are missing do not make npm fail)
 * @throws Error with npm's words when it cannot be installed
 */
export async function installRelease(version: string): Promise<InstalledRelease> {
  if (!semver.valid(version)) throw new Error(`${version} is not a version; write it like 0.150.1.`);
  const folder = path.join(releasesFolder, version);
  if (!existsSync(path.join(folder, ".complete"))) await installInto(folder, version);
  return { version, command: executableIn(folder) };
}

function executableIn(folder: string): string {
  return managedBinary(path.join(folder, "package.json")).file;
}

async function installInto(folder: string, version: string): Promise<void> {
  const building = `${folder}.${process.pid}`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  await writeFile(path.join(building, "package.json"), '{"private":true}\n');
  const args = [
    "install",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--prefer-offline",
    `@openai/codex@${version}`,
  ];
  try {
    await run(npm, args, { cwd: building, maxBuffer: 1 << 26 });
    executableIn(building);
    await writeFile(path.join(building, ".complete"), "");
    await rm(folder, { recursive: true, force: true });
    await rename(building, folder);
  } catch (thrown) {
    await rm(building, { recursive: true, force: true });
    // Another process was faster.
    if (existsSync(path.join(folder, ".complete"))) return;
    throw thrown;
  }
}
