import { BridgeError } from "../errors.ts";
import type { LoginParams } from "../protocol/params.ts";
import { rememberSecrets } from "../redact.ts";
import type { ChatgptTokens } from "../requests/token-refresh.ts";
import type { AppServer } from "../server/app-server.ts";

/** Credentials a host hands over. The app-server does not read keys from its environment, so it is told. */
export type Login =
  | { readonly type: "apiKey"; readonly apiKey: string }
  | ({
      readonly type: "chatgptAuthTokens";
      /** Fresh tokens, when Codex finds that these are not accepted any more. Asked for once at a time. */
      refresh(): Promise<ChatgptTokens>;
    } & ChatgptTokens);

/** Kept in the server's memory only: a key from the environment must not end up in a file. */
export const ephemeralCredentials = 'cli_auth_credentials_store="ephemeral"';

/** @throws BridgeError `login_failed`, or how the server ended; neither message nor facts contain the credential */
export async function logIn(server: AppServer, login: Login): Promise<void> {
  rememberSecrets(login.type === "apiKey" ? login.apiKey : login.accessToken);
  try {
    await server.call("account/login/start", credentials(login));
  } catch (thrown) {
    await server.stop();
    // It did not say no: it died, or is mute.
    if (thrown instanceof BridgeError && thrown.code !== "rpc_error") throw thrown;
    throw new BridgeError("login_failed", "Codex did not accept the login.", {
      remedy: "Check the API key or tokens, or log in with `codex login`.",
      // The server may quote the key in its refusal, so its words are not passed on.
      facts: { code: thrown instanceof BridgeError ? thrown.code : "unknown" },
    });
  }
}

/** What is sent: the tokens, and nothing that belongs to the host. */
function credentials(login: Login): LoginParams {
  if (login.type === "apiKey") return { type: login.type, apiKey: login.apiKey };
  const { type, accessToken, chatgptAccountId, chatgptPlanType } = login;
  return { type, accessToken, chatgptAccountId, chatgptPlanType };
}
