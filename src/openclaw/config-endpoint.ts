import { BridgeError } from "../errors.ts";
import { addressOf, type Endpoint, type EndpointAuth } from "../server/transport/endpoint.ts";

/** The fields of `appServer` that are about a server somebody else runs, as texts. */
export const endpointFields = ["url", "tokenFile", "sharedSecretFile", "tokenIssuer", "tokenAudience"] as const;
export type EndpointFields = { readonly [Name in (typeof endpointFields)[number]]?: string | undefined };

/** What only a server of our own can be given. */
const processFields = ["command", "codexHome", "configOverrides", "env"] as const;

/**
 * The endpoint that is configured, if there is one. Fields that would be without effect are refused.
 * @param server the whole `appServer` section
 * @throws BridgeError `plugin_config_invalid`, naming the field
 */
export function endpointFrom(fields: EndpointFields, server: Readonly<Record<string, unknown>>): Endpoint | undefined {
  const { url } = fields;
  if (url === undefined) {
    const idle = endpointFields.find((name) => fields[name] !== undefined);
    if (idle !== undefined) throw wrong(idle, "is without effect", "Set appServer.url as well, or remove it.");
    return undefined;
  }
  const idle = processFields.find((name) => server[name] !== undefined);
  if (idle !== undefined) {
    throw wrong(idle, "has no effect on a server that runs already (appServer.url)", "Remove one of the two.");
  }
  if (server.homeScope === "agent") {
    throw wrong("homeScope", 'cannot be "agent": the server of appServer.url has one home and account', "Remove it.");
  }
  const auth = authFrom(fields);
  const endpoint = { url, ...(auth ? { auth } : {}) };
  try {
    addressOf(endpoint);
  } catch (thrown) {
    if (!(thrown instanceof BridgeError)) throw thrown;
    throw wrong("url", `cannot be used: ${thrown.message}`, thrown.remedy ?? "Correct it.");
  }
  return endpoint;
}

function authFrom({ tokenFile, sharedSecretFile, tokenIssuer, tokenAudience }: EndpointFields) {
  if (tokenFile !== undefined && sharedSecretFile !== undefined) {
    throw wrong("tokenFile", "and appServer.sharedSecretFile exclude each other", "Keep the one the server was given.");
  }
  if (sharedSecretFile === undefined) {
    const idle = tokenIssuer === undefined ? "tokenAudience" : "tokenIssuer";
    if (tokenIssuer !== undefined || tokenAudience !== undefined) {
      throw wrong(idle, "belongs to a signed token", "Set appServer.sharedSecretFile as well, or remove it.");
    }
    return tokenFile === undefined ? undefined : ({ type: "capability-token", file: tokenFile } satisfies EndpointAuth);
  }
  return {
    type: "signed-bearer-token",
    file: sharedSecretFile,
    ...(tokenIssuer === undefined ? {} : { issuer: tokenIssuer }),
    ...(tokenAudience === undefined ? {} : { audience: tokenAudience }),
  } satisfies EndpointAuth;
}

function wrong(name: string, why: string, remedy: string): BridgeError {
  return new BridgeError("plugin_config_invalid", `appServer.${name} ${why}.`, {
    remedy,
    facts: { field: `appServer.${name}` },
  });
}
