/** Servers that somebody else runs, and the way to them. */
export const endpointCodes = {
  cli_options: [
    "Options of the command line exclude each other.",
    "Keep one of the two that the message names: `--codex` and `--scripted` start a server, `--connect` uses one.",
  ],
  endpoint_conflict: [
    "Options that start a process were given for a server that runs already.",
    "Leave out the ones the message names and set them where that server is started; or leave out the endpoint.",
  ],
  endpoint_insecure: [
    "The server is on another machine, and TLS or a token is missing.",
    "Use `wss://` with a token, or a tunnel that ends on loopback (`ssh -L PORT:127.0.0.1:PORT HOST`).",
  ],
  endpoint_invalid: [
    "The address of the server cannot be used.",
    "Write `unix:///absolute/path`, `ws://127.0.0.1:PORT` or `wss://HOST`, without credentials, query or fragment.",
  ],
  endpoint_login: [
    "A login was given for a server that has an account of its own.",
    "Log in where the server runs (`codex login`), and give no login together with an endpoint.",
  ],
  endpoint_not_codex: [
    "What listens at the address is no app-server: it refused the upgrade, or ended before the handshake.",
    "Give the address that `codex app-server --listen` printed, of Codex 0.125.0 or newer.",
  ],
  endpoint_not_found: [
    "There is no socket at the path, or it cannot be looked at.",
    "Start the server (`codex app-server --listen unix://PATH`) as the same user, and give the same path.",
  ],
  endpoint_not_ours: [
    "The socket, its link or its folder could be somebody else's.",
    "Run the server as the same user, its socket with mode 600, in a folder that only this user can write to.",
  ],
  endpoint_secret_exposed: [
    "Others can read or change the file with the secret.",
    "`chmod 600` it, and change the secret if others may have seen it.",
  ],
  endpoint_secret_missing: [
    "The secret could not be had from where it was said to be.",
    "Name exactly one of a file, a variable or the secret itself, and put there what the server was started with.",
  ],
  endpoint_secret_unusable: [
    "The token has characters that a header cannot hold.",
    "Choose one of letters, digits and `- . _ ~ + / =`, for the server and here.",
  ],
  endpoint_tls: [
    "The certificate of the server is not trusted, or it does not speak TLS at all.",
    "Use a certificate this machine trusts; `NODE_EXTRA_CA_CERTS` names a file with further authorities.",
  ],
  endpoint_unauthorized: [
    "The server refused the token, or wants one.",
    "Give the token (`--token-file`) or the shared secret (`--shared-secret-file`) it was started with; with a signed " +
      "token, also the same issuer and audience, and a clock that is right.",
  ],
  endpoint_unreachable: [
    "Nobody answers at the address, or what forwards to it hangs up at once.",
    "Start the server there, or correct the address. What was said so far is kept; send the message again then.",
  ],
  server_connection_lost: [
    "The connection to a server somebody else runs was lost.",
    "Send the message again: the next turn connects anew, ends what was left running there, and resumes the thread.",
  ],
  server_left: [
    "We closed the connection to a server somebody else runs, because the harness was disposed.",
    "None needed; a new harness connects again.",
  ],
} as const;
