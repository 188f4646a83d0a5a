import { protocolFolder, readChain } from "./digest-files.ts";
import type { Digest } from "./digest-model.ts";
import { parseDigest } from "./parse-digest.ts";

/*
 * What the app-server of a release speaks, read from protocol/digests. Read once per process.
 */

let chain: Map<string, readonly string[]> | undefined;
const parsed = new Map<readonly string[], Digest>();

/** The releases that have a digest, oldest first. */
export function digestVersions(): string[] {
  return [...digestLinesByVersion().keys()];
}

/**
 * The protocol of one release. Releases whose protocol is the same share one object.
 * @throws Error when the release has no digest
 */
export function readDigest(version: string): Digest {
  const lines = digestLinesByVersion().get(version);
  if (lines === undefined) {
    throw new Error(`There is no protocol digest of Codex ${version}. Run: npm run protocol:sync -- ${version}`);
  }
  const digest = parsed.get(lines) ?? parseDigest(lines);
  parsed.set(lines, digest);
  return digest;
}

function digestLinesByVersion(): Map<string, readonly string[]> {
  chain ??= readChain(protocolFolder);
  return chain;
}
