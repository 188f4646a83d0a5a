import path from "node:path";
import semver from "semver";
import { floorVersion } from "../src/protocol/user-agent.ts";
import { managedBinary } from "../src/server/binary.ts";
import { cacheFolder, installed, publishedVersions } from "./npm-cache.ts";

/*
 * Codex releases from npm, each installed once, outside the repository: 200 to 400 MB each. CODEX_BRIDGE_RELEASES names
 * another folder.
 */

const name = "@openai/codex";

export const releasesFolder = process.env.CODEX_BRIDGE_RELEASES ?? cacheFolder("releases");

export interface InstalledRelease {
  readonly version: string;
  /** The native executable. */
  readonly command: string;
}

/** Every published stable release the bridge supports, oldest first. */
export async function publishedReleases(): Promise<string[]> {
  return (await publishedVersions(name)).filter((version) => semver.gte(version, floorVersion));
}

/**
 * Installs one release unless it is there. Safe beside other processes that install the same.
 * @throws BridgeError `codex_binary_not_found` when npm has no executable of it for this platform (optional packages that
 *   are missing do not make npm fail)
 * @throws Error with npm's words when it cannot be installed
 */
export async function installRelease(version: string): Promise<InstalledRelease> {
  const check = executableIn;
  const folder = await installed({ folder: releasesFolder, name, version, example: "0.150.1", check });
  return { version, command: executableIn(folder) };
}

function executableIn(folder: string): string {
  return managedBinary(path.join(folder, "package.json")).file;
}
