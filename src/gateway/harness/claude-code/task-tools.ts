import { z } from "zod";
import { updatePlan } from "../../native/plan.ts";
import { failed, tool } from "./results.ts";
import { created, type ListedTask, listAfter, planOf, updated } from "./task-list.ts";

/* A list of tasks, one call per change; the user sees it as Codex's plan. */

const taskId = z.string().describe("Id of the task, such as 1.");
const metadata = z.record(z.string(), z.unknown()).optional().describe("Anything to keep with the task.");

export const taskCreate = tool({
  name: "TaskCreate",
  description:
    "Adds a step to the list of tasks, which the user sees. Use it for work of three steps and more, before you begin.",
  input: z.object({
    subject: z.string().describe("The step, in a few words."),
    description: z.string().describe("What has to be done."),
    activeForm: z.string().optional().describe('What is being done, such as "Running tests".'),
    metadata,
  }),
  *run({ subject, description }, at) {
    const tasks = created(listAfter(at.earlier), { subject, description });
    const refused = yield* updatePlan(at, planOf(tasks));
    if (refused !== undefined) return failed(refused);
    return { content: `Task #${tasks.length} created successfully: ${subject}` };
  },
});

export const taskUpdate = tool({
  name: "TaskUpdate",
  description:
    "Changes a task of the list: its status, words, owner or what it waits for. Set in_progress when you begin it, and completed when it is done, at once and not before.",
  input: z.object({
    taskId,
    subject: z.string().optional().describe("New words for the step."),
    description: z.string().optional().describe("New description."),
    activeForm: z.string().optional().describe("What is being done."),
    status: z
      .union([z.enum(["pending", "in_progress", "completed"]), z.literal("deleted")])
      .optional()
      .describe("New status."),
    addBlocks: z.array(z.string()).optional().describe("Tasks that have to wait for this one."),
    addBlockedBy: z.array(z.string()).optional().describe("Tasks this one has to wait for."),
    owner: z.string().optional().describe("Who does it."),
    metadata,
  }),
  *run(args, at) {
    const before = listAfter(at.earlier);
    if (!find(before, args.taskId)) return failed(`Task not found: ${args.taskId}`);
    const refused = yield* updatePlan(at, planOf(updated(before, args)));
    if (refused !== undefined) return failed(refused);
    const { taskId: id, ...changes } = args;
    const changed = Object.keys(changes).filter((key) => changes[key as keyof typeof changes] !== undefined);
    return { content: `Updated task #${id} ${changed.join(", ")}` };
  },
});

export const taskGet = tool({
  name: "TaskGet",
  description: "All that is known of one task of the list.",
  parallel: true,
  input: z.object({ taskId }),
  // biome-ignore lint/correctness/useYield: the conversation has it all.
  *run({ taskId: id }, at) {
    const task = find(listAfter(at.earlier), id);
    if (!task) return failed(`Task not found: ${id}`);
    const lines = [
      `Task #${task.id}: ${task.subject}`,
      `Status: ${task.status}`,
      `Description: ${task.description}`,
      ...(task.owner === undefined ? [] : [`Owner: ${task.owner}`]),
      ...(task.blockedBy.length > 0 ? [`Blocked by: ${numbers(task.blockedBy)}`] : []),
      ...(task.blocks.length > 0 ? [`Blocks: ${numbers(task.blocks)}`] : []),
    ];
    return { content: lines.join("\n") };
  },
});

export const taskList = tool({
  name: "TaskList",
  description: "The whole list of tasks with their status, owner and what each still waits for.",
  parallel: true,
  input: z.object({}),
  *run(_args, at) {
    const tasks = listAfter(at.earlier).filter(({ status }) => status !== "deleted");
    if (tasks.length === 0) return { content: "No tasks found" };
    return { content: tasks.map((task) => lineOf(task, tasks)).join("\n") };
  },
});

function lineOf({ id, status, subject, owner, blockedBy }: ListedTask, all: readonly ListedTask[]): string {
  const open = blockedBy.filter((other) => all.some((task) => task.id === other && task.status !== "completed"));
  const who = owner === undefined ? "" : ` (${owner})`;
  const waits = open.length === 0 ? "" : ` [blocked by ${numbers(open)}]`;
  return `#${id} [${status}] ${subject}${who}${waits}`;
}

function find(tasks: readonly ListedTask[], id: string): ListedTask | undefined {
  return tasks.find((task) => task.id === id && task.status !== "deleted");
}

function numbers(ids: readonly string[]): string {
  return ids.map((id) => `#${id}`).join(", ");
}
