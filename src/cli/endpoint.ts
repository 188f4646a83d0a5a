import { BridgeError } from "../errors.ts";
import type { Endpoint } from "../server/transport/endpoint.ts";

/** Options that say where a running app-server is. */
export interface ConnectOptions {
  /** Address of a running app-server. */
  readonly connect?: string;
  readonly tokenFile?: string;
  readonly sharedSecretFile?: string;
  readonly tokenIssuer?: string;
  readonly tokenAudience?: string;
}

/** What a running app-server cannot be given. */
interface OwnServerOptions {
  readonly codex?: string;
  readonly scripted?: boolean | string;
}

/**
 * The server that `--connect` names, with where its secret is; secrets themselves are no arguments.
 * @throws BridgeError `cli_options` when options exclude each other
 */
export function endpointFrom(options: ConnectOptions & OwnServerOptions): Endpoint | undefined {
  const { connect, tokenFile, sharedSecretFile, tokenIssuer, tokenAudience } = options;
  if (connect === undefined) {
    if (tokenFile ?? sharedSecretFile ?? tokenIssuer ?? tokenAudience)
      throw excluded("A token is for --connect.", "Give the address with --connect.");
    return undefined;
  }
  if (options.codex !== undefined || (options.scripted !== undefined && options.scripted !== false))
    throw excluded("A running app-server has its own executable and model.", "Leave out --codex and --scripted.");
  if (tokenFile !== undefined && sharedSecretFile !== undefined)
    throw excluded("There are two secrets.", "Keep the one the server was started with.");
  if (sharedSecretFile === undefined && (tokenIssuer ?? tokenAudience) !== undefined)
    throw excluded("Issuer and audience belong to signed tokens.", "Give --shared-secret-file as well.");
  if (tokenFile !== undefined) return { url: connect, auth: { type: "capability-token", file: tokenFile } };
  if (sharedSecretFile === undefined) return { url: connect };
  return {
    url: connect,
    auth: {
      type: "signed-bearer-token",
      file: sharedSecretFile,
      ...(tokenIssuer === undefined ? {} : { issuer: tokenIssuer }),
      ...(tokenAudience === undefined ? {} : { audience: tokenAudience }),
    },
  };
}

function excluded(message: string, remedy: string): BridgeError {
  return new BridgeError("cli_options", message, { remedy });
}
