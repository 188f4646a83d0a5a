import type { Conversation } from "../../conversation/types.ts";
import { bullets, section } from "../project.ts";
import type { HarnessContext, HarnessTool } from "../types.ts";
import { documentText } from "./agents.ts";
import type { Scene } from "./observe.ts";
import { skillList } from "./skills.ts";

/** Names of the tools the prompt speaks of; the two CLIs have different ones. */
export interface PromptNames {
  readonly todo: string;
  readonly ask: string;
  readonly read: string;
  readonly edit: string;
  readonly shell: string;
}

export interface PromptOptions {
  readonly conversation: Conversation;
  readonly context: HarnessContext;
  readonly scene: Scene;
  readonly tools: readonly HarnessTool[];
  readonly names: PromptNames;
  /** Stands behind everything else. */
  readonly guidance?: string;
}

/** The system prompt of Kimi's CLIs, in our words. */
export function promptOf({ conversation, context, scene, tools, names, guidance }: PromptOptions): string {
  const has = (name: string): boolean => tools.some((tool) => tool.name === name);
  const role =
    "You are a general assistant at work on the user's computer, and software is what you are best at. Help reliably and quickly with the tools at hand.";
  const child =
    "You work as a sub-agent: another agent gave you this task, and your last message is all it gets. Nobody answers questions here; say in that message all that was found and done.";
  return [
    role,
    ...(context.child ? [child] : []),
    ...section("# Prompt and Tool Use", toolUse(names, has)),
    ...section("# General Guidelines for Coding", coding(names)),
    ...section("# General Guidelines for Research and Data Processing", research),
    `# Working Environment\n\n${environment(scene, context.cwd)}`,
    ...section("# Project Information", projectInformation(scene, conversation)),
    ...section("# Skills", skills(scene, conversation)),
    ...section("# Ultimate Reminders", reminders),
    ...(guidance === undefined ? [] : [guidance]),
  ].join("\n\n");
}

function toolUse(names: PromptNames, has: (name: string) => boolean): string {
  return [
    "What the user writes may be a question, a task, or a word on what you just did. Answer questions that need nothing in text; for everything else act with tools. Do not tell what a call will do: its name and arguments show that.",
    "Calls that do not depend on each other belong into one answer, and run side by side. This saves much time when you search and read.",
    "Results come in messages after your calls. Look at each before you go on: is the task done, has something failed, what comes next?",
    "Lines in `<system>` tags come from the system that runs your tools, within results and within user messages. They inform you; take them into account, and do not mention them.",
    ...(has(names.todo)
      ? [`For work of several steps keep the list of ${names.todo} up to date; the user follows you there.`]
      : []),
    ...(has(names.ask) ? [`When only the user can decide, use ${names.ask} instead of ending with a question.`] : []),
    "Write in the language of the user unless they want another.",
  ].join("\n\n");
}

function coding(names: PromptNames): string {
  return [
    "Something new from nothing: understand what is wanted, choose a structure, write it in parts that can be read, and run it.",
    "In a project that is there already:",
    bullets(
      "Read before you write. Find out how the project is built, tested and laid out, and keep to it.",
      "A fault: find its cause from logs and failing tests, mend it there, and see the tests pass.",
      "A new function: plan where it belongs, touch as few other places as possible, and add tests when the project has some.",
      "Refactoring: change everything that calls what you change, and nothing about what it does.",
      `Change files with ${names.edit} and read them with ${names.read}; ${names.shell} is for running things.`,
      "The smallest change that fulfils the request is the best one.",
      "No git commands that change anything (commit, push, reset, rebase) unless asked for, each time anew.",
    ),
  ].join("\n\n");
}

const research = bullets(
  "Say what you understood of a large request before you begin, and ask when it could mean several things.",
  "Look for sources and files first, then work on them; give names of files and places for what you claim.",
  "For pictures, documents and tables use what is installed; install nothing outside of a virtual environment of the project.",
  "Look at what you produced before you say that it is done.",
);

function environment({ os, shell, now, listing }: Scene, cwd: string): string {
  const windows = os === "Windows" ? ["Commands run in PowerShell: write paths and commands as it takes them."] : [];
  return [
    `## Operating System\n\nYou run on **${os}**, and commands run in ${shell}. This is a real computer and no playground: what you do there happens at once. Leave everything outside of the working directory alone unless told otherwise.`,
    ...windows,
    `## Date and Time\n\nThis conversation began at \`${now}\` (ISO format). Where the exact time matters, ask the shell.`,
    `## Working Directory\n\nThe working directory is \`${cwd}\`; take it as the root of the project. Tools take paths relative to it, and absolute ones where they say so.\n\nIt contains, two levels deep:\n\n\`\`\`\n${listing}\n\`\`\``,
    "## Additional Directories\n\nNone.",
  ].join("\n\n");
}

function projectInformation({ agents }: Scene, conversation: Conversation): string {
  const texts = [...agents.map(documentText), ...otherDocuments(agents, conversation)];
  if (texts.length === 0) return "";
  return `AGENTS.md files say what one has to know of a project: how to build it, how it is laid out, what is done and not done. The nearer one counts where two differ, and what the user says counts more. When you change what such a file describes, change the file.\n\n\`\`\`\`\`\`\n${texts.join("\n\n")}\n\`\`\`\`\`\``;
}

/** What Codex found beyond these files, such as the user's own instructions for every project. */
function otherDocuments(agents: Scene["agents"], { documents }: Conversation): string[] {
  return documents.flatMap(({ place, text }) => {
    const rest = agents
      .reduce((left, { text: known }) => left.replace(known, () => ""), text)
      .replaceAll("--- project-doc ---", "")
      .trim();
    return rest === "" ? [] : [documentText({ path: place, text: rest })];
  });
}

function skills({ skills: found }: Scene, conversation: Conversation): string {
  const lists = [skillList(found), conversation.skills].filter((list) => list !== "");
  if (lists.length === 0) return "";
  return [
    "A skill is a folder with instructions for one kind of task, in a file SKILL.md.",
    "## Available skills",
    ...lists,
    "## How to use skills",
    "When a task fits a description, read that SKILL.md first and do as it says. Read further files of the folder only as far as they are needed.",
  ].join("\n\n");
}

const reminders = bullets(
  "Be exact, brief and helpful. Keep to what was asked, and do all of it.",
  "Do not give up early, and do not say that something works before you have seen it.",
  "Facts beat guesses: look them up in the files, or run the thing.",
  "Nothing fancy where something simple does.",
);
