import { connectionCodes } from "./error-codes/connection.ts";
import { endpointCodes } from "./error-codes/endpoint.ts";
import { gatewayCodes } from "./error-codes/gateway.ts";
import { hostCodes } from "./error-codes/host.ts";
import { recordingCodes } from "./error-codes/recording.ts";
import { serverCodes } from "./error-codes/server.ts";
import { sessionCodes } from "./error-codes/session.ts";
import { turnCodes } from "./error-codes/turn.ts";

/*
 * Every code an error of the bridge can have, with what it means and what to do about it. The type is what BridgeError
 * takes, so a code that is not described here does not compile; docs/errors.md is made from the table.
 */

/** By area: title, then for each code `[meaning, remedy]`. */
export const errorAreas = [
  ["The app-server and its executable", serverCodes],
  ["Servers that somebody else runs", endpointCodes],
  ["Turns", turnCodes],
  ["Sessions, threads and what is kept of them", sessionCodes],
  ["Hosts, the plugin and the command line", hostCodes],
  ["Harness modes and the providers behind them", gatewayCodes],
  ["Recordings, replay and evidence", recordingCodes],
  ["The pipe to the app-server", connectionCodes],
] as const;

export type ErrorCode = keyof (typeof connectionCodes &
  typeof gatewayCodes &
  typeof endpointCodes &
  typeof hostCodes &
  typeof recordingCodes &
  typeof serverCodes &
  typeof sessionCodes &
  typeof turnCodes);
