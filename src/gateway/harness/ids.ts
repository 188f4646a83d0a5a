/** Every harness a configuration may name. */
export const harnessIds = [
  "claude-code",
  "claude-code-bare",
  "kimi-cli",
  "kimi-code",
  "qwen-code",
  "deepseek-tui",
  "swe-agent",
  "minimal",
] as const;

export type HarnessId = (typeof harnessIds)[number];

export function isHarnessId(id: string): id is HarnessId {
  return (harnessIds as readonly string[]).includes(id);
}
