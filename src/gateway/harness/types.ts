import type { CompletedCall, Conversation, ModelCall, ToolResult } from "../conversation/types.ts";
import type { JsonObject } from "../json.ts";
import type { OfferedTool, Program } from "../native/types.ts";
import type { ModelAnswer } from "../upstream/types.ts";

/** Where a conversation takes place, for what a harness looks at before the model is first asked. */
export interface Place {
  /** Absolute working folder. */
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Home folder of the user. */
  readonly home: string;
  readonly now: Date;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** What a harness knows of the request it shapes. The same for all requests of a conversation, unless its user changes it. */
export interface HarnessContext {
  /** The model as its provider calls it. */
  readonly model: string;
  readonly provider: { readonly id: string; readonly name: string; readonly baseUrl: string };
  readonly cwd: string;
  readonly effort?: string;
  /** Facts of the model the operator configured; all optional. */
  readonly modelFacts: ModelFacts;
  /** `harness_guidance` of the configuration. */
  readonly guidance: boolean;
  /** Exact shape: developer instructions are left out of the prompt. */
  readonly strict: boolean;
  /** A native sub-agent of a thread, not the thread itself. */
  readonly child: boolean;
  /** Codex's id of the thread; empty when it does not say. */
  readonly threadId: string;
  /** Codex release that asks, such as `0.169.0`; empty when it does not say. */
  readonly codexVersion: string;
  /** Tools that Codex would execute. What is not here cannot be mapped to. */
  readonly offered: readonly OfferedTool[];
  /** The request offers nothing: `offered` is what was called before, and nothing of it can be called now. */
  readonly recalled?: true;
  /** What `observe` saw at the beginning of the conversation. */
  readonly facts: JsonObject;
}

/** What an operator may state of a model; absent means unknown. */
export interface ModelFacts {
  readonly maxOutputTokens?: number;
  readonly contextWindow?: number;
  /** Efforts the model lists; absent: unknown. */
  readonly efforts?: readonly string[];
  /** Thinking is only switched on and off. */
  readonly thinkingToggle?: boolean;
  /** `adaptive` or `enabled`; absent: decided by the harness. */
  readonly thinking?: "adaptive" | "enabled" | "none";
  /** Takes pictures. Default true. */
  readonly images?: boolean;
}

export interface CallContext {
  readonly context: HarnessContext;
  readonly call: ModelCall;
  /** Every completed call before this one, oldest first: "was this file read before?" is answered from here. */
  readonly earlier: readonly CompletedCall[];
}

export interface HarnessTool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the parameters, exactly as it is sent. */
  readonly parameters: JsonObject;
  /** May run beside other such calls of one answer. Others run alone, in the order the model made them. */
  readonly parallel?: true;
  run(input: JsonObject, at: CallContext): Program<ToolResult>;
}

export interface HarnessRequest {
  readonly context: HarnessContext;
  readonly conversation: Conversation;
  readonly tools: readonly HarnessTool[];
}

/** What a harness makes of an answer whose calls stand in its text. */
export type Interpretation =
  | { readonly kind: "answer"; readonly text: string; readonly calls: readonly ModelCall[] }
  /** The model is told this and asked again, at most three times; then its text is the answer. */
  | { readonly kind: "again"; readonly correction: string };

/**
 * The shape of one agent CLI: prompt, tools, message layout. A plain object without state: everything it says follows
 * from its arguments.
 */
export interface Harness {
  readonly id: string;
  readonly wire: "chat" | "messages";
  /** One sentence for `codex-bridge harness list`. */
  readonly summary: string;
  /** Looked at once per conversation and kept with it (signed), so that prompts do not change: date, folder, git status. */
  observe?(place: Place, context: HarnessContext): Promise<JsonObject>;
  /** The same once per user message; it becomes that entry's `facts`. */
  observeTurn?(place: Place, context: HarnessContext, conversation: Conversation): Promise<JsonObject>;
  tools(context: HarnessContext): readonly HarnessTool[];
  /** The body that is posted, complete. Key order is kept. */
  body(request: HarnessRequest): JsonObject;
  /** Beta features of the Messages API that the body uses; they go into a header. */
  betas?(context: HarnessContext): readonly string[];
  /** Finds calls in the text of an answer. With it the text is shown when the answer is complete, not while it streams. */
  interpret?(answer: ModelAnswer, context: HarnessContext): Interpretation;
  /** What the model is told of a tool it was not offered, of arguments that are no JSON object, of an interrupted call. */
  readonly faults?: Partial<CallFaults>;
}

export interface CallFaults {
  unknownTool(call: ModelCall, tools: readonly HarnessTool[]): ToolResult;
  badArguments(call: ModelCall, problem: string): ToolResult;
  interrupted(call: ModelCall): ToolResult;
}
