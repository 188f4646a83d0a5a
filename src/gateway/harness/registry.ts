import { claudeCode, claudeCodeBare } from "./claude-code/claude-code.ts";
import { deepseekTui } from "./deepseek-tui/deepseek-tui.ts";
import type { HarnessId } from "./ids.ts";
import { kimiCli } from "./kimi-cli/kimi-cli.ts";
import { kimiCode } from "./kimi-code/kimi-code.ts";
import { minimal } from "./minimal.ts";
import { nativeChat } from "./native-chat.ts";
import { qwenCode } from "./qwen-code/qwen-code.ts";
import { sweAgent } from "./swe-agent/swe-agent.ts";
import type { Harness } from "./types.ts";

const harnesses: Readonly<Record<HarnessId, Harness>> = {
  "claude-code": claudeCode,
  "claude-code-bare": claudeCodeBare,
  "deepseek-tui": deepseekTui,
  "kimi-cli": kimiCli,
  "kimi-code": kimiCode,
  minimal,
  "qwen-code": qwenCode,
  "swe-agent": sweAgent,
};

/** The harness with this id. */
export function harnessById(id: HarnessId): Harness {
  return harnesses[id];
}

/** What serves a chat model for which no harness is configured. */
export { nativeChat };
