import type { PlanStep } from "../../turn/state.ts";
import type { Edit } from "./edits.ts";

/** One thing on the screen. An item is replaced by another one when it changes, never changed itself. */
export type Item =
  | { readonly kind: "user"; readonly text: string }
  | { readonly kind: "answer"; readonly id: string; readonly text: string; readonly commentary?: true }
  | { readonly kind: "thought"; readonly id: string; readonly text: string }
  | ToolItem
  | AgentItem
  | { readonly kind: "plan"; readonly steps: readonly PlanStep[] }
  | { readonly kind: "note"; readonly level: NoteLevel; readonly text: string }
  /** What a command of the person's own came to. */
  | { readonly kind: "told"; readonly text: string };

export type NoteLevel = "info" | "good" | "warning" | "error";

/** Something Codex or a tool of the host does, or has done. */
export interface ToolItem {
  readonly kind: "tool";
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly native: boolean;
  readonly input?: unknown;
  readonly status: "running" | "completed" | "failed" | "declined" | "incomplete";
  readonly output?: string;
  readonly exitCode?: number;
  readonly edits?: readonly Edit[];
}

/** A native sub-agent, with what it does now. */
export interface AgentItem {
  readonly kind: "agent";
  readonly id: string;
  readonly status: string;
  readonly task?: string;
  readonly text?: string;
  readonly doing?: string;
}
