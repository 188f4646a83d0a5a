import type { ToolDefinition } from "../protocol/params.ts";

/** What a tool gives back; a plain string is one piece of text. */
export interface ToolResult {
  readonly content: readonly ToolContent[];
  /** The call failed; the model reads the content and the turn goes on. */
  readonly isError?: boolean;
}

export type ToolContent =
  | { readonly type: "text"; readonly text: string }
  /** `data` is base64. */
  | { readonly type: "image"; readonly data: string; readonly mimeType: string };

/** One call of a host tool by the model. */
export interface ToolCall {
  readonly callId: string;
  readonly threadId: string;
  readonly turnId: string;
  /** As the host named the tool. */
  readonly name: string;
  /** Aborted at the deadline, at the end of the turn, and when the connection is lost. */
  readonly signal: AbortSignal;
  /** Runs something that waits for a person; meanwhile the call's clock stands still. */
  waitForPerson<T>(work: () => Promise<T>): Promise<T>;
}

/** A tool of the host that Codex may call. */
export interface HostTool extends ToolDefinition {
  execute(args: unknown, call: ToolCall): Promise<ToolResult | string> | ToolResult | string;
  /** How long a call may take when neither the call nor the configuration says so. Default: the clock `toolMs`. */
  readonly timeoutMs?: number;
  /** Calls of this tool wait for each other. Default: they run side by side. */
  readonly sequential?: boolean;
}

/** What a host does around its tools, in process. */
export interface ToolHooks {
  /** Before a call: may refuse it with a reason the model reads, or change its arguments. */
  before?(call: ToolCall, args: unknown): Promise<{ block: string } | { arguments: unknown } | undefined>;
  /** What really came back, before anything changes it. */
  observe?(call: ToolCall, args: unknown, result: ToolResult): Promise<void> | void;
  /** What the model gets instead. */
  transform?(call: ToolCall, result: ToolResult): Promise<ToolResult>;
}

/** `accept_rule`: accept, and from now on whatever begins like this command (`rule` of the ask). */
export type ApprovalDecision = "accept" | "accept_session" | "accept_rule" | "decline" | "cancel";

/** Something Codex may do only when a person agrees. Texts are bounded and free of control characters. */
export interface ApprovalAsk {
  readonly kind: "command" | "stdin" | "file_change" | "permissions" | "mcp_tool";
  readonly title: string;
  readonly detail: string;
  readonly reason?: string;
  readonly cwd?: string;
  /** The whole command, exactly as Codex would run it: for policies, not for display. */
  readonly command?: string;
  /** What the request is about, as the server sent it: for policies, not for display. */
  readonly subject?: unknown;
  /** The beginning of a command that Codex proposes to allow for good; with the decision `accept_rule`. */
  readonly rule?: readonly string[];
  /** Only these mean something to Codex here. */
  readonly decisions: readonly ApprovalDecision[];
  readonly threadId: string;
  readonly turnId: string;
  readonly itemId: string;
}

export interface Question {
  readonly id: string;
  readonly header: string;
  readonly question: string;
  readonly options: readonly { readonly label: string; readonly description: string }[];
  /** Words of one's own are an answer, too. */
  readonly allowOther: boolean;
  /** Not to be shown while typed, nor kept. */
  readonly secret: boolean;
}

export interface QuestionAsk {
  readonly questions: readonly Question[];
  readonly threadId: string;
  readonly turnId: string;
}

/** A field of a form that an MCP server wants filled in. */
export interface FormField {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly type: "string" | "number" | "integer" | "boolean" | "enum" | "multi";
  readonly required: boolean;
  readonly choices?: readonly string[];
}

export type FormAsk =
  | { readonly mode: "form"; readonly server: string; readonly message: string; readonly fields: readonly FormField[] }
  /** To be shown literally, never opened unasked. Always http or https. */
  | { readonly mode: "url"; readonly server: string; readonly message: string; readonly url: string };

export type FormAnswer =
  | { readonly action: "accept"; readonly content: Record<string, unknown> }
  | { readonly action: "decline" | "cancel" };

/** How a host answers what the server asks; what is absent is answered safely. */
export interface RequestHandlers {
  readonly tools?: readonly HostTool[];
  readonly toolHooks?: ToolHooks;
  /** Milliseconds by tool name; wins over the tool's own. */
  readonly toolTimeouts?: Readonly<Record<string, number>>;
  approve?(ask: ApprovalAsk, signal: AbortSignal): Promise<ApprovalDecision>;
  /** Answers by question id; undefined: nobody answers. */
  answer?(ask: QuestionAsk, signal: AbortSignal): Promise<Readonly<Record<string, readonly string[]>> | undefined>;
  fillIn?(ask: FormAsk, signal: AbortSignal): Promise<FormAnswer>;
}
