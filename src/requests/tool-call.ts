import { longestToolMs } from "../clocks.ts";
import { Budget } from "../turn/timers.ts";
import { bothEnds } from "./show.ts";
import type { HostTool, RequestHandlers, ToolCall, ToolContent, ToolResult } from "./types.ts";

/** What goes to the server (`item/tool/call`). */
export interface ToolAnswer {
  readonly contentItems: readonly ({ type: "inputText"; text: string } | { type: "inputImage"; imageUrl: string })[];
  readonly success: boolean;
}

const maxTextChars = 200_000;
const maxTexts = 64;
const maxImages = 8;
const maxImageChars = 8 * 1_048_576;

export function refusedCall(why: string): ToolAnswer {
  return { contentItems: [{ type: "inputText", text: why }], success: false };
}

/** How long this call may take: by configuration, by its own argument, by its tool, by the clock; never beyond the cap. */
export function callTimeoutMs(tool: HostTool, args: unknown, handlers: RequestHandlers, toolMs: number): number {
  const given = (args ?? {}) as { timeoutMs?: unknown; timeoutSeconds?: unknown };
  const limits = handlers.toolTimeouts ?? {};
  const configured = Object.hasOwn(limits, tool.name) ? limits[tool.name] : undefined;
  const asked =
    typeof given.timeoutMs === "number"
      ? given.timeoutMs
      : typeof given.timeoutSeconds === "number"
        ? given.timeoutSeconds * 1000 + 30_000
        : undefined;
  const ms = configured ?? (asked !== undefined && asked > 0 ? asked : undefined) ?? tool.timeoutMs ?? toolMs;
  return Math.min(ms, longestToolMs);
}

export interface CallContext extends Omit<ToolCall, "signal" | "waitForPerson" | "name"> {
  readonly tool: HostTool;
  readonly args: unknown;
  readonly handlers: RequestHandlers;
  readonly toolMs: number;
  /** Ends the call from outside: the turn is over, the connection is lost. */
  readonly signal: AbortSignal;
}

/**
 * Runs one call to an answer the model can read. Never rejects: a tool that throws, hangs or returns nonsense is a
 * failed call, and the turn goes on.
 */
export async function runToolCall(context: CallContext): Promise<ToolAnswer> {
  const { tool, handlers, args } = context;
  const abort = new AbortController();
  const over = Promise.withResolvers<ToolAnswer>();
  const timeoutMs = callTimeoutMs(tool, args, handlers, context.toolMs);
  const end = (why: string): void => {
    over.resolve(refusedCall(why));
    abort.abort(new Error(why));
  };
  const budget = new Budget(timeoutMs, () =>
    end(`The tool ${tool.name} did not finish within ${timeoutMs} ms. It was told to stop, and may still be running.`),
  );
  const onAbort = (): void => end(`The tool ${tool.name} was stopped: ${reasonOf(context.signal)}.`);
  if (context.signal.aborted) onAbort();
  context.signal.addEventListener("abort", onAbort, { once: true });
  let asked = 0;
  const call: ToolCall = {
    callId: context.callId,
    threadId: context.threadId,
    turnId: context.turnId,
    name: tool.name,
    signal: abort.signal,
    async waitForPerson(work) {
      asked += 1;
      budget.pause();
      try {
        return await work();
      } finally {
        asked -= 1;
        if (asked === 0 && !abort.signal.aborted) budget.resume();
      }
    },
  };
  budget.resume();
  try {
    return await Promise.race([execute(context, call), over.promise]);
  } finally {
    budget.stop();
    context.signal.removeEventListener("abort", onAbort);
  }
}

async function execute({ tool, handlers, args }: CallContext, call: ToolCall): Promise<ToolAnswer> {
  try {
    const hooks = handlers.toolHooks ?? {};
    const verdict = await hooks.before?.(call, args);
    if (verdict && "block" in verdict) return refusedCall(verdict.block);
    const given = verdict ? verdict.arguments : args;
    if (call.signal.aborted) return refusedCall("The call was stopped before it began.");
    const result = asResult(tool.name, await tool.execute(given, call));
    // Who only looks on cannot make a call fail that worked.
    await (async () => hooks.observe?.(call, given, result))().catch(() => undefined);
    return answerOf(hooks.transform ? asResult(tool.name, await hooks.transform(call, result)) : result);
  } catch (thrown) {
    return refusedCall(`The tool ${tool.name} failed: ${bothEnds(messageOf(thrown), 4000)}`);
  }
}

function asResult(name: string, value: unknown): ToolResult {
  if (typeof value === "string") return { content: [{ type: "text", text: value }] };
  const content = (value as { content?: unknown } | null | undefined)?.content;
  if (Array.isArray(content) && content.every(isContent)) return value as ToolResult;
  throw new Error(
    `${name} gave back something that is no tool result (expected a text, or content of texts and images)`,
  );
}

function isContent(part: unknown): part is ToolContent {
  const { type, text, data, mimeType } = (part ?? {}) as Record<string, unknown>;
  if (type === "text") return typeof text === "string";
  return type === "image" && typeof data === "string" && typeof mimeType === "string";
}

/** What fits: of long texts both ends, of many images the first ones, each loss said in words. */
function answerOf(result: ToolResult): ToolAnswer {
  const items: ToolAnswer["contentItems"][number][] = [];
  let images = 0;
  const texts = result.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  // More pieces than anybody reads become one, so that the bound holds for all of them together.
  const joined = texts.length > maxTexts ? [texts.join("\n")] : texts;
  for (const text of joined)
    items.push({ type: "inputText", text: bothEnds(text, Math.floor(maxTextChars / joined.length)) });
  for (const part of result.content) {
    if (part.type === "text") continue;
    if (part.data.length > maxImageChars || images >= maxImages) {
      items.push({ type: "inputText", text: `(an image of ${part.data.length} base64 characters was left out)` });
    } else {
      images += 1;
      items.push({ type: "inputImage", imageUrl: `data:${part.mimeType};base64,${part.data}` });
    }
  }
  if (items.length === 0) items.push({ type: "inputText", text: "(no output)" });
  return { contentItems: items, success: result.isError !== true };
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === "string" ? thrown : "it threw something that is no error";
}

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : "its turn is over";
}
