import type { Conversation } from "../../conversation/types.ts";
import type { JsonObject } from "../../json.ts";
import { foreignTools, offers, passThrough } from "../../native/offered.ts";
import { type ChatLayout, chatMessages, chatTools, plainChat } from "../chat-messages.ts";
import { compactJson } from "../place.ts";
import { withDeveloper } from "../prompt.ts";
import type { Harness, HarnessContext, HarnessTool } from "../types.ts";
import { editFileTool, fileSearchTool, grepFilesTool, listDirTool, readFileTool, writeFileTool } from "./file-tools.ts";
import { observeScene, sceneOf } from "./observe.ts";
import { applyPatchTool } from "./patch.ts";
import { checklist, requestUserInput, todo, updatePlanTool } from "./plan-tools.ts";
import { promptOf } from "./prompt.ts";
import { execShell, execShellCancel, execShellWait, execWait, gitTools } from "./shell-tools.ts";
import { observeTurnMeta, withTurnMeta } from "./turn-meta.ts";

const defaultMaxTokens = 64_000;

/** DeepSeek TUI (CodeWhale): a project pack in the prompt, a block before each message, many snake_case tools. */
export const deepseekTui: Harness = {
  id: "deepseek-tui",
  wire: "chat",
  summary: "In the shape of DeepSeek TUI: project pack, turn metadata, exec_shell, edit_file and their companions.",
  observe: observeScene,
  observeTurn: observeTurnMeta,
  tools,
  body({ context, conversation, tools: told }) {
    const prompt = promptOf(conversation, context, sceneOf(context.facts), told);
    const calling = conversation.purpose === "turn";
    return {
      model: context.model,
      messages: [
        { role: "system", content: withDeveloper(prompt, conversation, context) },
        ...chatMessages(withTurnMeta(conversation), layout),
      ],
      max_tokens: context.modelFacts.maxOutputTokens ?? defaultMaxTokens,
      stream: true,
      stream_options: { include_usage: true },
      ...(calling ? { tools: chatTools(told), tool_choice: "auto" } : {}),
      ...thinking(context, conversation),
    };
  },
};

function tools(context: HarnessContext): HarnessTool[] {
  const plans = offers(context, "update_plan");
  const [blame, ...git] = gitTools;
  return [
    applyPatchTool,
    ...(plans ? [checklist.add, checklist.list, checklist.update, checklist.write] : []),
    editFileTool,
    execShell,
    execShellCancel,
    execShellWait,
    execWait,
    fileSearchTool,
    ...(blame ? [blame] : []),
    ...git,
    grepFilesTool,
    listDirTool,
    readFileTool,
    ...(offers(context, "request_user_input") ? [requestUserInput] : []),
    ...(plans ? [todo.add, todo.list, todo.update, todo.write, updatePlanTool] : []),
    writeFileTool,
    ...passThrough(foreignTools(context)),
  ];
}

const layout: ChatLayout = {
  ...plainChat,
  noContent: "empty",
  callArguments: ({ text, problem }) => (problem === undefined && text.trim() !== "" ? compactJson(text) : "{}"),
};

const efforts: Readonly<Record<string, string>> = {
  minimal: "high",
  low: "high",
  medium: "high",
  high: "high",
  xhigh: "max",
  max: "max",
};

/**
 * Thinking as DeepSeek takes it. A thinking model refuses calls whose thinking is not sent along, and refuses made-up
 * thinking as well: where some of it is lost (a foreign or compacted history), this request goes without.
 */
function thinking({ effort }: HarnessContext, { entries }: Conversation): JsonObject {
  const calling = entries.filter((entry) => entry.kind === "assistant").filter(({ calls }) => calls.length > 0);
  const known = calling.filter((entry) => entry.thinking.some(({ text }) => text !== "")).length;
  const wanted = effort === undefined ? undefined : efforts[effort];
  const lost = known < calling.length && (known > 0 || wanted !== undefined);
  if (effort === "none" || lost) return { thinking: { type: "disabled" } };
  return wanted === undefined ? {} : { reasoning_effort: wanted, thinking: { type: "enabled" } };
}
