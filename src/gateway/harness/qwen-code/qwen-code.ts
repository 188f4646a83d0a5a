import type { Conversation, Entry, ModelCall } from "../../conversation/types.ts";
import { foreignTools, passThrough } from "../../native/offered.ts";
import { type ChatLayout, chatMessages, chatTools, plainChat } from "../chat-messages.ts";
import { withDeveloper } from "../prompt.ts";
import type { Harness } from "../types.ts";
import { promptOf } from "./prompt.ts";
import { asWritten } from "./schema.ts";
import { observeSetup, setupMessages, setupOf } from "./setup.ts";
import { fileTools } from "./tools.ts";
import { taskStop, workTools } from "./work-tools.ts";

const defaultMaxTokens = 8000;

/** Qwen Code 0.15: a long prompt, an exchange about the place, tools with snake_case names. */
export const qwenCode: Harness = {
  id: "qwen-code",
  wire: "chat",
  summary: "In the shape of Qwen Code: setup exchange, read_file, edit, run_shell_command and their companions.",
  observe: observeSetup,
  tools: (context) => [
    ...[taskStop, ...fileTools, ...workTools(context)].map(asWritten),
    ...passThrough(foreignTools(context)),
  ],
  body({ context, conversation, tools }) {
    const setup = setupOf(context.facts);
    return {
      model: context.model,
      messages: [
        { role: "system", content: withDeveloper(promptOf(conversation, setup, tools), conversation, context) },
        ...setupMessages(setup, context.cwd),
        ...chatMessages(trimmed(conversation), layout),
      ],
      stream: true,
      stream_options: { include_usage: true },
      ...(conversation.purpose === "turn" ? { tools: chatTools(tools) } : {}),
      max_tokens: context.modelFacts.maxOutputTokens ?? defaultMaxTokens,
    };
  },
};

const layout: ChatLayout = {
  ...plainChat,
  userContent: "parts",
  toolContent: "parts",
  noContent: "spoken",
  callArguments,
};

/** Arguments are written anew, but all of them and in the model's order. */
function callArguments({ input, problem }: ModelCall): string {
  return problem === undefined ? JSON.stringify(input) : "{}";
}

/** Thinking goes back without its last line ends. */
function trimmed(conversation: Conversation): Conversation {
  const entries = conversation.entries.map((entry): Entry => {
    if (entry.kind !== "assistant") return entry;
    const thinking = entry.thinking.map((block) => ({ ...block, text: block.text.replace(/\n+$/, "") }));
    return { ...entry, thinking };
  });
  return { ...conversation, entries };
}
