import type { CompletedCall } from "../../conversation/types.ts";
import type { JsonObject } from "../../json.ts";

/* The list of tasks. Nothing remembers it but the calls that made it. */

export interface ListedTask {
  readonly id: string;
  readonly subject: string;
  readonly description: string;
  readonly status: "pending" | "in_progress" | "completed" | "deleted";
  readonly owner?: string;
  /** Ids of tasks that wait for this one, and that this one waits for. */
  readonly blocks: readonly string[];
  readonly blockedBy: readonly string[];
}

/** Tools that change the list. */
export const listTools: ReadonlySet<string> = new Set(["TaskCreate", "TaskUpdate"]);

/** The list after these calls, deleted tasks included: their ids are not given again. */
export function listAfter(earlier: readonly CompletedCall[]): ListedTask[] {
  let tasks: ListedTask[] = [];
  for (const { call, result } of earlier) {
    if (result.isError) continue;
    if (call.name === "TaskCreate") tasks = created(tasks, call.input);
    else if (call.name === "TaskUpdate") tasks = updated(tasks, call.input);
  }
  return tasks;
}

export function created(tasks: readonly ListedTask[], { subject, description }: JsonObject): ListedTask[] {
  const id = String(tasks.length + 1);
  const fresh = { id, subject: String(subject), description: String(description), status: "pending" } as const;
  return [...tasks, { ...fresh, blocks: [], blockedBy: [] }];
}

/** A block has two ends: both tasks know of it. */
export function updated(tasks: readonly ListedTask[], input: JsonObject): ListedTask[] {
  const id = String(input.taskId);
  const [blocks, blockedBy] = [idsOf(input.addBlocks), idsOf(input.addBlockedBy)];
  return tasks.map((task) => {
    if (task.id === id) {
      return {
        ...task,
        ...texts(input, "subject", "description", "owner"),
        ...(typeof input.status === "string" ? { status: input.status as ListedTask["status"] } : {}),
        blocks: union(task.blocks, blocks),
        blockedBy: union(task.blockedBy, blockedBy),
      };
    }
    if (blocks.includes(task.id)) return { ...task, blockedBy: union(task.blockedBy, [id]) };
    return blockedBy.includes(task.id) ? { ...task, blocks: union(task.blocks, [id]) } : task;
  });
}

function texts(input: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (typeof input[key] === "string" ? [[key, input[key]]] : [])));
}

function idsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function union(some: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...some, ...more])];
}

/** Tasks as Codex's plan shows them. */
export function planOf(tasks: readonly ListedTask[]) {
  return tasks.flatMap(({ subject, status }) => (status === "deleted" ? [] : [{ step: subject, status }]));
}
