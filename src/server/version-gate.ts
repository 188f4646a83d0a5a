import { decodeResult } from "../protocol/decode.ts";
import { classifyVersion, parseServerVersion } from "../protocol/user-agent.ts";
import { ServerVersionError } from "./errors.ts";
import type { ServerInfo } from "./handshake.ts";

/**
 * Lets a server in by its answer to `initialize`.
 * @throws ServerVersionError when it is too old or does not say its version
 * @throws BridgeError `protocol_shape`
 */
export function admitted(answer: unknown): ServerInfo {
  const { userAgent, codexHome } = decodeResult("initialize", answer);
  const version = requireVersion(userAgent);
  return {
    version,
    userAgent: String(userAgent),
    ...(codexHome ? { codexHome } : {}),
    untested: classifyVersion(version) === "newer_than_tested",
  };
}

/** The version gate: the only place that decides whether a server is one we work with. */
export function requireVersion(userAgent: unknown): string {
  const version = parseServerVersion(userAgent);
  if (version === undefined) {
    if (typeof userAgent !== "string" || !/\d+\.\d+/.test(userAgent)) {
      throw new ServerVersionError("server_version_missing", "a server that states no version");
    }
    throw new ServerVersionError(
      "server_version_unreadable",
      `an unreadable version in ${JSON.stringify(userAgent.slice(0, 120))}`,
    );
  }
  if (classifyVersion(version) === "too_old") throw new ServerVersionError("server_too_old", version);
  return version;
}
