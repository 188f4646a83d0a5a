/** Hosts, the plugin and the command line. */
export const hostCodes = {
  attempt_unsupported: [
    "The host asks for something this harness cannot give.",
    "Run this session on the host's own runtime (`agentRuntime.id: openclaw`).",
  ],
  auth_profile_unusable: [
    "The host's auth profile has no usable credentials.",
    "Log in again (`openclaw models auth login --provider openai`), or choose another profile.",
  ],
  file_unreadable: ["A file that was named cannot be read.", "Name one that can."],
  output_unwritable: ["A file that was to be written cannot be.", "Name another with `--out`."],
  harness_id_taken: [
    "Another plugin has registered this harness id.",
    "Disable that plugin, or choose another `harnessId`.",
  ],
  harness_not_registered: [
    "The pinned harness is not registered; nothing else is used instead.",
    "Register it, or pin another.",
  ],
  harness_unsupported_route: [
    "No registered harness runs models of this provider.",
    "Use a provider that one supports.",
  ],
  host_too_old: ["The host lacks what the plugin needs.", "Update OpenClaw to 2026.8.2 or newer."],
  media_unreadable: ["A picture that belongs to the prompt could not be read.", "Send it again."],
  native_off_impossible: [
    "Codex may do nothing by itself, and an MCP server of its configuration has a name no setting can switch off.",
    "Rename that server: letters, digits, `_` and `-`.",
  ],
  no_terminal: [
    "Something is to be asked or shown on a terminal, and stdin, stdout or stderr is none.",
    "Decide beforehand with `--approve all` or `--approve none`; instead of `chat`, use `run`.",
  ],
  plugin_config_invalid: [
    "The plugin's configuration has an unknown or wrong field; every turn is refused until it is corrected.",
    "Correct the field as the message says.",
  ],
  record_option_alone: ["An option says how to record, but nothing is recorded.", "Add `--record DIR`."],
  script_invalid: ["A script of the scripted model is wrong.", "Correct the place that the message names."],
  script_not_found: ["There is no script at that path.", "Name an existing file."],
  scripted_model_listen: ["The scripted model could not listen on its port.", "Leave out the port to get a free one."],
  task_history_foreign: [
    "A sub-agent's history is asked for by a conversation that did not begin it, or is over.",
    "Codex keeps the thread itself; look for it there.",
  ],
  tools_module_invalid: ["The tools module exports something that is no tool.", "Correct it as the message says."],
} as const;
