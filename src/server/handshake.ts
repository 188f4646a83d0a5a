import { decodeResult } from "../protocol/decode.ts";
import { ignoredNotifications } from "../protocol/ignored.ts";
import type { InitializeParams } from "../protocol/params.ts";
import { classifyVersion, parseServerVersion } from "../protocol/user-agent.ts";
import type { WireConnection } from "../wire/connection.ts";
import { ServerVersionError } from "./errors.ts";

export interface ServerInfo {
  readonly version: string;
  readonly userAgent: string;
  readonly codexHome?: string;
  /** The server is newer than the newest release the bridge was tested with. */
  readonly untested: boolean;
}

export interface HandshakeOptions {
  readonly clientName: string;
  readonly clientTitle: string;
  readonly clientVersion: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * `initialize`, version gate, `initialized`. Nothing else may be sent before it resolves.
 * @throws ServerVersionError when the server is too old or does not say its version
 */
export async function handshake(wire: WireConnection, options: HandshakeOptions): Promise<ServerInfo> {
  const params: InitializeParams = {
    clientInfo: { name: options.clientName, title: options.clientTitle, version: options.clientVersion },
    capabilities: { experimentalApi: true, optOutNotificationMethods: ignoredNotifications },
  };
  const answer = await wire.request("initialize", params, {
    timeoutMs: options.timeoutMs,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const result = decodeResult("initialize", answer);
  const version = requireVersion(result.userAgent);
  wire.notify("initialized");
  return {
    version,
    userAgent: String(result.userAgent),
    ...(result.codexHome ? { codexHome: result.codexHome } : {}),
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
