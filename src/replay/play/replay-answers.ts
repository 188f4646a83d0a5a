import type { ApprovalDecision, FormAnswer, RequestHandlers, ToolResult } from "../../requests/types.ts";
import type { Message, RecordedProcess } from "./lanes.ts";

interface Answered {
  readonly params: Readonly<Record<string, unknown>>;
  readonly method: string;
  readonly result: unknown;
}

type Recorded = Pick<RequestHandlers, "approve" | "answer" | "fillIn"> & {
  tool(callId: string): ToolResult | undefined;
};

/** Answers as the recorded host did: each recorded answer is given once, to the request it was given to. */
export function recordedAnswers(processes: readonly RecordedProcess[]): Required<Recorded> {
  const left = processes.flatMap(({ messages }) => messages).flatMap(answeredBy);
  const take = (fits: (answered: Answered) => boolean): Answered | undefined => {
    const at = left.findIndex(fits);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  return {
    approve: async (ask) => {
      const found = take(
        ({ params, method }) =>
          params.threadId === ask.threadId &&
          (ask.itemId === "" ? method === "mcpServer/elicitation/request" : params.itemId === ask.itemId),
      );
      return decisionOf(found?.result);
    },
    answer: async (ask) => {
      const found = take(
        ({ params, method }) => method === "item/tool/requestUserInput" && params.turnId === ask.turnId,
      );
      const { answers = {} } = (found?.result ?? {}) as { answers?: Record<string, { answers: string[] }> };
      return Object.fromEntries(Object.entries(answers).map(([id, given]) => [id, given.answers]));
    },
    fillIn: async (ask) => {
      const found = take(
        ({ params, method }) => method === "mcpServer/elicitation/request" && params.serverName === ask.server,
      );
      const { action, content } = (found?.result ?? {}) as { action?: string; content?: Record<string, unknown> };
      return action === "accept" ? { action, content: content ?? {} } : declined(action);
    },
    tool: (callId) =>
      toolResult(take(({ params, method }) => method === "item/tool/call" && params.callId === callId)?.result),
  };
}

function answeredBy({ kind, from, request, method, body, refused }: Message): Answered[] {
  if (kind !== "answer" || from !== "client" || refused) return [];
  return [{ method, params: (request!.body ?? {}) as Record<string, unknown>, result: body }];
}

function declined(action: string | undefined): FormAnswer {
  return { action: action === "cancel" ? "cancel" : "decline" };
}

/** What a person decided, from what was sent: the form depends on what was asked. */
function decisionOf(result: unknown): ApprovalDecision {
  const { decision, permissions, scope, action, _meta } = (result ?? {}) as {
    decision?: unknown;
    permissions?: object;
    scope?: unknown;
    action?: unknown;
    _meta?: { persist?: unknown } | null;
  };
  if (permissions !== undefined) {
    if (Object.keys(permissions).length === 0) return "decline";
    return scope === "session" ? "accept_session" : "accept";
  }
  if (action !== undefined) {
    if (action !== "accept") return action === "cancel" ? "cancel" : "decline";
    return _meta?.persist === undefined ? "accept" : "accept_session";
  }
  if (typeof decision === "object") return "accept_rule";
  if (decision === "acceptForSession") return "accept_session";
  return decision === "accept" || decision === "cancel" ? decision : "decline";
}

function toolResult(result: unknown): ToolResult | undefined {
  const { contentItems, success } = (result ?? {}) as {
    contentItems?: readonly { type: string; text?: string; imageUrl?: string }[];
    success?: boolean;
  };
  if (!contentItems) return undefined;
  const content = contentItems.map(({ text, imageUrl }) => {
    const [, mimeType, data] = /^data:([^;]*);base64,(.*)$/s.exec(imageUrl ?? "") ?? [];
    if (mimeType !== undefined && data !== undefined) return { type: "image" as const, mimeType, data };
    return { type: "text" as const, text: text ?? "" };
  });
  return { content, ...(success === false ? { isError: true } : {}) };
}
