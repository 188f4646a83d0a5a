import { randomUUID } from "node:crypto";
import { type Answer, type GatewayClient, type GatewayEvent, isEvent, list } from "./client.ts";

/** What the client saw of one run. */
export interface SeenTurn {
  readonly runId: string;
  readonly state: "final" | "error" | "aborted";
  /** Text of the final message; "" if there is none. */
  readonly text: string;
  /** The payload of the last chat event. */
  readonly last: Answer;
  /** Everything with this run's id, in order. */
  readonly events: readonly GatewayEvent[];
  readonly tookMs: number;
  /** From sending to the first text; undefined if none came before the end. */
  readonly firstTextMs: number | undefined;
}

export interface SendOptions {
  readonly attachments?: readonly object[];
  readonly queueMode?: "steer" | "followup" | "collect" | "interrupt";
  readonly thinking?: string;
}

export interface SentTurn {
  readonly runId: string;
  readonly acknowledgement: Answer;
  /** Resolves when the client sees the first words of the answer. */
  speaks(): Promise<void>;
  /** Resolves at the run's last chat event. */
  ended(timeoutMs?: number): Promise<SeenTurn>;
}

const endings = ["final", "error", "aborted"];

/** Sends one message of a person; resolves when the gateway has taken it. */
export async function sendMessage(
  client: GatewayClient,
  sessionKey: string,
  message: string,
  options: SendOptions = {},
): Promise<SentTurn> {
  const from = client.events.length;
  const startedMs = performance.now();
  const acknowledgement = await client.call("chat.send", {
    sessionKey,
    message,
    idempotencyKey: randomUUID(),
    ...options,
  });
  const runId = String(acknowledgement.runId);
  const isLast = (event: GatewayEvent): boolean =>
    isEvent(event, "chat", { runId }) && endings.includes(String(event.payload.state));
  return {
    runId,
    acknowledgement,
    async speaks() {
      const isText = (event: GatewayEvent): boolean => isEvent(event, "chat", { runId, state: "delta" });
      await client.waitFor(isText, 60_000, "the first words", from);
    },
    async ended(timeoutMs = 240_000) {
      const last = await client.waitFor(isLast, timeoutMs, `the end of run ${runId}`, from);
      const tookMs = performance.now() - startedMs;
      const events = client.events.slice(from).filter(({ payload }) => String(payload.runId) === runId);
      const sentAtMs = last.atMs - tookMs;
      const first = events.find((event) => isEvent(event, "chat", { state: "delta" }));
      return {
        runId,
        state: String(last.payload.state) as SeenTurn["state"],
        text: messageText(last.payload.message),
        last: last.payload,
        events,
        tookMs: Math.round(tookMs),
        firstTextMs: first && Math.round(first.atMs - sentAtMs),
      };
    },
  };
}

/** The text of a message as the host sends it: a string, or a list of blocks; a result block has its text inside. */
function messageText(message: Answer | undefined): string {
  const content: unknown = message?.content ?? message?.text ?? "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const shown = content.filter(({ type }) => type === "text" || /^tool_?result$/i.test(String(type)));
  return shown.map((block) => block.text ?? (typeof block.content === "string" ? block.content : "")).join("");
}

/** The text snapshots a client shows while the answer grows. */
export function textSnapshots(turn: SeenTurn): string[] {
  return turn.events
    .filter((event) => isEvent(event, "chat", { state: "delta" }))
    .map(({ payload }) => messageText(payload.message));
}

/** `agent` events of one stream. */
export function streamOf(turn: SeenTurn, stream: string): Answer[] {
  return turn.events.filter((event) => isEvent(event, "agent", { stream })).map(({ payload }) => payload.data ?? {});
}

/** One row of `chat.history`, reduced to what a person sees. */
export interface HistoryRow {
  readonly role: string;
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly { id: string; name: string; arguments: unknown }[];
  readonly result: { callId: string; name: string; isError: boolean } | undefined;
  readonly raw: Answer;
}

export async function readHistory(client: GatewayClient, sessionKey: string): Promise<HistoryRow[]> {
  const { messages } = await client.call("chat.history", { sessionKey, limit: 200 });
  return list(messages).map((raw) => {
    const blocks = list(raw.content);
    const isResult = /^tool_?result$/i.test(String(raw.role));
    return {
      role: String(raw.role),
      text: messageText(raw),
      thinking: blocks.map((block) => (String(block.type) === "thinking" ? String(block.thinking ?? "") : "")).join(""),
      calls: blocks
        .filter((block) => /^tool_?call$/i.test(String(block.type)))
        .map((block) => ({ id: String(block.id), name: String(block.name), arguments: block.arguments })),
      result: isResult
        ? {
            callId: String(raw.toolCallId ?? raw.tool_call_id),
            name: String(raw.toolName ?? raw.tool_name),
            isError: String(raw.isError) === "true",
          }
        : undefined,
      raw,
    };
  });
}
