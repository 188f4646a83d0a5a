import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import semver from "semver";

/*
 * OpenClaw hosts from npm, each installed once, outside the repository: about 650 MB each. CODEX_BRIDGE_HOSTS names
 * another folder. `node scripts/openclaw-hosts.ts 2026.8.2 …` installs the named ones.
 */

const run = promisify(execFile);
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

export const hostsFolder =
  process.env.CODEX_BRIDGE_HOSTS ??
  path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "codex-bridge", "hosts");

export interface InstalledHost {
  readonly version: string;
  /** The script that `node` runs. */
  readonly entry: string;
}

/** The newest stable host and all that were published before it, oldest first (`npm view openclaw versions`). */
export async function publishedHosts(): Promise<string[]> {
  const { stdout } = await run(npm, ["view", "openclaw", "versions", "--json"], { maxBuffer: 1 << 26 });
  return (JSON.parse(stdout) as string[])
    .filter((version) => semver.prerelease(version) === null)
    .sort((left, right) => semver.compare(left, right));
}

/**
 * Installs one host unless it is there. Safe beside other processes that install the same.
 * @throws Error with npm's words when it cannot be installed
 */
export async function installHost(version: string): Promise<InstalledHost> {
  if (!semver.valid(version)) throw new Error(`${version} is not a version; write it like 2026.9.6.`);
  const folder = path.join(hostsFolder, version);
  if (!existsSync(path.join(folder, ".complete"))) await installInto(folder, version);
  return { version, entry: path.join(folder, "node_modules", "openclaw", "openclaw.mjs") };
}

async function installInto(folder: string, version: string): Promise<void> {
  const building = `${folder}.${process.pid}`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  await writeFile(path.join(building, "package.json"), '{"private":true}\n');
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", `openclaw@${version}`];
  try {
    await run(npm, args, { cwd: building, maxBuffer: 1 << 26 });
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

if (import.meta.main) {
  for (const version of process.argv.slice(2)) console.log((await installHost(version)).entry);
}
