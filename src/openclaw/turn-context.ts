import type { TurnContext } from "../harness/types.ts";
import { shown } from "../requests/show.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";

const maxNameChars = 256;

/**
 * What the model should know in this turn: the time, how a reply is delivered, what the host adds to the message. Who
 * writes, and what other people said, comes from outside and is marked as data.
 */
export function turnContext(
  params: HostAttempt,
  tools: ReadonlySet<string>,
  host: Pick<HostRuntime, "buildHarnessVisibleReplyGuidance" | "buildTemporalContextText">,
): TurnContext[] {
  if (params.modelRun) return [];
  const pieces: TurnContext[] = [{ key: "openclaw_time", source: "host", text: time(params, tools, host) }];
  const delivery = host.buildHarnessVisibleReplyGuidance({
    ...(params.sourceReplyDeliveryMode === undefined
      ? {}
      : { sourceReplyDeliveryMode: params.sourceReplyDeliveryMode }),
    messageToolAvailable: tools.has("message"),
    ...(params.requireExplicitMessageTarget === undefined
      ? {}
      : { requireExplicitMessageTarget: params.requireExplicitMessageTarget }),
  });
  if (delivery.trim()) pieces.push({ key: "openclaw_delivery", source: "host", text: delivery });
  const sender = params.trigger === "user" ? senderText(params) : undefined;
  if (sender) pieces.push({ key: "openclaw_sender", source: "untrusted", text: sender });
  pieces.push(...fragments(params));
  const skills = params.explicitSkillSelections ?? [];
  if (skills.length > 0) {
    pieces.push({ key: "openclaw_skills", source: "host", text: `The person chose: ${JSON.stringify(skills)}` });
  }
  const notice = params.permissionChange?.notice;
  if (notice) pieces.push({ key: "openclaw_permissions", source: "host", text: notice });
  return pieces;
}

function time(
  { config }: HostAttempt,
  tools: ReadonlySet<string>,
  host: Pick<HostRuntime, "buildTemporalContextText">,
): string {
  const timezone = config?.agents?.defaults?.userTimezone;
  if (host.buildTemporalContextText) {
    return host.buildTemporalContextText({
      ...(timezone === undefined ? {} : { configuredTimezone: timezone }),
      sessionStatusAvailable: tools.has("session_status"),
    } as Parameters<typeof host.buildTemporalContextText>[0]);
  }
  return `It is ${new Date().toISOString()}${timezone ? `; the person's time zone is ${timezone}` : ""}.`;
}

function senderText({ senderId, senderName, senderUsername, senderE164 }: HostAttempt): string | undefined {
  const known = { id: senderId, name: senderName, username: senderUsername, phone: senderE164 };
  const facts = Object.entries(known).flatMap(([key, value]) => {
    const text = value ? shown(value, maxNameChars).trim() : "";
    return text ? [[key, text] as const] : [];
  });
  return facts.length === 0 ? undefined : JSON.stringify({ sender: Object.fromEntries(facts) });
}

/** The host says of each fragment what it is; words without a kind are taken as data. */
function fragments({ currentInboundContext: inbound, runtimeContextFragments = [] }: HostAttempt): TurnContext[] {
  const arrived: readonly { kind: string; text: string }[] =
    inbound?.fragments ?? (inbound?.text ? [{ kind: "conversation-data", text: inbound.text }] : []);
  return [...arrived, ...runtimeContextFragments].flatMap(({ kind, text }, n): TurnContext[] => {
    if (!text.trim()) return [];
    const key = `openclaw_${kind.replace(/[^a-z]+/g, "_")}_${n + 1}`;
    return [{ key, text, source: kind === "runtime-instruction" ? "host" : "untrusted" }];
  });
}
