import type { Conversation } from "../conversation/types.ts";

/** What Codex found in the project's AGENTS.md files, each with the place it is about. */
export function documentTexts({ documents }: Pick<Conversation, "documents">): string[] {
  return documents.map(({ place, text }) => (place === "" ? text : `--- From ${place} ---\n${text}`));
}

/** A part of a prompt with its heading, or nothing where there is nothing to say. */
export function section(heading: string, text: string): string[] {
  return text.trim() === "" ? [] : [`${heading}\n\n${text.trim()}`];
}

/** A list of a prompt. */
export function bullets(...lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
