import type { CompletedCall } from "../conversation/types.ts";
import { resultText } from "./chat-messages.ts";

/*
 * Commands in the background. Nothing remembers them but the conversation: a result that starts, looks at or stops one
 * has the lines `task_id:` and `status:`, and Codex's number of the command is the end of the id.
 */

export interface Task {
  readonly id: string;
  /** As it was when it was last looked at. */
  readonly running: boolean;
  readonly about: string;
}

export function taskIdOf(kind: string, sessionId: number): string {
  return `${kind}-${sessionId}`;
}

/** Codex's number of the command; undefined when this is no such id. */
export function sessionIdOf(taskId: string): number | undefined {
  const digits = /-(\d+)$/.exec(taskId)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Every task a conversation has started, oldest first. */
export function tasksOf(earlier: readonly CompletedCall[]): Task[] {
  const tasks = new Map<string, Task>();
  for (const { call, result } of earlier) {
    const text = resultText(result);
    const id = /^task_id: (\S+)$/m.exec(text)?.[1];
    const status = /^status: (\S+)$/m.exec(text)?.[1];
    if (id === undefined || status === undefined || sessionIdOf(id) === undefined) continue;
    const command = call.input.description ?? call.input.command;
    const about = tasks.get(id)?.about ?? (typeof command === "string" ? command : "");
    tasks.set(id, { id, running: status === "running", about });
  }
  return [...tasks.values()];
}
