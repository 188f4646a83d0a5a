import { z } from "zod";
import type { CompletedCall, ToolResult } from "../../conversation/types.ts";
import { exec } from "../../native/exec.ts";
import { updatePlan } from "../../native/plan.ts";
import type { Program } from "../../native/types.ts";
import { askPerson, type Question } from "../questions.ts";
import { taskIdOf } from "../tasks.ts";
import type { CallContext } from "../types.ts";
import { failed, told, tool } from "./results.ts";

const longestForegroundSeconds = 300;
const mostChars = 50_000;
const mostLineChars = 2000;

export const shell = tool({
  name: "Shell",
  description:
    "Runs a command in bash, in a fresh shell in the working directory. timeout is in seconds, at most 300 in the foreground. With run_in_background (and a description) it comes back at once with a task id for TaskOutput and TaskStop.",
  input: z.object({
    command: z.string().describe("The command."),
    timeout: z.int().min(1).max(86_400).default(60).describe("Seconds until it is stopped."),
    run_in_background: z.boolean().default(false).describe("Do not wait for its end."),
    description: z.string().default("").describe("What it does, in a few words; needed in the background."),
  }),
  *run({ command, timeout, run_in_background, description }, at) {
    if (run_in_background && description === "") return failed("A command in the background needs a description.");
    const done = yield* exec(at, {
      cmd: command,
      timeoutMs: Math.min(timeout, longestForegroundSeconds) * 1000,
      background: run_in_background,
    });
    if (done.kind === "refused") return failed(done.text);
    if (done.kind === "running") return startedTask(done.sessionId, done.output);
    const output = shortened(done.output);
    if (done.kind === "timeout") return failed(`Command killed by timeout (${done.timeoutMs / 1000}s)`, output);
    if (done.code !== 0) return failed(`Command failed with exit code: ${done.code}.`, output);
    return output === "" ? told("Command executed successfully.") : { content: output };
  },
});

/** What a command that now runs in the background is told as. */
export function startedTask(sessionId: number, output: string): ToolResult {
  const lines = [`task_id: ${taskIdOf("bash", sessionId)}`, "status: running", "next: TaskOutput shows what it prints"];
  return told("The command runs in the background.", [...lines, ...(output === "" ? [] : ["", output])].join("\n"));
}

/** Output as far as Kimi's models get it. */
export function shortened(output: string): string {
  const lines = output
    .split("\n")
    .map((line) => (line.length > mostLineChars ? `${line.slice(0, mostLineChars)}[...truncated]` : line));
  const text = lines.join("\n");
  return text.length > mostChars ? `${text.slice(0, mostChars)}[...truncated]` : text;
}

interface Todo {
  readonly title: string;
  readonly status: "pending" | "in_progress" | "done";
}

export const setTodoList = tool({
  name: "SetTodoList",
  description:
    "Replaces the list of steps of a larger task, which the user sees; without todos it tells the list, with an empty one it clears it. Keep one step in progress, and mark it done as soon as it is.",
  input: z.object({
    todos: z
      .array(
        z.object({
          title: z.string().describe("The step."),
          status: z.enum(["pending", "in_progress", "done"]),
        }),
      )
      .nullable()
      .default(null)
      .describe("The whole list."),
  }),
  *run({ todos }, at) {
    return yield* todoList(todos ?? undefined, at, "SetTodoList");
  },
});

/** Sets the list, or tells it; the list is what was last set in the conversation. */
export function* todoList(todos: readonly Todo[] | undefined, at: CallContext, name: string): Program<ToolResult> {
  if (!todos) {
    const now = lastList(at.earlier, name);
    if (now.length === 0) return { content: "The todo list is empty." };
    return { content: now.map(({ title, status }) => `- [${status}] ${title}`).join("\n") };
  }
  const refused = yield* updatePlan(
    at,
    todos.map(({ title, status }) => ({ step: title, status: status === "done" ? "completed" : status })),
  );
  return refused === undefined ? told("Todo list updated") : failed(refused);
}

function lastList(earlier: readonly CompletedCall[], name: string): readonly Todo[] {
  const set = earlier.findLast(
    ({ call, result }) => call.name === name && Array.isArray(call.input.todos) && !result.isError,
  );
  return (set?.call.input.todos as Todo[] | undefined) ?? [];
}

/** Kimi's two CLIs have the same tool; the newer one takes no empty text. */
export function questionTool(text: z.ZodString) {
  return tool({
    name: "AskUserQuestion",
    description:
      "Asks the user up to four questions with choices, when a decision is theirs and nothing at hand settles it. Other words than the choices may come back.",
    input: z.object({
      questions: z
        .array(
          z.object({
            question: text.describe("The whole question."),
            header: z.string().default("").describe("One or two words for it."),
            options: z
              .array(z.object({ label: text, description: z.string().default("") }))
              .min(2)
              .max(4),
            multi_select: z.boolean().default(false).describe("Several choices may be taken."),
          }),
        )
        .min(1)
        .max(4),
    }),
    *run({ questions }, at) {
      return yield* ask(
        questions.map(({ multi_select, ...question }) => ({ ...question, several: multi_select })),
        at,
      );
    },
  });
}

export const askUserQuestion = questionTool(z.string());

function* ask(questions: readonly Question[], at: CallContext): Program<ToolResult> {
  const heard = yield* askPerson(at, questions);
  if (heard.kind === "refused") return failed(heard.text);
  const answers = Object.fromEntries(
    questions.flatMap(({ question }, index) => {
      const words = heard.answers[index] ?? [];
      return words.length > 0 ? [[question, words.join(", ")]] : [];
    }),
  );
  const note = Object.keys(answers).length === 0 ? { note: "The user did not answer." } : {};
  return { content: JSON.stringify({ answers, ...note }) };
}
