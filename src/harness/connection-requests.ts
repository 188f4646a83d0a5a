import { answerSafely } from "../requests/table.ts";
import { TokenRefresh } from "../requests/token-refresh.ts";
import type { IncomingRequest } from "../wire/connection.ts";
import type { Login } from "./login.ts";

/**
 * Answers requests that belong to no turn: the account's, and those of threads nobody follows.
 * @param login who is logged in; asked each time, because a server may outlive the harness that started it
 */
export function connectionRequests(login: () => Login | undefined): (request: IncomingRequest) => void {
  const refresh = new TokenRefresh(async () => {
    const now = login();
    if (now?.type !== "chatgptAuthTokens") throw new Error("the account has no tokens");
    return now.refresh();
  });
  return (request) => {
    const tokens = login()?.type === "chatgptAuthTokens";
    if (tokens && request.method === "account/chatgptAuthTokens/refresh") void refresh.answer(request);
    else answerSafely(request, "No turn is waiting for this request.");
  };
}
