import type { SessionRef } from "../harness/types.ts";

/** How hosts name a session, in whatever call. */
export interface HostSession {
  readonly sessionKey?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly agentId?: string | undefined;
}

/** The same for a turn and for everything else that concerns its session. */
export function sessionRef({ sessionKey, sessionId, agentId }: HostSession): SessionRef {
  const id = sessionId ?? "";
  return { key: sessionKey ?? id, id, ...(agentId === undefined ? {} : { agentId }) };
}
