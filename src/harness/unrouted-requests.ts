import type { IncomingRequest } from "../wire/contract.ts";
import type { Login } from "./login.ts";

/** `connectionRequests`, loaded with the first request that belongs to no turn: they are rare. */
export function unroutedRequests(login: () => Login | undefined): (request: IncomingRequest) => void {
  let answering: Promise<(request: IncomingRequest) => void> | undefined;
  return (request) => {
    answering ??= import("./connection-requests.ts").then(({ connectionRequests }) => connectionRequests(login));
    void answering.then((answer) => answer(request));
  };
}
