import type { Fact } from "./facts.ts";
import {
  asObject,
  type MessageKind,
  type ProtocolSchema,
  referencedName,
  type Schema,
  type SchemaObject,
} from "./json-schema.ts";

/** The first word of the lines about messages. */
const messageWords = {
  ClientRequest: "client-request",
  ClientNotification: "client-notification",
  ServerRequest: "server-request",
  ServerNotification: "server-notification",
} as const satisfies Record<MessageKind, string>;

/*
 * The generated schemas say which params belong to a method, but not which result. Results are named after the params
 * (ThreadStartParams, ThreadStartResponse) or after the method (windowsSandbox/readiness, WindowsSandboxReadinessResponse),
 * except these. Checked against `client_request_definitions!` in Codex's sources.
 */
const oddResults: Readonly<Record<string, string>> = {
  "account/gatewayOAuth/cancel": "GatewayOAuthCancelResponse",
  "account/gatewayOAuth/login": "GatewayOAuthLoginResponse",
  "account/gatewayOAuth/read": "GatewayOAuthReadResponse",
  "account/logout": "LogoutAccountResponse",
  "account/rateLimits/read": "GetAccountRateLimitsResponse",
  "account/securitySetup/read": "GetAccountSecuritySetupResponse",
  "account/usage/read": "GetAccountTokenUsageResponse",
  "account/workspaceMessages/read": "GetWorkspaceMessagesResponse",
  "accountSession/list": "AccountSessionsResponse",
  "config/batchWrite": "ConfigWriteResponse",
  "config/mcpServer/reload": "McpServerRefreshResponse",
  "config/value/write": "ConfigWriteResponse",
  "externalAgentConfig/import/readHistories": "ExternalAgentConfigImportHistoriesReadResponse",
};

/** One fact per method: `client-request turn/start` with `TurnStartParams -> TurnStartResponse`. */
export function messageFacts(schema: ProtocolSchema): Fact[] {
  return (Object.keys(messageWords) as MessageKind[]).flatMap((kind) =>
    schema.messages[kind].map((message) => {
      const method = asObject(message.properties?.method).enum?.[0];
      if (typeof method !== "string") throw new Error(`Expected every ${kind} to name its method, found one without.`);
      const params = paramsOf(message);
      const result = kind.endsWith("Request") ? ` -> ${resultOf(method, params, schema.types)}` : "";
      return { subject: `${messageWords[kind]} ${method}`, text: `${params}${result}` };
    }),
  );
}

function paramsOf(message: SchemaObject): string {
  const params = message.properties?.params;
  const name = params === undefined ? undefined : firstReference(params);
  if (name === undefined) return "-";
  return message.required?.includes("params") ? name : `${name}|null`;
}

function firstReference(schema: Schema): string | undefined {
  const object = asObject(schema);
  if (object.$ref !== undefined) return referencedName(object.$ref);
  return (object.anyOf ?? object.allOf ?? []).map(firstReference).find((name) => name !== undefined);
}

function resultOf(method: string, params: string, types: ReadonlyMap<string, Schema>): string {
  const byMethod = method.replaceAll(/(?:^|\/)(\w)/g, (_, first: string) => first.toUpperCase());
  const byParams = params.replace(/Params(?:\|null)?$/, "");
  const candidates = [oddResults[method], `${byParams}Response`, `${byMethod}Response`];
  return candidates.find((name) => name !== undefined && types.has(name)) ?? "?";
}
