import type { JsonObject } from "../json.ts";

/*
 * The conversation as harnesses see it: free of Codex's items and of any upstream's messages. It is rebuilt for every
 * request from what Codex resends.
 */

/** A piece of what a person said or a tool returned. An image is a data URL. */
export type Part = { readonly type: "text"; readonly text: string } | { readonly type: "image"; readonly url: string };

/** What the model thought. A signed block goes back to its provider exactly as it came. */
export interface Thinking {
  readonly text: string;
  readonly signature?: string;
  /** Opaque data of a block the provider has hidden; `text` is empty then. */
  readonly redacted?: string;
  /** Characters of the answer's text that came before it; absent when none did. */
  readonly after?: number;
}

/** A tool call as the model made it. */
export interface ModelCall {
  /** The upstream's id, unique in the conversation. */
  readonly id: string;
  readonly name: string;
  /** Arguments as the model wrote them. */
  readonly text: string;
  /** The same, parsed; empty when they cannot be. */
  readonly input: JsonObject;
  /** Why the arguments cannot be parsed. */
  readonly problem?: string;
}

/** What the model is told of a call, laid out as the harness has it. */
export interface ToolResult {
  readonly content: string | readonly Part[];
  /** `is_error` of a Messages result; absent there when absent here. Chat has no such field. */
  readonly isError?: boolean;
  /** Ends the turn with this answer instead of asking the model again. */
  readonly endTurn?: string;
}

export interface CompletedCall {
  readonly call: ModelCall;
  readonly result: ToolResult;
}

export interface UserEntry {
  readonly kind: "user";
  readonly parts: readonly Part[];
  /** What the harness observed when this was said (`observeTurn`), as it was then. */
  readonly facts?: JsonObject;
}

/** Developer text from before the first message that is not one of Codex's own: `developerInstructions`, a host's context. */
export interface DeveloperEntry {
  readonly kind: "developer";
  readonly text: string;
}

/** One answer of the model, with the results of everything it called. */
export interface AssistantEntry {
  readonly kind: "assistant";
  readonly text: string;
  readonly thinking: readonly Thinking[];
  readonly calls: readonly CompletedCall[];
}

export type Entry = UserEntry | DeveloperEntry | AssistantEntry;

/** An AGENTS.md that Codex found. */
export interface ProjectDocument {
  /** Folder or file it is about, as Codex names it. */
  readonly place: string;
  readonly text: string;
}

export interface Conversation {
  /** `compaction`: the last user entry asks for a summary, and the answer has to be words alone. */
  readonly purpose: "turn" | "compaction";
  /** Codex's base instructions. */
  readonly instructions: string;
  /** Developer texts from before the first message, oldest first; they also begin `entries`. Later ones are parts of user entries. */
  readonly developer: readonly string[];
  readonly documents: readonly ProjectDocument[];
  /** Codex's list of skills, without its tag; empty when there is none. */
  readonly skills: string;
  readonly entries: readonly Entry[];
}
