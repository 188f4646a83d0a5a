/** The pipe to the app-server. */
export const connectionCodes = {
  wire_closed: [
    "The connection ended while something was still waiting on it.",
    "Run the turn again; a new server is started and resumes the thread.",
  ],
  wire_handler_failed: [
    "A callback of the program that embeds the bridge threw; `cause` is what it threw.",
    "Correct the callback. The connection goes on.",
  ],
  wire_line_too_long: [
    "One message of the server is longer than the limit; it was left out, the connection goes on.",
    "Ask for less in one message, or raise `maxLineBytes`.",
  ],
  wire_malformed: [
    "A line is JSON but no JSON-RPC message.",
    "Report it with the Codex version. The connection goes on.",
  ],
  wire_request_aborted: ["Whoever made a request withdrew it.", "None needed."],
  wire_request_timeout: [
    "The server did not answer a request in time (clock `requestMs`).",
    "Try again; when it stays so, look at what the server logs (`CODEX_BRIDGE_LOG=debug`).",
  ],
  wire_write_failed: [
    "A message could not be serialised, or the server no longer reads.",
    "Run the turn again; a new server is started.",
  ],
  rpc_error: [
    "The server refused a request; `rpcMessage` has its own words.",
    "Correct what was asked for, as those words say.",
  ],
  method_unsupported: [
    "This Codex release has no such method.",
    "Use the release that the message names, or a newer one.",
  ],
  protocol_shape: [
    "A message of the server lacks something the bridge needs, or has it in another form.",
    "Report method, field and Codex version. The session goes on.",
  ],
} as const;
