import { z } from "zod";
import { exec } from "../../native/exec.ts";
import { failed, tool } from "../kimi-cli/results.ts";
import { taskId, taskResult } from "../kimi-cli/task-tools.ts";
import { questionTool, shortened, startedTask, todoList } from "../kimi-cli/work-tools.ts";
import { absolute } from "../place.ts";
import { lookAtTask, tasksOf } from "../tasks.ts";

const dayMs = 24 * 60 * 60 * 1000;

export const bash = tool({
  name: "Bash",
  description:
    "Runs a command in bash, in a fresh shell. timeout is in seconds. With run_in_background it comes back at once with a task id for TaskOutput, WaitFor and TaskStop.",
  input: z.object({
    command: z.string().min(1).describe("The command."),
    cwd: z.string().optional().describe("Folder to run in; default the working directory."),
    timeout: z.int().gt(0).default(60).describe("Seconds until it is stopped."),
    description: z.string().optional().describe("What it does, in a few words."),
    run_in_background: z.boolean().optional().describe("Do not wait for its end."),
    disable_timeout: z.boolean().optional().describe("Wait for its end however long it takes."),
  }),
  *run({ command, cwd, timeout, run_in_background = false, disable_timeout = false }, at) {
    const done = yield* exec(at, {
      cmd: command,
      ...(cwd === undefined ? {} : { workdir: absolute(at, cwd) }),
      timeoutMs: disable_timeout ? dayMs : Math.min(timeout * 1000, dayMs),
      background: run_in_background,
    });
    if (done.kind === "refused") return failed(done.text);
    if (done.kind === "running") return startedTask(done.sessionId, done.output);
    const timedOut = done.kind === "timeout";
    const took = `Wall time: ${((timedOut ? done.timeoutMs : done.waitedMs) / 1000).toFixed(3)} seconds\n`;
    const output = shortened(done.output);
    if (!timedOut && done.code === 0) return { content: `${took}${output || "Command executed successfully."}` };
    const body = output === "" || output.endsWith("\n") ? output : `${output}\n`;
    const ended = timedOut
      ? `Command killed by timeout (${done.timeoutMs / 1000}s).`
      : `Command failed with exit code: ${done.code}.`;
    const { content, ...error } = failed("Tool execution failed.", `${body}${ended}`);
    return { ...error, content: `${took}${content}` };
  },
});

export const todos = tool({
  name: "TodoList",
  description:
    "Replaces the list of steps of a larger task, which the user sees; without todos it tells the list. Keep one step in progress, and mark it done as soon as it is.",
  input: z.object({
    todos: z
      .array(
        z.object({
          title: z.string().min(1).describe("The step."),
          status: z.enum(["pending", "in_progress", "done"]),
        }),
      )
      .optional()
      .describe("The whole list; an empty one clears it."),
  }),
  *run({ todos: list }, at) {
    return yield* todoList(list, at, "TodoList");
  },
});

export const askUserQuestion = questionTool(z.string().min(1));

export const taskOutput = tool({
  name: "TaskOutput",
  description: "What a task in the background has printed since it was last looked at, and whether it still runs.",
  input: z.object({ task_id: taskId }),
  *run({ task_id }, at) {
    return taskResult(task_id, yield* lookAtTask(at, task_id, 0));
  },
});

export const waitFor = tool({
  name: "WaitFor",
  description: "Waits until a task in the background ends, but not longer than timeout.",
  input: z.object({
    timeout: z.int().gt(0).max(600).describe("Seconds."),
    task_id: z.string().optional().describe("The task; default the one that was started last."),
  }),
  *run({ timeout, task_id }, at) {
    const id = task_id ?? tasksOf(at.earlier).findLast(({ running }) => running)?.id;
    if (id === undefined) return failed("No task runs in the background.");
    let waitedMs = 0;
    let output = "";
    // One wait of Codex is at most five minutes.
    for (;;) {
      const stepMs = Math.min(300_000, timeout * 1000 - waitedMs);
      const seen = yield* lookAtTask(at, id, stepMs);
      if (seen.kind === "gone") return taskResult(id, seen);
      output += seen.output;
      waitedMs += stepMs;
      if (seen.kind === "ended" || waitedMs >= timeout * 1000) return taskResult(id, { ...seen, output });
    }
  },
});
