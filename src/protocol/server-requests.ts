import { z } from "zod";

/** Who has to answer a server request: a person, a tool of the host, or the bridge itself. */
export type RequestKind = "person" | "tool" | "bridge";

const scope = { threadId: z.string(), turnId: z.string() };
const item = { ...scope, itemId: z.string() };

export const toolCallShape = z.looseObject({
  ...scope,
  callId: z.string(),
  namespace: z.string().nullish(),
  tool: z.string(),
  arguments: z.unknown().optional(),
});

export const commandApprovalShape = z.looseObject({
  ...item,
  kind: z.string().nullish(),
  command: z.string().nullish(),
  cwd: z.string().nullish(),
  reason: z.string().nullish(),
  networkApprovalContext: z.unknown().optional(),
  additionalPermissions: z.unknown().optional(),
  proposedExecpolicyAmendment: z.array(z.string()).nullish(),
});

export const fileApprovalShape = z.looseObject({
  ...item,
  reason: z.string().nullish(),
  grantRoot: z.string().nullish(),
});

export const permissionApprovalShape = z.looseObject({
  ...item,
  cwd: z.string().nullish(),
  reason: z.string().nullish(),
  permissions: z.looseObject({ network: z.unknown().optional(), fileSystem: z.unknown().optional() }),
});

export const userInputShape = z.looseObject({
  ...scope,
  questions: z.array(
    z.looseObject({
      id: z.string(),
      header: z.string().default(""),
      question: z.string().default(""),
      isOther: z.boolean().default(true),
      isSecret: z.boolean().default(false),
      options: z.array(z.looseObject({ label: z.string(), description: z.string().default("") })).nullish(),
    }),
  ),
});

export const elicitationShape = z.looseObject({
  threadId: z.string(),
  turnId: z.string().nullish(),
  serverName: z.string(),
  mode: z.string(),
  message: z.string().default(""),
  _meta: z
    .looseObject({
      codex_approval_kind: z.string().nullish(),
      tool_name: z.string().nullish(),
      tool_params: z.unknown().optional(),
      persist: z.unknown().optional(),
    })
    .nullish(),
  requestedSchema: z.unknown().optional(),
  url: z.string().optional(),
});

/** One request a server can make of its client: who answers it, what is read of it, and which fields the answer has. */
interface ServerRequest {
  readonly kind: RequestKind;
  readonly shape: z.ZodType;
  readonly answers: readonly string[];
}

/** What is refused whatever it says, is not read. */
const unread = z.unknown();

/** Every request the bridge knows. One that is not here is refused as unknown. */
export const serverRequests: Readonly<Record<string, ServerRequest>> = {
  "item/tool/call": {
    kind: "tool",
    shape: toolCallShape,
    answers: ["success", "contentItems<inputText>.text", "contentItems<inputImage>.imageUrl"],
  },
  "item/commandExecution/requestApproval": { kind: "person", shape: commandApprovalShape, answers: ["decision"] },
  "item/fileChange/requestApproval": { kind: "person", shape: fileApprovalShape, answers: ["decision"] },
  "item/permissions/requestApproval": {
    kind: "person",
    shape: permissionApprovalShape,
    answers: ["permissions", "scope"],
  },
  "item/tool/requestUserInput": { kind: "person", shape: userInputShape, answers: ["answers.*.answers"] },
  "mcpServer/elicitation/request": {
    kind: "person",
    shape: elicitationShape,
    answers: ["action", "content", "_meta"],
  },
  "account/chatgptAuthTokens/refresh": {
    kind: "bridge",
    shape: unread,
    answers: ["accessToken", "chatgptAccountId", "chatgptPlanType"],
  },
  // The first protocol version asked like this; no supported release does so of a client like ours.
  applyPatchApproval: { kind: "person", shape: unread, answers: ["decision"] },
  execCommandApproval: { kind: "person", shape: unread, answers: ["decision"] },
  // Only asked of clients that say they can.
  "attestation/generate": { kind: "bridge", shape: unread, answers: [] },
  "currentTime/read": { kind: "bridge", shape: unread, answers: [] },
};

/** The kind of a request; one that nobody knows is answered by the bridge. */
export function requestKind(method: string): RequestKind {
  return Object.hasOwn(serverRequests, method) ? serverRequests[method]!.kind : "bridge";
}
