/** The app-server and its executable. */
export const serverCodes = {
  codex_binary_not_found: [
    "There is no Codex executable where one was looked for.",
    "Install `@openai/codex`, or say where it is (`--codex`, `appServer.command`).",
  ],
  codex_binary_not_executable: ["The file exists, but may not be started.", "`chmod +x` it, or choose another."],
  secret_in_arguments: [
    "A configuration override holds what looks like a credential; every user of the machine can read arguments.",
    "Name an environment variable in it and set that in `env`, or write it into config.toml in the Codex home.",
  ],
  server_spawn_failed: [
    "The operating system did not start the executable.",
    "Check that it is built for this machine.",
  ],
  server_exited_early: [
    "Codex ended before the handshake; the message has its last words.",
    "Do what those words say; often its home cannot be read or its configuration is wrong.",
  ],
  server_start_timeout: [
    "Codex did not answer the handshake in time (clock `initializeMs`).",
    "Start `codex app-server` by hand to see what it waits for; another process may hold its home locked.",
  ],
  server_start_suspended: [
    "Codex could not be started several times in a row; the message says when it is tried again.",
    "Do what the last failure, which the message repeats, asks for.",
  ],
  server_limit: [
    "As many servers run as the process may have, and all of them work.",
    "Wait for a turn to end, or raise `maxServers`.",
  ],
  server_overloaded: [
    "Codex refused a request because it has too much to do, also when it was asked again and again.",
    "Try again in a moment, or run fewer sessions at once.",
  ],
  server_exited: [
    "The app-server ended while it was needed.",
    "None needed: the next turn starts a new one and resumes the thread.",
  ],
  server_too_old: [
    "The server is older than 0.125.0.",
    "`npm install @openai/codex@latest`, or use the Codex that comes with the bridge.",
  ],
  server_version_missing: ["The server states no version in the handshake.", "Use a released Codex."],
  server_version_unreadable: ["The version the server states cannot be read.", "Use a released Codex."],
  login_failed: ["Codex did not accept the API key or the tokens.", "Check them, or log in with `codex login`."],
  no_credentials: [
    "Nothing was found to log in to a model with.",
    "`codex login`, set `OPENAI_API_KEY`, or try `--scripted`.",
  ],
  model_provider_unavailable: [
    "This release runs turns only with the model provider it was started with.",
    "Use another release for harness modes; a provider of Codex's configuration it has when it is started with it (`-c model_provider=…`).",
  ],
} as const;
