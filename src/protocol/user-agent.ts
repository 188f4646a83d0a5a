import semver from "semver";
import { floorVersion } from "./floor-version.ts";
import { newestTestedVersion } from "./newest-tested.ts";

export { floorVersion };

/**
 * Reads the server's version out of the `userAgent` of the initialize response.
 *
 * The form is `<originator>/<version> (<os>; <arch>) <terminal> (<client>; <client version>)`. The originator may itself
 * contain slashes and spaces, so the version is recognised by what follows it, not by the first slash.
 *
 * @returns the version as written (with pre-release and build parts), or undefined when there is none.
 */
export function parseServerVersion(userAgent: unknown): string | undefined {
  if (typeof userAgent !== "string") return undefined;
  const written = /\/(\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?) \(/.exec(userAgent)?.[1];
  return written !== undefined && semver.valid(written) !== null ? written : undefined;
}

/** How a version stands to the supported range. A pre-release of the floor is below the floor. */
export function classifyVersion(version: string): "too_old" | "tested" | "newer_than_tested" {
  if (semver.lt(version, floorVersion)) return "too_old";
  return semver.gt(version, newestTestedVersion) ? "newer_than_tested" : "tested";
}
