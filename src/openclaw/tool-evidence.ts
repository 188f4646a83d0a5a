import { isProgress, noteMessage } from "./message-evidence.ts";
import { isRecord } from "./record.ts";
import type { HostAttempt, HostResult, HostRuntime, HostTool, HostToolResult } from "./sdk.ts";

/** One finished call of a host tool. */
export interface ToolFact {
  readonly tool: HostTool;
  readonly callId: string;
  /** What reached the tool. */
  readonly args: Record<string, unknown>;
  readonly began: boolean;
  readonly isError: boolean;
  /** After middleware. */
  readonly result: HostToolResult;
  /** What the tool itself gave back or threw; only this proves a delivery. */
  readonly raw: unknown;
  readonly failure?: string;
}

/** Fields of the attempt's result that come from tools. */
export type ToolOutcome = Pick<
  HostResult,
  | "acceptedSessionSpawns"
  | "didDeliverSourceReplyViaMessageTool"
  | "didSendViaMessagingTool"
  | "heartbeatToolResponse"
  | "lastToolError"
  | "messagingToolSentMediaUrls"
  | "messagingToolSentTargets"
  | "messagingToolSentTexts"
  | "messagingToolSourceReplyPayloads"
  | "sourceReplyDelivered"
  | "successfulCronAdds"
  | "toolAudioAsVoice"
  | "toolMediaUrls"
  | "yieldAcknowledgment"
  | "yieldDetected"
>;

export interface ToolMeta {
  readonly replaySafe: boolean;
  readonly isError: boolean;
  readonly terminate: boolean;
  readonly asyncStarted: boolean;
}

/** A native tool of Codex that came to an end. */
export interface NativeFact {
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
  readonly output: string | undefined;
  readonly isError: boolean;
}

/** Native tools that only look. */
const readingTools: ReadonlySet<string> = new Set(["web_search"]);

/** What the tools of an attempt did, as far as the host decides something by it. */
export class ToolEvidence {
  readonly #params: HostAttempt;
  readonly #host: HostRuntime;
  readonly #release: (reason: string) => void;
  readonly #metas = new Map<string, ToolMeta>();
  readonly #out: ToolOutcome = {
    didSendViaMessagingTool: false,
    messagingToolSentTexts: [],
    messagingToolSentMediaUrls: [],
    messagingToolSentTargets: [],
  };

  /** @param release called when a tool has ended the turn: a yield, or the one reply to its source */
  constructor(params: HostAttempt, host: HostRuntime, release: (reason: string) => void) {
    this.#params = params;
    this.#host = host;
    this.#release = release;
  }

  get outcome(): ToolOutcome {
    return this.#out;
  }

  /** By call id; absent for native tools and for calls that never reached a tool. */
  meta(callId: string): ToolMeta | undefined {
    return this.#metas.get(callId);
  }

  yielded(acknowledgment: string | undefined): void {
    this.#out.yieldDetected = true;
    if (acknowledgment) this.#out.yieldAcknowledgment = acknowledgment;
  }

  note(fact: ToolFact): void {
    this.#observe(fact);
    const details = isRecord(fact.raw) && isRecord(fact.raw.details) ? fact.raw.details : {};
    const yielded = details.status === "yielded";
    const asyncStarted = details.async === true && details.status === "started";
    if (!fact.isError) this.#collect(fact, details);
    const replied = noteMessage(fact, details, this.#params, this.#host, this.#out);
    const terminate = yielded || replied || (isRecord(fact.raw) && fact.raw.terminate === true && !isProgress(fact));
    const replaySafe = !fact.began || (!asyncStarted && this.#host.isReplaySafeToolCall(fact.tool.name, fact.args));
    this.#metas.set(fact.callId, { replaySafe, isError: fact.isError, terminate, asyncStarted });
    if (yielded) this.#out.yieldDetected = true;
    if (terminate) this.#release(yielded ? "the turn waits for other sessions" : `${fact.tool.name} ended the turn`);
  }

  noteNative({ callId, name, input, output, isError }: NativeFact): void {
    const reads = readingTools.has(name);
    this.#resolve({
      toolCallId: callId,
      toolName: name,
      arguments: input,
      result: output,
      executionStarted: true,
      outcome: isError ? "failure" : "success",
      ...(isError && output ? { failure: { error: output.slice(0, 500) } } : {}),
      nativeMutation: { mutatingAction: !reads, replaySafe: reads },
    });
  }

  #observe({ callId, tool, args, began, isError, raw, failure, result }: ToolFact): void {
    const words = failure ?? result.content.flatMap((part) => (part.type === "text" ? [part.text] : []))[0];
    this.#resolve({
      toolCallId: callId,
      toolName: tool.name,
      arguments: args,
      result: raw,
      executionStarted: began,
      outcome: isError ? "failure" : "success",
      ...(isError && words ? { failure: { error: words.slice(0, 500) } } : {}),
    });
  }

  #resolve(observation: Parameters<NonNullable<HostAttempt["observeToolTerminal"]>>[0]): void {
    const resolution = this.#params.observeToolTerminal?.(observation);
    if (!resolution) return;
    if (resolution.lastToolError) this.#out.lastToolError = resolution.lastToolError;
    else delete this.#out.lastToolError;
  }

  #collect({ tool, args, result, raw }: ToolFact, details: Record<string, unknown>): void {
    const { name } = tool;
    const out = this.#out;
    if (name === "sessions_spawn" && details.status === "accepted") {
      const { runId, childSessionKey, expectsCompletionMessage } = details;
      if (typeof runId === "string" && typeof childSessionKey === "string") {
        const spawn = { runId, childSessionKey, expectsCompletionMessage: expectsCompletionMessage === true };
        out.acceptedSessionSpawns = [...(out.acceptedSessionSpawns ?? []), spawn];
      }
    }
    if ((name === "automations" || name === "cron") && args.action === "add") {
      out.successfulCronAdds = (out.successfulCronAdds ?? 0) + 1;
    }
    if (name === "heartbeat_respond") {
      const response = this.#host.normalizeHeartbeatToolResponse(result.details);
      if (response) out.heartbeatToolResponse = response;
    }
    const media = this.#host.extractToolResultMediaArtifact(result);
    if (!media) return;
    const urls = this.#host.filterToolResultMediaUrls(name, media.mediaUrls, raw);
    out.toolMediaUrls = [...new Set([...(out.toolMediaUrls ?? []), ...urls])];
    if (media.audioAsVoice) out.toolAudioAsVoice = true;
  }
}
