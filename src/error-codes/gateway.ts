/** Harness modes and the providers behind them. */
export const gatewayCodes = {
  gateway_closed: ["The gateway was closed while a turn wanted it.", "Make a new one."],
  gateway_config_invalid: [
    "The configuration of harness modes is wrong; the message names the field.",
    "Correct that field.",
  ],
  gateway_listen: ["The gateway could not listen on loopback.", "Allow the bridge to listen on 127.0.0.1."],
  harness_config_unreadable: ["The file with the configuration of harness modes is no JSON.", "Correct it."],
  harness_unknown: ["There is no harness of this name.", "Choose one that `codex-bridge harness list` shows."],
  model_missing: ["A provider was named, and no model.", "Name a model with `--model`."],
  provider_key_missing: [
    "The environment variable with the provider's API key is not set.",
    "Set it for the bridge; Codex never gets it.",
  ],
  provider_unknown: ["There is no provider of this name.", "Name a preset, or configure it under `model_providers`."],
  route_invalid: [
    "The harness cannot be had over the provider's API.",
    "Change `harness`, or `wire_api` of the provider, as the message says.",
  ],
  upstream_context_full: ["The model's context is full.", "Compact the conversation, or begin a new one."],
  upstream_cut: ["The provider closed the connection in the middle of an answer.", "Try again."],
  upstream_malformed: [
    "The provider sent what its API does not have.",
    "Check `base_url` and `wire_api` of the provider.",
  ],
  upstream_quota: ["The account at the provider is used up.", "Pay, or use another account."],
  upstream_rate_limit: ["The provider wants to be asked less often.", "Wait as long as it says."],
  upstream_refused: [
    "The provider refused the request, or the model could not do what it was asked for.",
    "Do what the message says; asking the same again is no use.",
  ],
  upstream_unavailable: ["The provider cannot be reached, or has a problem of its own.", "Try again later."],
  wire_api_unknown: ["`wire_api` names no API the bridge speaks.", "Set it to responses, chat or messages."],
} as const;
