import type { Clocks } from "../clocks.ts";
import { toolCallShape } from "../protocol/server-requests.ts";
import type { IncomingRequest } from "../wire/connection.ts";
import { type Approval, commandApproval, fileApproval, permissionApproval } from "./approvals.ts";
import type { RequestDesk } from "./desk.ts";
import { elicitation, formAnswer, questionAnswer, questionAsk } from "./questions.ts";
import { Refusal, sendAnswer } from "./refusal.ts";
import { refusedCall, runToolCall } from "./tool-call.ts";

/** How one kind of request is answered. */
export interface Row {
  /** What ends the waiting; absent where the work keeps its own time. */
  readonly clock?: keyof Pick<Clocks, "toolMs" | "approvalMs">;
  /** The answer when there is none: nothing is allowed, run or disclosed, and the turn goes on. Says why where it can. */
  safe(why: string): unknown;
  answer(params: unknown, desk: RequestDesk, signal: AbortSignal): Promise<unknown>;
}

/** The JSON-RPC code for a method the client does not implement. */
const methodNotFound = -32601;

const declined = (): unknown => ({ decision: "decline" });
const denied = (): unknown => ({ decision: "denied" });

async function decided(approval: Approval, desk: RequestDesk, signal: AbortSignal): Promise<unknown> {
  return approval.answer(await desk.decide(approval, signal));
}

/** Every request a server can make of its client. Anything else is refused as unknown. */
const rows: Readonly<Record<string, Row>> = {
  "item/tool/call": {
    safe: refusedCall,
    async answer(params, desk, signal) {
      const { threadId, turnId, callId, namespace, tool: name, arguments: args } = toolCallShape.parse(params);
      const { tools, handlers, clocks } = desk.options;
      const tool = tools.find(name, namespace);
      if (!tool) return refusedCall(`This host has no tool ${name}.`);
      const run = () => runToolCall({ tool, args, callId, threadId, turnId, handlers, toolMs: clocks.toolMs, signal });
      return desk.callOnce(`${threadId}/${turnId}/${callId}`, () =>
        tool.sequential ? desk.inTurn(tool.name, run) : run(),
      );
    },
  },
  "item/commandExecution/requestApproval": {
    clock: "approvalMs",
    safe: declined,
    answer: (params, desk, signal) => decided(commandApproval(params), desk, signal),
  },
  "item/fileChange/requestApproval": {
    clock: "approvalMs",
    safe: declined,
    async answer(params, desk, signal) {
      const { itemId } = (params ?? {}) as { itemId?: unknown };
      return decided(fileApproval(params, desk.item(String(itemId))), desk, signal);
    },
  },
  "item/permissions/requestApproval": {
    clock: "approvalMs",
    safe: () => ({ permissions: {}, scope: "turn" }),
    answer: (params, desk, signal) => decided(permissionApproval(params), desk, signal),
  },
  "item/tool/requestUserInput": {
    clock: "approvalMs",
    safe: () => ({ answers: {} }),
    async answer(params, desk, signal) {
      const ask = questionAsk(params);
      return questionAnswer(ask, await desk.options.handlers.answer?.(ask, signal));
    },
  },
  "mcpServer/elicitation/request": {
    clock: "approvalMs",
    safe: () => ({ action: "decline", content: null, _meta: null }),
    async answer(params, desk, signal) {
      const asked = elicitation(params);
      if (asked.kind === "approval") return decided(asked, desk, signal);
      const { fillIn } = desk.options.handlers;
      if (asked.kind === "unsupported" || !fillIn) return this.safe("");
      return formAnswer(asked.ask, await fillIn(asked.ask, signal));
    },
  },
  // The first protocol version asked like this; no supported release does so of a client like ours.
  applyPatchApproval: { safe: denied, answer: async () => denied() },
  execCommandApproval: { safe: denied, answer: async () => denied() },
  "account/chatgptAuthTokens/refresh": unavailable("this login cannot be refreshed"),
  "attestation/generate": unavailable("codex-bridge cannot attest"),
  "currentTime/read": unavailable("codex-bridge leaves the time to Codex"),
};

function unavailable(why: string): Row {
  const refusal = new Refusal(methodNotFound, why);
  return { safe: () => refusal, answer: async () => refusal };
}

/** The row of a method; one nobody knows is refused. */
export function rowOf(method: string): Row {
  return Object.hasOwn(rows, method) ? rows[method]! : unavailable(`codex-bridge does not handle ${method}`);
}

/** Answers a request at once, safely, and says why, where the answer has room for words. */
export function answerSafely(request: IncomingRequest, why: string): void {
  sendAnswer(request, rowOf(request.method).safe(why));
}
