import type { IncomingRequest } from "../wire/connection.ts";

/** The JSON-RPC code for a method the client does not implement. */
const methodNotFound = -32601;

/**
 * The safe answer to each request a server can make of its client, used when nobody answers in its place: nothing is
 * allowed, nothing is run, nothing is disclosed, and the turn goes on.
 */
const safeAnswers: Readonly<Record<string, (why: string) => unknown>> = {
  "item/tool/call": (why) => ({ contentItems: [{ type: "inputText", text: why }], success: false }),
  "item/commandExecution/requestApproval": () => ({ decision: "decline" }),
  "item/fileChange/requestApproval": () => ({ decision: "decline" }),
  "item/permissions/requestApproval": () => ({ permissions: {}, scope: "turn" }),
  "item/tool/requestUserInput": () => ({ answers: {} }),
  "mcpServer/elicitation/request": () => ({ action: "decline", content: null, _meta: null }),
  applyPatchApproval: () => ({ decision: "denied" }),
  execCommandApproval: () => ({ decision: "denied" }),
};

/** Answers a request safely and says why, where the answer has room for words. */
export function answerSafely(request: IncomingRequest, why: string): void {
  const answer = Object.hasOwn(safeAnswers, request.method) ? safeAnswers[request.method] : undefined;
  if (answer) request.respond(answer(why));
  else request.reject({ code: methodNotFound, message: `codex-bridge does not handle ${request.method}` });
}
