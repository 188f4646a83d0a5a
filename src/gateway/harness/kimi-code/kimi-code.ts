import type { Conversation, Entry } from "../../conversation/types.ts";
import { foreignTools, offers, passThrough } from "../../native/offered.ts";
import { type ChatLayout, chatMessages, chatTools } from "../chat-messages.ts";
import { kimiLayout } from "../kimi-cli/kimi-cli.ts";
import { observeScene, sceneOf } from "../kimi-cli/observe.ts";
import { promptOf } from "../kimi-cli/prompt.ts";
import { kimiEntries } from "../kimi-cli/results.ts";
import { taskList, taskStop } from "../kimi-cli/task-tools.ts";
import { compactJson } from "../place.ts";
import { withDeveloper } from "../prompt.ts";
import type { Harness, HarnessContext, HarnessTool } from "../types.ts";
import { edit, glob, grep, read, readMediaFile, write } from "./file-tools.ts";
import { inItsDialect } from "./schema.ts";
import { askUserQuestion, bash, taskOutput, todos, waitFor } from "./work-tools.ts";

const defaultMaxTokens = 262_144;

/** Kimi Code 2.1, the CLI that followed Kimi CLI: shorter names, reminders after each user message. */
export const kimiCode: Harness = {
  id: "kimi-code",
  wire: "chat",
  summary: "In the shape of Kimi Code: Bash, Read, Edit and their companions, reminders after each message.",
  observe: observeScene,
  observeTurn: async ({ now }) => ({ date: dateOf(now) }),
  tools,
  body({ context, conversation, tools: told }) {
    const prompt = promptOf({
      conversation,
      context,
      scene: sceneOf(context.facts),
      tools: told,
      names: { todo: "TodoList", ask: "AskUserQuestion", read: "Read", edit: "Edit", shell: "Bash" },
    });
    return {
      model: context.model,
      messages: [
        { role: "system", content: withDeveloper(prompt, conversation, context) },
        ...chatMessages(reminded(kimiEntries(conversation, { trimUser: false })), layout),
      ],
      ...(conversation.purpose === "turn" ? { tools: chatTools(told) } : {}),
      stream: true,
      stream_options: { include_usage: true },
      ...(context.threadId === "" ? {} : { prompt_cache_key: `session_${context.threadId}` }),
      thinking: context.effort === "none" ? { type: "disabled" } : { type: "enabled", keep: "all" },
      max_completion_tokens: context.modelFacts.maxOutputTokens ?? defaultMaxTokens,
    };
  },
};

function tools(context: HarnessContext): HarnessTool[] {
  const offered = (name: string, tool: HarnessTool): HarnessTool[] => (offers(context, name) ? [tool] : []);
  const own = [
    ...offered("request_user_input", askUserQuestion),
    bash,
    edit,
    glob,
    grep,
    read,
    ...(context.modelFacts.images === false ? [] : offered("view_image", readMediaFile)),
    taskList,
    taskOutput,
    taskStop,
    ...offered("update_plan", todos),
    waitFor,
    write,
  ];
  return [...own.map(inItsDialect), ...passThrough(foreignTools(context))];
}

const layout: ChatLayout = {
  ...kimiLayout,
  reasoning: "always",
  toolKeys: ["role", "tool_call_id", "content"],
  callArguments: ({ text, problem }) => (problem === undefined && text.trim() !== "" ? compactJson(text) : "{}"),
  callId: (id) => id.replaceAll(":", "_"),
};

const permissions =
  "Whether a call may run is decided by the user's settings when you make it. Make the calls you need, and do not ask for permission in words.";

/** Two reminders stand behind each message of the user: the day it was on, and how calls are allowed. */
function reminded(conversation: Conversation): Conversation {
  const entries = conversation.entries.flatMap((entry): Entry[] => {
    if (entry.kind !== "user") return [entry];
    const date = entry.facts?.date;
    const day = typeof date === "string" ? [reminder(`Today is ${date}.`)] : [];
    return [entry, ...day, reminder(permissions)];
  });
  return { ...conversation, entries };
}

function reminder(text: string): Entry {
  return { kind: "user", parts: [{ type: "text", text: `<system-reminder>\n${text}\n</system-reminder>` }] };
}

function dateOf(now: Date): string {
  const two = (count: number): string => String(count).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
