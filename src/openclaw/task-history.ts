import { BridgeError } from "../errors.ts";
import { ownerOf } from "../harness/session.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import { hostMessages } from "./messages.ts";
import { isRecord } from "./record.ts";
import type { Runtime } from "./runtime.ts";
import type { HostHarness } from "./sdk.ts";
import { taskPrefix } from "./sub-agent-tasks.ts";

type Read = NonNullable<HostHarness["taskHistory"]>["read"];
export type TaskQuery = Parameters<Read>[0];
type Page = Awaited<ReturnType<Read>>;

/** The host takes up to 4 MiB. */
const maxPageChars = 1_000_000;

/**
 * What a native sub-agent said and did (host contract `AgentHarness.taskHistory`): read from Codex, for the conversation
 * that began it and for no later one of the same name. The cursor counts the messages that were shown, from the newest.
 *
 * @throws BridgeError `task_history_foreign`
 */
export async function readTaskHistory(
  runtime: Pick<Runtime, "commons" | "ask">,
  { task, cursor, limit, assertCurrent }: TaskQuery,
): Promise<Page> {
  assertCurrent();
  const threadId = task.runId?.startsWith(taskPrefix) ? task.runId.slice(taskPrefix.length) : undefined;
  const key = task.requesterSessionKey;
  const agentId = task.agentId ?? "main";
  const history = isRecord(task.detail) ? task.detail.nativeHistory : undefined;
  const binding = key ? await runtime.commons().store.get(ownerOf({ key, id: "", agentId })) : undefined;
  const same = isRecord(history) && binding?.state === "active" && binding.sessionId === history.sessionId;
  if (!threadId || !same) {
    throw new BridgeError("task_history_foreign", "The conversation that began this sub-agent is not there any more.", {
      remedy: "Codex keeps the thread itself; look for it there.",
      facts: { sessionKey: key },
    });
  }
  assertCurrent();
  const entries = await runtime.ask(agentId, (harness) => harness.subAgentEntries(threadId));
  assertCurrent();
  return page(entries, task.startedAt ?? task.createdAt, Number(cursor ?? 0), limit);
}

/** The newest messages that were not shown yet, in the order they were said. */
export function page(entries: readonly TranscriptEntry[], at: number, shown: number, limit: number): Page {
  const all = entries.flatMap((entry) => shownMessages(entry, at));
  const end = Math.max(0, all.length - shown);
  const messages: object[] = [];
  let chars = 0;
  for (const message of all.slice(Math.max(0, end - limit), end).reverse()) {
    chars += JSON.stringify(message).length;
    if (chars > maxPageChars && messages.length > 0) break;
    messages.unshift(message);
  }
  const more = end - messages.length > 0;
  return { messages, ...(more ? { nextCursor: String(shown + messages.length) } : {}) };
}

function shownMessages(entry: TranscriptEntry, timestamp: number): object[] {
  if (entry.kind === "user") return [{ role: "user", content: entry.text ?? "", timestamp, messageId: entry.id }];
  return hostMessages(entry, nobody, timestamp).map(({ idempotencyKey, ...message }) => {
    const {
      api: _a,
      provider: _p,
      model: _m,
      usage: _u,
      ...words
    } = message as typeof message & Record<string, unknown>;
    return { ...words, messageId: idempotencyKey };
  });
}

/** Rows for looking at; they are billed nowhere. */
const nobody = { api: "openai-responses", provider: "openai", model: "codex" } as const;
