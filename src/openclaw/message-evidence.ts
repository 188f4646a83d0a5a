import { defined, isRecord } from "./record.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";
import type { ToolFact, ToolOutcome } from "./tool-evidence.ts";

/**
 * What a call of a messaging tool delivered, and where to. Only what the tool itself gave back proves a delivery.
 * @returns true when this call was the one reply its source waits for: the turn is over
 */
export function noteMessage(
  fact: ToolFact,
  details: Record<string, unknown>,
  params: HostAttempt,
  host: HostRuntime,
  out: ToolOutcome,
): boolean {
  const { tool, args, raw, result, isError } = fact;
  if (!host.isMessagingTool(tool.name)) return false;
  const call = { toolName: tool.name, args, result, hookResult: raw, isError };
  const receipt = host.readEmbeddedMessageDeliveryFact?.(details.messageDelivery);
  if (receipt?.sourceReplyDelivered || isSourceReply(details)) out.sourceReplyDelivered = true;
  const toSource = host.isDeliveredMessageToolOnlySourceReplyResult({
    ...call,
    ...defined({ sourceReplyDeliveryMode: params.sourceReplyDeliveryMode }),
  });
  if (toSource) out.didDeliverSourceReplyViaMessageTool = true;
  const final = !isProgress(fact);
  if (host.isDeliveredMessagingToolResult(call)) sent(fact, toSource ? final : undefined, params, host, out);
  return toSource && final;
}

function sent(
  { tool, args, raw }: ToolFact,
  final: boolean | undefined,
  params: HostAttempt,
  host: HostRuntime,
  out: ToolOutcome,
): void {
  out.didSendViaMessagingTool = true;
  const mark = defined({ sourceReplyFinal: final });
  const payload = host.extractMessagingToolSourceReplyPayload?.(raw);
  if (payload) {
    out.messagingToolSourceReplyPayloads = [...(out.messagingToolSourceReplyPayloads ?? []), { ...payload, ...mark }];
    return;
  }
  const provider = params.messageChannel ?? params.messageProvider;
  const routed = args.provider || args.channel || !provider ? args : { ...args, provider };
  const pending = host.extractMessagingToolSend(tool.name, routed, {
    ...defined({
      config: params.config,
      currentChannelId: params.currentChannelId,
      currentMessagingTarget: params.currentMessagingTarget,
      currentThreadId: params.currentThreadTs,
      currentMessageId: params.currentMessageId,
      replyToMode: params.replyToMode,
      hasRepliedRef: params.hasRepliedRef && { ...params.hasRepliedRef },
    }),
  });
  const text = firstText(args);
  const mediaUrls = mediaOf(args);
  if (text) out.messagingToolSentTexts.push(text);
  out.messagingToolSentMediaUrls.push(...mediaUrls);
  out.messagingToolSentTargets.push({
    ...(pending
      ? host.extractMessagingToolSendResult(pending, raw)
      : { tool: tool.name, provider: String(routed.provider ?? tool.name) }),
    ...(text ? { text } : {}),
    ...(mediaUrls.length > 0 ? { mediaUrls } : {}),
    ...mark,
  });
}

function isSourceReply(details: Record<string, unknown>): boolean {
  return isRecord(details.messageDelivery) && details.messageDelivery.sourceReplyDelivered === true;
}

/** A message the model marks as not its last. */
export function isProgress({ args }: ToolFact): boolean {
  return args.final === false;
}

function firstText(args: Record<string, unknown>): string | undefined {
  const words = ["text", "message", "body", "content"].map((key) => args[key]);
  return words.find((value): value is string => typeof value === "string" && value.trim() !== "")?.trim();
}

function mediaOf(args: Record<string, unknown>): string[] {
  const single = ["media", "mediaUrl", "path", "filePath", "fileUrl", "imageUrl"].map((key) => args[key]);
  const many = ["mediaUrls", "imageUrls"].flatMap((key) => (Array.isArray(args[key]) ? (args[key] as unknown[]) : []));
  const attached = Array.isArray(args.attachments)
    ? args.attachments.flatMap((each) => (isRecord(each) ? mediaOf(each) : []))
    : [];
  const urls = [...single, ...many].filter((url): url is string => typeof url === "string" && url.trim() !== "");
  return [...urls, ...attached];
}
