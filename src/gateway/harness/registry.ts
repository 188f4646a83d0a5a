import { GatewayError } from "../errors.ts";
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

const harnesses: Partial<Record<HarnessId, Harness>> = {
  "claude-code": claudeCode,
  "claude-code-bare": claudeCodeBare,
  "deepseek-tui": deepseekTui,
  "kimi-cli": kimiCli,
  "kimi-code": kimiCode,
  minimal,
  "qwen-code": qwenCode,
  "swe-agent": sweAgent,
};

/**
 * The harness with this id.
 * @throws GatewayError `harness_unavailable`
 */
export function harnessById(id: HarnessId): Harness {
  const found = harnesses[id];
  if (found) return found;
  throw new GatewayError("harness_unavailable", `This build has no harness "${id}".`, {
    remedy: `Choose one of ${Object.keys(harnesses).join(", ")}.`,
  });
}

/** The same, or undefined. */
export function availableHarness(id: HarnessId): Harness | undefined {
  return harnesses[id];
}

/** What serves a chat model for which no harness is configured. */
export { nativeChat };
