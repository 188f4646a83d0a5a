import path from "node:path";
import { BridgeError } from "../../errors.ts";

/** An app-server that somebody else runs (`codex app-server --listen …`), and what it wants to see of us. */
export interface Endpoint {
  /** `unix:///absolute/path`, `ws://127.0.0.1:PORT` or `wss://HOST[:PORT]`. */
  readonly url: string;
  /** Where the secret comes from. Never part of the address: addresses are shown. */
  readonly auth?: EndpointAuth;
}

export type EndpointAuth =
  /** The server's `--ws-auth capability-token`: one token, shown as it is. */
  | ({ readonly type: "capability-token" } & SecretSource)
  /** The server's `--ws-auth signed-bearer-token`: the secret it has, too, signs a short-lived token per connection. */
  | ({ readonly type: "signed-bearer-token"; readonly issuer?: string; readonly audience?: string } & SecretSource);

/** One of them: a file that only its owner can read, a variable of our environment, or the secret itself. */
export interface SecretSource {
  readonly file?: string;
  readonly env?: string;
  readonly secret?: string;
}

export type Address =
  | { readonly type: "unix"; readonly socket: string; readonly shown: string }
  | { readonly type: "websocket"; readonly url: string; readonly shown: string };

/**
 * Where an endpoint is. What leaves this machine is encrypted and authenticated, or refused: whoever reaches an
 * app-server can run commands on its machine, and whoever can read along can do so next.
 * @throws BridgeError `endpoint_invalid` | `endpoint_insecure`
 */
export function addressOf({ url, auth }: Endpoint): Address {
  const socket = /^unix:(?:\/\/)?(\/[^/].*)$/.exec(url)?.[1];
  if (socket !== undefined) {
    if (auth) throw invalid("A unix socket takes no token: its owner and mode decide who may use it.", "Leave it out.");
    return { type: "unix", socket: path.normalize(socket), shown: `unix://${path.normalize(socket)}` };
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !["ws:", "wss:"].includes(parsed.protocol)) {
    throw invalid(
      "The address of an app-server must begin with unix:///, ws:// or wss://.",
      "Write unix:///absolute/path, ws://127.0.0.1:PORT or wss://HOST.",
    );
  }
  if (parsed.username || parsed.password || parsed.search || parsed.hash) {
    throw invalid(
      "The address of an app-server holds no credentials, query or fragment.",
      "Give the token by a file or a variable instead.",
    );
  }
  if (!isLoopback(parsed.hostname)) requireSafe(parsed, auth);
  const shown = parsed.href.replace(/\/$/, "");
  return { type: "websocket", url: shown, shown };
}

function requireSafe({ protocol, hostname }: URL, auth: EndpointAuth | undefined): void {
  const lacks = [...(protocol === "wss:" ? [] : ["TLS (wss://)"]), ...(auth ? [] : ["a token"])];
  if (lacks.length === 0) return;
  throw new BridgeError("endpoint_insecure", `${hostname} is not this machine: ${lacks.join(" and ")} is missing.`, {
    remedy: "Use wss:// with a token, or a tunnel that ends on loopback (ssh -L PORT:127.0.0.1:PORT HOST).",
    facts: { host: hostname },
  });
}

/** Names that resolvers must not send elsewhere (RFC 6761), and the loopback networks. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function invalid(message: string, remedy: string): BridgeError {
  return new BridgeError("endpoint_invalid", message, { remedy });
}
