import path from "node:path";
import { cacheFolder, installed, publishedVersions } from "./npm-cache.ts";

/*
 * OpenClaw hosts from npm, each installed once, outside the repository: about 650 MB each. CODEX_BRIDGE_HOSTS names
 * another folder. `node scripts/openclaw-hosts.ts 2026.8.2 …` installs the named ones.
 */

const name = "openclaw";

const hostsFolder = process.env.CODEX_BRIDGE_HOSTS ?? cacheFolder("hosts");

export interface InstalledHost {
  readonly version: string;
  /** The script that `node` runs. */
  readonly entry: string;
}

/** The newest stable host and all that were published before it, oldest first. */
export function publishedHosts(): Promise<string[]> {
  return publishedVersions(name);
}

/**
 * Installs one host unless it is there. Safe beside other processes that install the same.
 * @throws Error with npm's words when it cannot be installed
 */
export async function installHost(version: string): Promise<InstalledHost> {
  const folder = await installed({ folder: hostsFolder, name, version, example: "2026.9.6" });
  return { version, entry: path.join(folder, "node_modules", "openclaw", "openclaw.mjs") };
}

if (import.meta.main) {
  for (const version of process.argv.slice(2)) console.log((await installHost(version)).entry);
}
