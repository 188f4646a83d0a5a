import type { JsonObject } from "../../json.ts";
import { foreignTools, offers, passThrough } from "../../native/offered.ts";
import { type ChatLayout, chatMessages, chatTools, plainChat } from "../chat-messages.ts";
import { withDeveloper } from "../prompt.ts";
import type { Harness, HarnessContext, HarnessTool } from "../types.ts";
import { readFile, readMediaFile, strReplaceFile, writeTool } from "./file-tools.ts";
import { guidance } from "./guidance.ts";
import { observeScene, sceneOf } from "./observe.ts";
import { promptOf } from "./prompt.ts";
import { kimiEntries } from "./results.ts";
import { glob, grepTool } from "./search-tools.ts";
import { taskList, taskOutput, taskStop } from "./task-tools.ts";
import { askUserQuestion, setTodoList, shell } from "./work-tools.ts";

const defaultMaxTokens = 32_000;

/** The Kimi CLI written in Python: PascalCase tools, `<system>` lines, thinking in `reasoning_content`. */
export const kimiCli: Harness = {
  id: "kimi-cli",
  wire: "chat",
  summary:
    "In the shape of Kimi CLI: Shell, ReadFile, StrReplaceFile and their companions, effort and thinking fields.",
  observe: observeScene,
  tools,
  body({ context, conversation, tools: told }) {
    const prompt = promptOf({
      conversation,
      context,
      scene: sceneOf(context.facts),
      tools: told,
      names: { todo: "SetTodoList", ask: "AskUserQuestion", read: "ReadFile", edit: "StrReplaceFile", shell: "Shell" },
      ...(context.guidance ? { guidance } : {}),
    });
    return {
      model: context.model,
      messages: [
        { role: "system", content: withDeveloper(prompt, conversation, context) },
        ...chatMessages(kimiEntries(conversation, { trimUser: true }), kimiLayout),
      ],
      stream: true,
      stream_options: { include_usage: true },
      ...(conversation.purpose === "turn" ? { tools: chatTools(told) } : {}),
      max_tokens: context.modelFacts.maxOutputTokens ?? defaultMaxTokens,
      ...(context.threadId === "" ? {} : { prompt_cache_key: context.threadId }),
      ...thinking(context),
    };
  },
};

function tools(context: HarnessContext): HarnessTool[] {
  const offered = (name: string, tool: HarnessTool): HarnessTool[] => (offers(context, name) ? [tool] : []);
  const pictures = context.modelFacts.images !== false;
  return [
    ...offered("request_user_input", askUserQuestion),
    ...offered("update_plan", setTodoList),
    shell,
    taskList,
    taskOutput,
    taskStop,
    readFile,
    ...(pictures ? offered("view_image", readMediaFile) : []),
    glob,
    grepTool,
    writeTool,
    strReplaceFile,
    ...passThrough(foreignTools(context)),
  ];
}

export const kimiLayout: ChatLayout = {
  ...plainChat,
  noContent: "omit",
  toolKeys: ["role", "content", "tool_call_id"],
  image: (url) => ({ type: "image_url", image_url: { url, id: null } }),
};

const efforts: Readonly<Record<string, string>> = {
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
};

/** Thinking as Moonshot's models take it; one that is only switched is switched off where no effort is wanted. */
function thinking({ effort = "none", modelFacts }: HarnessContext): JsonObject {
  const named = efforts[effort];
  if (named !== undefined) return { reasoning_effort: named, thinking: { type: "enabled" } };
  return modelFacts.thinkingToggle ? { thinking: { type: "disabled" } } : {};
}
