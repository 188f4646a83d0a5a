import type { Conversation, ModelCall } from "../../conversation/types.ts";
import { isObject, type JsonObject } from "../../json.ts";
import { foreignTools, passThrough } from "../../native/offered.ts";
import { withDeveloper } from "../prompt.ts";
import type { CallFaults, Harness, HarnessContext, HarnessRequest, HarnessTool } from "../types.ts";
import { agent } from "./agent-tool.ts";
import { askUserQuestion } from "./ask-tool.ts";
import { edit, read, write } from "./file-tools.ts";
import { cacheMark, messagesOf, thinkingBlock } from "./messages.ts";
import { claudeOf, effortOf, maxTokensOf, type ThinkingField, thinkingOf } from "./models.ts";
import { notebookEdit } from "./notebook-tool.ts";
import { observeScene, sceneOf } from "./observe.ts";
import { barePrompt, childPrompt, fullPrompt, type PromptOptions, role } from "./prompt.ts";
import { listReminder, listReminders, openingReminders } from "./reminders.ts";
import { failed } from "./results.ts";
import { glob, grep } from "./search-tools.ts";
import { bash, taskOutput, taskStop } from "./shell-tools.ts";
import { taskCreate, taskGet, taskList, taskUpdate } from "./task-tools.ts";

/** What the full and the bare form differ in. */
interface Profile {
  readonly prompt: (options: PromptOptions) => string;
  /** Skills and the list of tasks are spoken of. */
  readonly reminders: boolean;
}

const faults: CallFaults = {
  unknownTool: ({ name }) => failed(`No such tool available: ${name}`),
  badArguments: ({ text }, problem) =>
    failed(`The input cannot be read as a JSON object: ${problem}\nIt was: ${text.slice(0, 2000)}`),
  interrupted: () => failed("The call was interrupted before it finished."),
};

/** Claude Code 2.1: a long prompt, reminders within messages, PascalCase tools, marks for the provider's cache. */
export const claudeCode: Harness = {
  id: "claude-code",
  wire: "messages",
  summary: "In the shape of Claude Code: Bash, Read, Edit, Grep, tasks and their companions, over the Messages API.",
  observe: observeScene,
  tools: fullTools,
  body: (request) => bodyOf(request, { prompt: fullPrompt, reminders: true }),
  betas,
  faults,
};

/** The same CLI with its prompt and tools cut to the least. */
export const claudeCodeBare: Harness = {
  id: "claude-code-bare",
  wire: "messages",
  summary: "In the shape of a bare Claude Code: Bash, Edit and Read, and next to no prompt, over the Messages API.",
  observe: observeScene,
  tools: () => bareTools,
  body: (request) => bodyOf(request, { prompt: barePrompt, reminders: false }),
  betas,
  faults,
};

function fullTools(context: HarnessContext): HarnessTool[] {
  // A summary is asked for without tools; with those of the beginning the request begins as all the others did.
  const before = context.recalled ? sceneOf(context.facts).offered : [];
  const names = new Set([...context.offered.map(({ name }) => name), ...before]);
  const offered = (name: string, ...tools: HarnessTool[]): HarnessTool[] => (names.has(name) ? tools : []);
  return [
    ...offered("spawn_agent", agent),
    ...(context.child ? [] : offered("request_user_input", askUserQuestion)),
    bash,
    edit,
    glob,
    grep,
    notebookEdit,
    read,
    ...offered("update_plan", taskCreate, taskGet, taskList),
    ...(context.child ? [] : [taskOutput]),
    taskStop,
    ...offered("update_plan", taskUpdate),
    write,
    ...passThrough(foreignTools(context)),
  ];
}

const bareTools: readonly HarnessTool[] = [
  brief(bash, "Runs a bash command."),
  brief(edit, "Replaces words in a file."),
  brief(read, "Reads a file, or a picture."),
];

/** A tool with one line about it, and none about its parameters. */
function brief(tool: HarnessTool, description: string): HarnessTool {
  return { ...tool, description, parameters: wordless(tool.parameters) as JsonObject };
}

function wordless(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(wordless);
  if (!isObject(schema)) return schema;
  const told = Object.entries(schema).filter(([key, value]) => key !== "description" || typeof value !== "string");
  return Object.fromEntries(told.map(([key, value]) => [key, wordless(value)]));
}

function bodyOf({ context, conversation, tools }: HarnessRequest, profile: Profile): JsonObject {
  const scene = sceneOf(context.facts);
  const told = { context, scene, tools };
  const prompt = context.child ? childPrompt(told) : profile.prompt(told);
  const thinking = thinkingFor(context, conversation);
  const effort = effortOf(context);
  const remindsOfList = profile.reminders && tools.includes(taskCreate);
  return {
    model: context.model,
    messages: messagesOf(conversation, {
      before: openingReminders(conversation, scene, profile.reminders),
      reminded: remindsOfList ? listReminders(conversation) : new Set<ModelCall>(),
      reminderWords: listReminder,
      images: context.modelFacts.images !== false,
    }),
    system: [role, withDeveloper(prompt, conversation, context)].map((text) => ({
      type: "text",
      text,
      cache_control: cacheMark,
    })),
    tools: tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
    ...(conversation.purpose === "compaction" ? { tool_choice: { type: "none" } } : {}),
    ...(context.child ? { temperature: 1 } : {}),
    max_tokens: maxTokensOf(context),
    ...(thinking ? { thinking, context_management: keepThinking } : {}),
    ...(effort === undefined ? {} : { output_config: { effort } }),
    stream: true,
  };
}

const keepThinking = { edits: [{ type: "clear_thinking_20251015", keep: "all" }] };

/**
 * With a budget for thinking, what the model did since the user spoke has to begin with its thoughts. Where these are
 * lost (another provider's answer, a state nobody signed) the API would refuse the request: it goes without thinking.
 */
function thinkingFor(context: HarnessContext, { entries }: Conversation): ThinkingField | undefined {
  const thinking = thinkingOf(context);
  if (thinking?.type !== "enabled" || !claudeOf(context.model)) return thinking;
  const asked = entries.findLastIndex(({ kind }) => kind === "user");
  const first = entries.slice(asked + 1).find((entry) => entry.kind === "assistant");
  const lost = first?.kind === "assistant" && first.calls.length > 0 && !first.thinking.some(thinkingBlock);
  return lost ? undefined : thinking;
}

/** Beta features of the API, of those the body may use. */
function betas(context: HarnessContext): string[] {
  const thinks = thinkingOf(context) !== undefined;
  return [
    ...(thinks ? ["interleaved-thinking-2025-05-14", "context-management-2025-06-27"] : []),
    ...(effortOf(context) === undefined ? [] : ["effort-2025-11-24"]),
  ];
}
