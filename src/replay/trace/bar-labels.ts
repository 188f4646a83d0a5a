import { brief, numberOf, partOf, textOf } from "./message-parts.ts";
import type { BarState, TraceLane } from "./trace-model.ts";

/** Items that do something, by the field that tells what. Everything else a model makes is text. */
const toolItems: Readonly<Record<string, string>> = {
  commandExecution: "command",
  dynamicToolCall: "tool",
  mcpToolCall: "tool",
  webSearch: "query",
  imageView: "path",
  fileChange: "",
  imageGeneration: "",
  collabAgentToolCall: "tool",
  subAgentActivity: "kind",
  sleep: "",
};

export function laneOfItem(type: string): TraceLane {
  return Object.hasOwn(toolItems, type) ? "tools" : "app-server";
}

/** @param item an item of a turn, as Codex tells it */
export function itemLabel(item: unknown): string {
  const type = textOf(item, "type") ?? "item";
  const key = Object.hasOwn(toolItems, type) ? toolItems[type]! : "text";
  const detail = textOf(item, key) ?? textOf(partOf(item, "content"), "0", "text") ?? changedFiles(item);
  return detail ? `${type}: ${brief(detail)}` : type;
}

function changedFiles(item: unknown): string {
  const changes = partOf(item, "changes");
  return Array.isArray(changes) ? changes.map((change) => textOf(change, "path") ?? "").join(", ") : "";
}

const badEnds = new Set(["failed", "declined", "systemError", "timeout", "server_exit"]);

/** @param status of a turn, an item or an attempt */
export function endState(status: string | undefined): BarState {
  if (status !== undefined && badEnds.has(status)) return "failed";
  return status === "inProgress" ? "open" : "done";
}

/** What became of a request: its error, or the word that decides. */
export function answerLabel(message: unknown): string {
  const error = partOf(message, "error");
  if (error !== undefined) return `refused: ${brief(textOf(error, "message") ?? String(numberOf(error, "code")))}`;
  const result = partOf(message, "result");
  const decision = partOf(result, "decision") ?? partOf(result, "action") ?? partOf(result, "success");
  if (typeof decision === "string") return decision;
  if (typeof decision === "boolean") return decision ? "success" : "no success";
  return typeof decision === "object" && decision !== null ? Object.keys(decision).join(", ") : "";
}

/** @param event what happened at the host, as recorded */
export function hostLabel(event: unknown): string {
  const name = textOf(event, "event") ?? "event";
  const detail = textOf(event, "kind") ?? textOf(event, "text") ?? textOf(event, "prompt") ?? textOf(event, "reason");
  return detail ? `${name}: ${brief(detail)}` : name;
}
