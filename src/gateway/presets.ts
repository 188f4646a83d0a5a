import type { GatewayConfig } from "./config.ts";

/** Providers that need no configuration but a key. A configured one with the same id stands instead. */
export const presets: GatewayConfig["model_providers"] = {
  anthropic: preset("Anthropic", "https://api.anthropic.com", "messages", "ANTHROPIC_API_KEY"),
  dashscope: preset("DashScope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "chat", "DASHSCOPE_API_KEY"),
  deepseek: preset("DeepSeek", "https://api.deepseek.com", "chat", "DEEPSEEK_API_KEY"),
  groq: preset("Groq", "https://api.groq.com/openai/v1", "chat", "GROQ_API_KEY"),
  moonshot: preset("Moonshot", "https://api.moonshot.ai/v1", "chat", "MOONSHOT_API_KEY"),
  ollama: preset("Ollama", "http://127.0.0.1:11434/v1", "chat"),
  openrouter: preset("OpenRouter", "https://openrouter.ai/api/v1", "chat", "OPENROUTER_API_KEY"),
  vllm: preset("vLLM", "http://127.0.0.1:8000/v1", "chat"),
};

function preset(name: string, base_url: string, wire_api: string, env_key?: string) {
  return { name, base_url, wire_api, models: {}, ...(env_key === undefined ? {} : { env_key }) };
}

export function withPresets(config: GatewayConfig): GatewayConfig {
  return { ...config, model_providers: { ...presets, ...config.model_providers } };
}
