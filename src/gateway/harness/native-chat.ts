import { passThrough } from "../native/offered.ts";
import { chatMessages, chatTools, plainChat } from "./chat-messages.ts";
import type { Harness } from "./types.ts";

/** Codex as it is, for a model that only has Chat Completions: its own prompt and tools, in that API's words. */
export const nativeChat: Harness = {
  id: "",
  wire: "chat",
  summary: "Codex's own prompt and tools, converted to Chat Completions.",
  tools: ({ offered }) => passThrough(offered),
  body({ context, conversation, tools }) {
    const calling = conversation.purpose === "turn" && tools.length > 0;
    return {
      model: context.model,
      messages: [
        ...(conversation.instructions === "" ? [] : [{ role: "system", content: conversation.instructions }]),
        ...chatMessages(conversation, { ...plainChat, developer: "user" }),
      ],
      ...(calling ? { tools: chatTools(tools) } : {}),
      stream: true,
      stream_options: { include_usage: true },
    };
  },
};
