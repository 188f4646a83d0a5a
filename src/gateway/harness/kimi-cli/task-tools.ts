import { z } from "zod";
import type { ToolResult } from "../../conversation/types.ts";
import { lookAtTask, stopTask, type TaskLook, tasksOf } from "../tasks.ts";
import { failed, tool } from "./results.ts";
import { shortened } from "./work-tools.ts";

/* Commands in the background; Kimi's two CLIs have the same tools for them. */

export const taskId = z.string().describe("The id the command's start told.");

export const taskList = tool({
  name: "TaskList",
  description: "The tasks in the background, as they were when they were last looked at.",
  parallel: true,
  input: z.object({
    active_only: z.boolean().default(true).describe("Only those that run."),
    limit: z.int().min(1).max(100).default(20).describe("Most tasks to tell."),
  }),
  *run({ active_only, limit }, at) {
    const tasks = tasksOf(at.earlier).filter(({ running }) => running || !active_only);
    const shown = tasks.slice(-limit);
    const lines = shown.map(({ id, running, about }) => `- ${id} (${running ? "running" : "ended"}): ${about}`);
    const head = active_only ? "active_background_tasks" : "background_tasks";
    return { content: [`${head}: ${tasks.length}`, ...lines].join("\n") };
  },
});

export const taskOutput = tool({
  name: "TaskOutput",
  description: "What a task in the background has printed since it was last looked at, and whether it still runs.",
  input: z.object({
    task_id: taskId,
    block: z.boolean().default(false).describe("Wait for its end."),
    timeout: z.int().min(0).max(3600).default(30).describe("Longest wait in seconds."),
  }),
  *run({ task_id, block, timeout }, at) {
    return taskResult(task_id, yield* lookAtTask(at, task_id, block ? timeout * 1000 : 0));
  },
});

export const taskStop = tool({
  name: "TaskStop",
  description: "Stops a task in the background.",
  input: z.object({
    task_id: taskId,
    reason: z.string().default("Stopped by TaskStop").describe("Why, for the user."),
  }),
  *run({ task_id, reason }, at) {
    const seen = yield* stopTask(at, task_id);
    return taskResult(task_id, seen, seen.kind === "ended" ? "stopped" : undefined, `reason: ${reason}`);
  },
});

/** A look at a task, in lines that later lists are made from. */
export function taskResult(id: string, seen: TaskLook, status?: string, note?: string): ToolResult {
  if (seen.kind === "gone") return failed(`Task not found: ${id}. ${seen.text}`);
  const state = status ?? (seen.kind === "running" ? "running" : seen.code === 0 ? "completed" : "failed");
  const lines = [
    `task_id: ${id}`,
    `status: ${state}`,
    ...(seen.kind === "ended" ? [`exit_code: ${seen.code}`] : []),
    ...(note === undefined ? [] : [note]),
  ];
  const output = shortened(seen.output);
  return { content: `${lines.join("\n")}\n\n[output]\n${output === "" ? "(no new output)" : output}` };
}
