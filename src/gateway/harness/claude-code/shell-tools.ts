import { z } from "zod";
import type { ToolResult } from "../../conversation/types.ts";
import { exec } from "../../native/exec.ts";
import { lookAtTask, stopTask, type TaskLook, taskIdOf } from "../tasks.ts";
import { failed, tool } from "./results.ts";

const defaultTimeoutMs = 120_000;
const longestTimeoutMs = 600_000;

export const bash = tool({
  name: "Bash",
  description:
    "Runs a command in bash and tells what it printed. Every command has a fresh shell in the working directory: join with && what belongs together. For reading, searching and changing files there are better tools. What does not end by itself runs with run_in_background. A command that the sandbox keeps from working may be run without it, when the user allows it (dangerouslyDisableSandbox).",
  input: z.object({
    command: z.string().describe("The command."),
    timeout: z.number().optional().describe("Milliseconds until it is stopped; default 120000, at most 600000."),
    description: z.string().optional().describe("What it does, in a few words for the user."),
    run_in_background: z.boolean().optional().describe("Do not wait for its end; a task id comes back."),
    dangerouslyDisableSandbox: z
      .boolean()
      .optional()
      .describe("Ask the user to let this command go without the sandbox."),
  }),
  *run({ command, timeout = defaultTimeoutMs, description, run_in_background = false, ...more }, at) {
    const done = yield* exec(at, {
      cmd: command,
      timeoutMs: Math.min(longestTimeoutMs, Math.max(1, timeout)),
      background: run_in_background,
      ...(more.dangerouslyDisableSandbox
        ? { escalate: description ?? "The command does not work inside of the sandbox." }
        : {}),
    });
    if (done.kind === "refused") return failed(done.text);
    const output = tidy(done.output);
    if (done.kind === "running") {
      const id = taskIdOf("bash", done.sessionId);
      const seen = output === "" ? [] : ["", output];
      return {
        content: ["The command runs in the background.", `task_id: ${id}`, "status: running", ...seen].join("\n"),
      };
    }
    if (done.kind === "timeout") {
      return { content: joined(`command timed out after ${done.timeoutMs} milliseconds`, output), isError: true };
    }
    if (done.code !== 0) return { content: joined(`Exit code ${done.code}`, output), isError: true };
    return { content: output === "" ? "(The command completed with no output)" : output, isError: false };
  },
});

/** Without empty lines in front and blanks at the end. */
function tidy(output: string): string {
  return output.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
}

function joined(head: string, output: string): string {
  return output === "" ? head : `${head}\n${output}`;
}

export const taskOutput = tool({
  name: "TaskOutput",
  description: "What a command in the background has printed since it was last looked at, and whether it still runs.",
  input: z.object({
    task_id: z.string().describe("The id that Bash told."),
    block: z.boolean().default(true).describe("Wait for its end."),
    timeout: z.number().min(0).max(longestTimeoutMs).default(30_000).describe("Longest wait in milliseconds."),
  }),
  *run({ task_id, block, timeout }, at) {
    return taskResult(task_id, yield* lookAtTask(at, task_id, block ? timeout : 0));
  },
});

export const taskStop = tool({
  name: "TaskStop",
  description: "Stops a command in the background.",
  input: z.object({
    task_id: z.string().optional().describe("The id that Bash told."),
    shell_id: z.string().optional().describe("An older name of task_id."),
  }),
  *run({ task_id, shell_id }, at) {
    const id = task_id ?? shell_id;
    if (id === undefined) return failed("task_id is missing.");
    return taskResult(id, yield* stopTask(at, id), "stopped");
  },
});

function taskResult(id: string, seen: TaskLook, ended?: string): ToolResult {
  if (seen.kind === "gone") return failed(`Nothing runs in the background as ${id}. ${seen.text}`);
  const status = seen.kind === "running" ? "running" : (ended ?? (seen.code === 0 ? "completed" : "failed"));
  const lines = [`task_id: ${id}`, `status: ${status}`, ...(seen.kind === "ended" ? [`exit_code: ${seen.code}`] : [])];
  return { content: joined(lines.join("\n"), tidy(seen.output) === "" ? "" : `\n${tidy(seen.output)}`) };
}
