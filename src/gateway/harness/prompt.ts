import type { Conversation } from "../conversation/types.ts";
import type { HarnessContext } from "./types.ts";

/**
 * A system prompt with what the bridge's user wants developers to be obeyed in, at its end and under a heading of its own.
 * A run in strict shape goes without.
 */
export function withDeveloper(
  prompt: string,
  { developer }: Pick<Conversation, "developer">,
  { strict }: Pick<HarnessContext, "strict">,
  heading = "# Additional Developer Instructions",
): string {
  if (strict || developer.length === 0) return prompt;
  return `${prompt}\n\n${heading}\n\n${developer.join("\n\n")}`;
}
