import type { IncomingHttpHeaders } from "node:http";

/** The fields of a Responses request the scripted model reads; everything else is kept as it came. */
export interface ResponsesBody {
  model?: string;
  instructions?: string;
  input?: ResponsesItem[];
  tools?: ResponsesTool[];
  [field: string]: unknown;
}

export interface ResponsesItem {
  type?: string;
  role?: string;
  content?: unknown;
  call_id?: string;
  name?: string;
  output?: unknown;
  tools?: ResponsesTool[];
  [field: string]: unknown;
}

export interface ResponsesTool {
  type?: string;
  name?: string;
  tools?: ResponsesTool[];
  [field: string]: unknown;
}

/** One model request as a script sees it. */
export interface ModelRequest {
  /** 0 for the first request this server received. */
  readonly index: number;
  /** Emptied in old requests: each body carries the whole history up to then. */
  readonly body: ResponsesBody;
  /** Size of the decoded JSON body. */
  readonly bytes: number;
  readonly headers: IncomingHttpHeaders;
  /** Text of the last message a person wrote; "" if there is none. */
  readonly lastUserText: string;
  /** How many blocks of tool outputs the current turn already has: 0 on its first request. */
  readonly step: number;
  /** Tool outputs of the current turn, oldest first; emptied together with `body`. */
  readonly toolOutputs: readonly ToolOutput[];
  /** True once the client closed the connection before the reply was complete; a scripted cut is not that. */
  readonly aborted: boolean;
}

export interface ToolOutput {
  callId: string;
  /** The tool that was called; `exec` for everything a code-mode model does. */
  name?: string;
  text: string;
}

/** Where a conversation stands, read from the request alone: nothing is remembered between requests. */
export interface Position {
  lastUserText: string;
  step: number;
  toolOutputs: ToolOutput[];
}

/** Reads the position from `body.input`, so that a retry or a resumed thread in a new process gets the same step. */
export function positionOf(body: ResponsesBody): Position {
  const position: Position = { lastUserText: "", step: 0, toolOutputs: [] };
  let inOutputs = false;
  const calls = new Map<string, string | undefined>();
  for (const item of inputItems(body)) {
    if (item.call_id !== undefined && !isOutput(item)) calls.set(item.call_id, item.name);
    const user = userTextOf(item);
    if (user !== undefined) {
      position.lastUserText = user;
      position.step = 0;
      position.toolOutputs = [];
    }
    // Codex delivers untrusted context as an output nobody called for; it does not answer a step of the script.
    const callId = item.call_id ?? "";
    const output = isOutput(item) && calls.has(callId);
    if (output) {
      const name = calls.get(callId);
      position.toolOutputs.push({ callId, ...(name === undefined ? {} : { name }), text: textOf(item.output) });
      if (!inOutputs) position.step += 1;
    }
    inOutputs = output;
  }
  return position;
}

/** Every message a person wrote, oldest first, without the context Codex injects as user messages. */
export function userTexts(body: ResponsesBody): string[] {
  return inputItems(body)
    .map(userTextOf)
    .filter((text) => text !== undefined);
}

/** The text of a message content or tool output: a string, or a list of `{text}` blocks. */
function textOf(content: unknown): string {
  return textBlocks(content).join("\n");
}

/** The items of `body.input`; a bare string is a single user message. */
export function inputItems(body: ResponsesBody): readonly ResponsesItem[] {
  const input: unknown = body.input;
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  return Array.isArray(input) ? input.filter((item) => typeof item === "object" && item !== null) : [];
}

function isOutput(item: ResponsesItem): boolean {
  return item.type?.endsWith("_output") === true;
}

function userTextOf(item: ResponsesItem): string | undefined {
  if (item.role !== "user" || (item.type ?? "message") !== "message") return undefined;
  const blocks = textBlocks(item.content);
  const own = blocks.filter((text) => !isInjected(text));
  // A message of images alone is still a person's message.
  return own.length === 0 && blocks.length > 0 ? undefined : own.join("\n");
}

/** Codex sends environment, permissions, abort marks and AGENTS.md as user messages; nobody typed those. */
function isInjected(text: string): boolean {
  const start = text.trimStart();
  return start.startsWith("<") || start.startsWith("# AGENTS.md instructions");
}

function textBlocks(content: unknown): string[] {
  if (typeof content === "string") return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((block: { text?: unknown } | null) => (typeof block?.text === "string" ? [block.text] : []));
}
