import type { CompletedCall } from "../conversation/types.ts";
import { poll, stop } from "../native/exec.ts";
import type { At } from "../native/offered.ts";
import type { Program } from "../native/types.ts";
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
function sessionIdOf(taskId: string): number | undefined {
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

export type TaskLook =
  | { readonly kind: "running"; readonly output: string }
  | { readonly kind: "ended"; readonly output: string; readonly code: number }
  /** No such task, or Codex was started anew since. */
  | { readonly kind: "gone"; readonly text: string };

/** Looks after a task; waits for its end as long as is said, which Codex makes five seconds at least. */
export function* lookAtTask(at: At, taskId: string, waitMs: number): Program<TaskLook> {
  const sessionId = sessionIdOf(taskId);
  if (sessionId === undefined) return { kind: "gone", text: `There is no task "${taskId}".` };
  const told = yield* poll(at, { sessionId, waitMs });
  if (told.kind === "running") return { kind: "running", output: told.output };
  if (told.kind === "exited") return { kind: "ended", output: told.output, code: told.code };
  return { kind: "gone", text: told.kind === "refused" ? told.text : told.output };
}

/** Interrupts a task. `running`: it does not take the interruption. */
export function* stopTask(at: At, taskId: string): Program<TaskLook> {
  const sessionId = sessionIdOf(taskId);
  if (sessionId === undefined) return { kind: "gone", text: `There is no task "${taskId}".` };
  const told = yield* stop(at, { sessionId });
  if (told.kind === "exited") return { kind: "ended", output: told.output, code: told.code };
  const last = yield* lookAtTask(at, taskId, 0);
  const before = told.kind === "running" ? told.output : "";
  return last.kind === "gone" ? last : { ...last, output: before + last.output };
}
