import { z } from "zod";
import { exec } from "../../native/exec.ts";
import { offers } from "../../native/offered.ts";
import { updatePlan } from "../../native/plan.ts";
import { absolute, relative } from "../place.ts";
import { askPerson } from "../questions.ts";
import { stopTask, taskIdOf } from "../tasks.ts";
import type { HarnessContext, HarnessTool } from "../types.ts";
import { failed, tool } from "./results.ts";

const defaultTimeoutMs = 120_000;
const longestTimeoutMs = 600_000;

const runShellCommand = tool({
  name: "run_shell_command",
  description:
    "Runs a command in bash and tells what it printed and its exit code. Start servers and watchers with is_background; task_stop ends them.",
  input: z.object({
    command: z.string().describe("The command."),
    is_background: z.boolean().optional().describe("Do not wait for its end."),
    timeout: z.number().optional().describe("Milliseconds until it is stopped; default 120000, at most 600000."),
    description: z.string().optional().describe("What it does, in a few words for a person."),
    directory: z.string().optional().describe("Absolute folder to run in; default the working folder."),
  }),
  *run({ command, is_background = false, timeout = defaultTimeoutMs, directory }, at) {
    const workdir = absolute(at, directory ?? ".");
    const told = yield* exec(at, {
      cmd: command,
      workdir,
      timeoutMs: Math.min(longestTimeoutMs, Math.max(1, timeout)),
      background: is_background,
    });
    if (told.kind === "refused") return failed(told.text);
    if (told.kind === "running") {
      const id = taskIdOf("shell", told.sessionId);
      const seen = told.output === "" ? "" : `\nOutput: ${told.output}`;
      return { content: `Command runs in the background.\ntask_id: ${id}\nstatus: running${seen}` };
    }
    const ended = told.kind === "exited";
    const about = ended ? "(none)" : `Command was stopped after ${told.timeoutMs} ms.`;
    return {
      content: [
        `Command: ${command}`,
        `Directory: ${directory === undefined ? "(root)" : relative(at, workdir) || "(root)"}`,
        `Output: ${told.output.replace(/\n$/, "") || "(empty)"}`,
        `Error: ${about}`,
        `Exit Code: ${ended ? told.code : "(none)"}`,
        `Signal: ${ended ? "(none)" : "SIGINT"}`,
        "Process Group PGID: (none)",
      ].join("\n"),
    };
  },
});

const taskStop = tool({
  name: "task_stop",
  description: "Stops a command that runs in the background, and tells what it printed last.",
  input: z.object({ task_id: z.string().describe("The id run_shell_command told.") }),
  *run({ task_id }, at) {
    const told = yield* stopTask(at, task_id);
    if (told.kind === "gone") return failed(told.text);
    const status = told.kind === "running" ? "running" : "stopped";
    const seen = told.output === "" ? "" : `\nOutput: ${told.output}`;
    return { content: `task_id: ${task_id}\nstatus: ${status}${seen}` };
  },
});

const todoWrite = tool({
  name: "todo_write",
  description:
    "Replaces the list of steps of a larger task, which the user sees. Exactly one step is in_progress; mark a step completed as soon as it is done.",
  input: z.object({
    todos: z.array(
      z.object({
        content: z.string().min(1).describe("The step."),
        status: z.enum(["pending", "in_progress", "completed"]),
        id: z.string().describe("A name of the step that stays."),
      }),
    ),
  }),
  *run({ todos }, at) {
    const refused = yield* updatePlan(
      at,
      todos.map(({ content, status }) => ({ step: content, status })),
    );
    if (refused !== undefined) return failed(refused);
    return {
      content: `The todo list was updated.\n\n<system-reminder>\nThe todo list is now:\n${JSON.stringify(todos)}\nGo on with the open steps.\n</system-reminder>`,
    };
  },
});

const askUserQuestion = tool({
  name: "ask_user_question",
  description: "Asks the user up to four questions with choices. Only for what neither the task nor the files decide.",
  input: z.object({
    questions: z
      .array(
        z.object({
          question: z.string().describe("The whole question."),
          header: z.string().describe("One or two words for it."),
          options: z
            .array(z.object({ label: z.string(), description: z.string() }))
            .min(2)
            .max(4),
          multiSelect: z.boolean().default(false).describe("Several choices may be taken."),
        }),
      )
      .min(1)
      .max(4),
  }),
  *run({ questions }, at) {
    const told = yield* askPerson(
      at,
      questions.map(({ multiSelect, ...question }) => ({ ...question, several: multiSelect })),
    );
    if (told.kind === "refused") return failed(told.text);
    const lines = questions.map(({ header }, index) => {
      const answers = told.answers[index] ?? [];
      return `**${header}**: ${answers.length > 0 ? answers.join(", ") : "(no answer)"}`;
    });
    return { content: `The user answered:\n\n${lines.join("\n")}` };
  },
});

/** The other tools, as far as Codex offers what they need. */
export function workTools(context: HarnessContext): HarnessTool[] {
  return [
    runShellCommand,
    ...(offers(context, "update_plan") ? [todoWrite] : []),
    ...(offers(context, "request_user_input") ? [askUserQuestion] : []),
  ];
}

export { taskStop };
