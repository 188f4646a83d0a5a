import { passThrough } from "../native/offered.ts";
import { chatMessages, chatTools, plainChat } from "./chat-messages.ts";
import { withDeveloper } from "./prompt.ts";
import type { Harness, HarnessContext } from "./types.ts";

/** Two sentences instead of a prompt, and every tool that Codex offers as it is. */
export const minimal: Harness = {
  id: "minimal",
  wire: "chat",
  summary: "A two-sentence prompt and every tool that Codex offers, unchanged.",
  tools: ({ offered }) => passThrough(offered),
  body({ context, conversation, tools }) {
    const calling = conversation.purpose === "turn" && tools.length > 0;
    return {
      model: context.model,
      messages: [
        { role: "system", content: withDeveloper(prompt(context), conversation, context) },
        ...chatMessages(conversation, plainChat),
      ],
      stream: true,
      stream_options: { include_usage: true },
      ...(calling ? { tools: chatTools(tools) } : {}),
      ...thinking(context),
    };
  },
};

function prompt({ cwd }: HarnessContext): string {
  return (
    `You are a software engineer at work in ${cwd}. ` +
    "Do what is asked with the tools: read before you change anything, keep to the style that is there, and check the result."
  );
}

/** For models whose thinking is only switched on and off. */
function thinking({ modelFacts, effort }: HarnessContext) {
  if (!modelFacts.thinkingToggle) return {};
  return { thinking: { type: effort === "none" ? "disabled" : "enabled" } };
}
