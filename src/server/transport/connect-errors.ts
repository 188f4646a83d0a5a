import { type BridgeError, toBridgeError } from "../../errors.ts";
import { ServerStartError } from "../errors.ts";

/** The listener answered the upgrade with a status of its own. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

const unreachable = /^(E(CONN|HOST|NET|PIPE|TIMEDOUT|ADDR|NOENT|ACCES|NOTFOUND|AI_)|ENOENT$|ENOTFOUND$)/;

/** Why a connection was not made, by what the system or the listener said. None of it holds the token. */
export function connectionError(thrown: unknown, shown: string, hadToken: boolean): BridgeError {
  if (thrown instanceof Refused) return refusal(thrown.status, shown, hadToken);
  const { message } = toBridgeError(thrown);
  const code = (thrown as NodeJS.ErrnoException).code ?? "";
  if (code === "" || unreachable.test(code)) {
    return new ServerStartError("endpoint_unreachable", `No app-server could be reached at ${shown}: ${message}.`, {
      remedy: "Start it there (codex app-server --listen …), or correct the address.",
      facts: { cause: code || "timeout" },
      cause: thrown,
    });
  }
  if (shown.startsWith("wss:")) {
    return new ServerStartError("endpoint_tls", `The certificate of ${shown} is not trusted: ${message}.`, {
      remedy: "Use a certificate this machine trusts; NODE_EXTRA_CA_CERTS names further authorities.",
      facts: { cause: code },
      cause: thrown,
    });
  }
  return notCodex(shown, code);
}

function refusal(status: number, shown: string, hadToken: boolean): BridgeError {
  if (status !== 401 && status !== 403) return notCodex(shown, `HTTP ${status}`);
  const why = hadToken ? "does not accept our token" : "wants a token";
  return new ServerStartError("endpoint_unauthorized", `The app-server at ${shown} ${why} (HTTP ${status}).`, {
    remedy: "Give the token, or the shared secret, that the server was started with (--ws-auth).",
    facts: { status },
  });
}

function notCodex(shown: string, found: string): BridgeError {
  return new ServerStartError("endpoint_not_codex", `What listens at ${shown} is no app-server (${found}).`, {
    remedy: "Check the address: it is the one codex app-server --listen was given.",
  });
}
